"""What matching does at night."""

from procrastinate.contrib.django import app

from callcare.matching.actions import make_round, sweep_gone


@app.task(queue="house", name="matching.sweep", pass_context=False)
def sweep(timestamp: int = 0) -> None:
    """The lines that left long ago are forgotten. May run twice."""
    sweep_gone()


@app.task(queue="house", name="matching.suggest", queueing_lock="matching.suggest")
def suggest(timestamp: int = 0) -> None:
    """All open needs against all commitments, for « Pistes du jour ». May run twice: it changes nothing twice."""
    make_round(by=None)
