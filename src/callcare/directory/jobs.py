"""What the clock does for the directory. Safe to run twice."""

from procrastinate.contrib.django import app

from callcare.directory.pairs import keep_pairs


@app.task(name="directory.pair", queue="house", queueing_lock="directory.pair")
def pair_organisations(timestamp: int = 0) -> None:
    """Look for the probable duplicates of what was written since; the page of duplicates does it too."""
    keep_pairs()
