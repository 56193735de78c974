"""What the engine's tables are asked at night."""

from procrastinate.contrib.django import app

from callcare.matching.actions import sweep_gone


@app.task(queue="house", name="matching.sweep", pass_context=False)
def sweep(timestamp: int = 0) -> None:
    """The lines that left long ago are forgotten. May run twice."""
    sweep_gone()
