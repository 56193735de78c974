"""What the mailbox does by the clock."""

from procrastinate.contrib.django import app

from callcare.mailbox.actions.reading import read_pending


@app.task(name="mailbox.read", queue="house", queueing_lock="mailbox.read", lock="mailbox.read")
def read(timestamp: int = 0) -> None:
    """Read what a stopped worker fetched and could not read. May run twice: each mail is read once."""
    while read_pending():
        pass
