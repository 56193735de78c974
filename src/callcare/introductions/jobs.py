"""Follow-up by the clock: the letters of the ladder leave, proposals without an answer expire."""

from procrastinate.contrib.django import app

from callcare.desk.models import Desk
from callcare.introductions.actions import follow_up


@app.task(name="introductions.follow_up", queue="house", queueing_lock="introductions.follow_up")
def follow_up_everywhere(timestamp: int = 0) -> None:
    """Each desk in a transaction of its own. May run twice at once: locked steps are left to the other run."""
    for desk in Desk.objects.order_by("pk"):
        follow_up(desk)
