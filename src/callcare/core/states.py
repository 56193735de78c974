"""The one state machine of the house: a table of moves, and one UPDATE that loses races loudly."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models

from callcare.core.deeds import Refused

TOO_LATE = "Quelqu’un vient de modifier cette fiche. Rechargez la page."


class Stateful(models.Model):
    """A thing with a life: a `state`, and the MOVES its states allow. Every model says its own `state` field."""

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {}

    state = models.CharField("état", max_length=16)

    class Meta:
        abstract = True

    def can_move(self, to: str) -> bool:
        """May this thing, in the state we saw it in, go to state `to`?"""
        return to in self.MOVES.get(self.state, frozenset())

    def move(self, to: str, **facts: Any) -> None:
        """Go to state `to`, with the `facts` that come with it; Refused where the table or a faster person says no."""
        labels = dict(self._meta.get_field("state").flatchoices)  # type: ignore[union-attr]
        if not self.can_move(to):
            raise Refused(f"Impossible : de « {labels.get(self.state)} » on ne passe pas à « {labels.get(to)} ».")
        # Compare-and-set: if somebody moved it meanwhile, no row matches and nothing is written.
        here = type(self)._default_manager.filter(pk=self.pk, state=self.state)
        if not here.update(state=to, **facts):
            raise Refused(TOO_LATE)
        for name, value in {"state": to, **facts}.items():
            setattr(self, name, value)
