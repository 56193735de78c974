"""What the forms of the house share."""

from typing import Any

from django import forms


class OwnIds(forms.Form):
    """A form that stands beside others on one page: its ids begin with its own name, so that no label goes astray."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.removesuffix('Form').lower()}_%s")
        super().__init__(*args, **kwargs)
