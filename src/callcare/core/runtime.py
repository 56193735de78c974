"""How Python runs in processes that live for weeks.

After its start a process holds some hundred thousand objects for good (models, forms, templates). Each full collection
of cycles walks over all of them: 50 to 100 ms in which nobody is answered. And it comes after every few hundred new
objects when thousands of rows are read at once: a third of the time of folding calls.

A thread that computes keeps the others from running for Python's switch interval, 5 ms. A telephone event changes
thread some six times before it is acknowledged; behind a thread that folds calls that was half of its waiting.
"""

import gc
import sys

YOUNG, MIDDLE, OLD = 20_000, 20, 50  # objects, then collections of the generation below; Python's own: 700, 10, 10
SWITCH = 0.000_5  # seconds


def settle() -> None:
    """Leave what is there now out of all later collections, collect less often, switch threads sooner.

    Once, at the end of the start.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    sys.setswitchinterval(SWITCH)
