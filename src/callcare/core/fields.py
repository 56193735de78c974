"""Columns of the house."""

from typing import Any

from django.db import models

from callcare.core import refs


class RefField(models.CharField):  # type: ignore[type-arg]  # not subscriptable at run time
    """The readable reference of a row, drawn when it is created (see `core.refs`)."""

    def __init__(self, letter: str = "", **kwargs: Any) -> None:
        self.letter = letter
        for name, value in {"max_length": 10, "editable": False, "verbose_name": "référence"}.items():
            kwargs.setdefault(name, value)
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "letter": self.letter}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001  # Django's signature
        if add and not getattr(model_instance, self.attname):
            setattr(model_instance, self.attname, refs.new(self.letter))
        return super().pre_save(model_instance, add)
