"""What the pages of quantities ask."""

from callcare.allocations.forms.quantities import (
    CorrectForm,
    DeliverForm,
    FailForm,
    PromiseForm,
    ReleaseForm,
    ReturnForm,
    typed,
)
from callcare.allocations.forms.sharing import ShareForm

__all__ = [
    "CorrectForm",
    "DeliverForm",
    "FailForm",
    "PromiseForm",
    "ReleaseForm",
    "ReturnForm",
    "ShareForm",
    "typed",
]
