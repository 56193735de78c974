"""What the mailbox does by the clock."""

from procrastinate.contrib.django import app

from callcare.mailbox.actions.acknowledging import acknowledge_waiting
from callcare.mailbox.actions.attachments import scan_attachments
from callcare.mailbox.actions.reading import read_pending
from callcare.mailbox.actions.reminding import remind_of_waiting


@app.task(name="mailbox.read", queue="house", queueing_lock="mailbox.read", lock="mailbox.read")
def read(timestamp: int = 0) -> None:
    """Read what a stopped worker fetched and could not read. May run twice: each mail is read once."""
    while read_pending():
        pass


@app.task(name="mailbox.acknowledge", queue="house", queueing_lock="mailbox.acknowledge", lock="mailbox.acknowledge")
def acknowledge(timestamp: int = 0) -> None:
    """Tell those who wait that their mail arrived. May run twice: each thread is acknowledged once."""
    acknowledge_waiting()


@app.task(name="mailbox.remind", queue="house", queueing_lock="mailbox.remind", lock="mailbox.remind")
def remind(timestamp: int = 0) -> None:
    """Owe an answer to those who wait long. May run twice: a step is planned once."""
    remind_of_waiting()


@app.task(name="mailbox.scan", queue="house", queueing_lock="mailbox.scan", lock="mailbox.scan")
def scan(timestamp: int = 0) -> None:
    """Have ClamAV look at new attachments, where there is one."""
    scan_attachments()
