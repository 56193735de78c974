"""The number beside the menu."""

from django.db.models import QuerySet

from callcare.accounts.models import User
from callcare.introductions.models import Introduction


def late_introductions(user: User) -> QuerySet[Introduction]:
    """Those whose next date is past: somebody is waiting."""
    return Introduction.objects.visible_to(user).late()
