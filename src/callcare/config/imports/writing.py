"""One line becomes rows, by the normal deeds. A dry run does the same, and takes it back."""

from dataclasses import dataclass, field
from typing import Any, cast

from callcare.accounts.models import User
from callcare.catalogue.models import Category
from callcare.commitments.actions import record_commitment
from callcare.commitments.enums import Level
from callcare.config.imports.bodies import Welcomed, welcome
from callcare.config.imports.facts import Body, Said
from callcare.config.imports.findings import Outcome, Result
from callcare.core import french
from callcare.desk.actions import finish_interaction, log_interaction
from callcare.desk.actions.cases import LineFacts
from callcare.desk.enums import CaseState, Disposition, InteractionChannel
from callcare.desk.models import Case, Desk, Interaction
from callcare.needs.actions import record_need, repeat_need
from callcare.needs.models import Need

URGENT, USUAL = 1, 2


@dataclass(slots=True)
class Writer:
    """Writes the lines of one file at one desk. `made` are the needs of this very file: no repeats of each other."""

    by: User | None
    desk: Desk
    made: set[int] = field(default_factory=set)
    lines: dict[str, int] = field(default_factory=dict)

    def organisation(self, body: Body, outcome: Outcome) -> None:
        """Enter or complete an organisation."""
        here = welcome(body, by=self.by)
        place = f" ({body.commune.name})" if body.commune else ""
        name = f"l’organisation « {here.organisation.name} »{place}"
        if here.created:
            outcome.said = f"Enregistrer {name}{_and(here.wrote)}."
        elif here.wrote:
            outcome.result, outcome.said = Result.ATTACH, f"Compléter {name} : {french.listed(here.wrote)}."
        else:
            outcome.result, outcome.said = Result.KNOWN, f"Rien à ajouter à {name}."

    def need(self, said: Said, outcome: Outcome) -> None:
        """Record a need, or one more repeat of an open one; nothing when this very line was imported before."""
        if self._is_known(said, outcome):
            return
        here = welcome(said.body, by=self.by)
        contact = self._contact(said, here)
        if said.category and (again := self._asked_before(here, said.category)):
            priority = URGENT if said.is_urgent else None
            repeat_need(again, by=self.by, interaction=contact, priority=priority)
            self._end(contact, said, Disposition.REPEAT)
            outcome.result = Result.REPEAT
            outcome.said = f"Noter une réitération du besoin {again.ref}, « {again.title} »."
            return
        need = record_need(
            **self._facts(said, here, contact, outcome),
            audience=said.audience,
            people_expected=said.people,
            priority=URGENT if said.is_urgent else USUAL,
        )
        self.made.add(need.pk)
        self._end(contact, said)
        self._tell(outcome, need, said, here, "le besoin")

    def commitment(self, said: Said, outcome: Outcome) -> None:
        """Record a commitment, announced unless the line says it was confirmed."""
        if self._is_known(said, outcome):
            return
        here = welcome(said.body, by=self.by)
        contact = self._contact(said, here)
        level = Level.CONFIRMED if said.is_confirmed else Level.ANNOUNCED
        commitment = record_commitment(**self._facts(said, here, contact, outcome), level=level)
        self._end(contact, said)
        self._tell(outcome, commitment, said, here, "l’engagement")

    def _is_known(self, said: Said, outcome: Outcome) -> bool:
        """The trace of an imported line is its contact: it stays, also where the line was a repeat."""
        before = self.lines.setdefault(said.digest, outcome.line.number)
        if before != outcome.line.number:
            outcome.result, outcome.said = Result.KNOWN, f"Même ligne que la ligne {before} : rien de plus."
            return True
        if Interaction.objects.filter(external_id=_external(said)).exists():
            outcome.result, outcome.said = Result.KNOWN, f"« {said.title} » : importé auparavant, rien de plus."
            return True
        return False

    def _asked_before(self, here: Welcomed, category: Category) -> Need | None:
        if here.created:
            return None
        asked = Need.objects.asked_lately(desk=self.desk, organisation=here.organisation, category=category)
        found = asked.exclude(pk__in=self.made).order_by("-opened_at", "-pk").first()
        return cast("Need | None", found)

    def _contact(self, said: Said, here: Welcomed) -> Interaction:
        return log_interaction(
            by=self.by, desk=self.desk, channel=InteractionChannel.IMPORT, organisation=here.organisation,
            person=here.person, started_at=said.said_at, external_id=_external(said),
        )  # fmt: skip

    def _end(self, contact: Interaction, said: Said, *dispositions: Disposition) -> None:
        finish_interaction(
            contact, by=self.by, dispositions=dispositions, summary=said.note, ended_at=contact.started_at
        )

    def _facts(self, said: Said, here: Welcomed, contact: Interaction, outcome: Outcome) -> dict[str, Any]:
        """What both twins are recorded with. To qualify: what is incomplete, and what nobody is responsible for."""
        is_open = said.is_complete and self.by is not None
        if not said.is_complete:
            missing = "la catégorie" if not said.category else "la quantité"
            outcome.odd("", f"Il manque {missing} : la fiche sera à qualifier.")
        return {
            "by": self.by, "desk": self.desk, "organisation": here.organisation, "person": here.person,
            "interaction": contact, "typed": said.title, "title": said.title, "description": said.note,
            "commune": said.commune, "starts_on": said.starts_on, "ends_on": said.ends_on,
            "lines": self._lines(said), "state": CaseState.OPEN if is_open else CaseState.TO_QUALIFY,
            "import_digest": said.digest,
        }  # fmt: skip

    def _lines(self, said: Said) -> list[LineFacts]:
        """The one line of the case; none while it is not known what it is, or how many."""
        if not said.category or not said.is_complete:
            return []
        return [
            LineFacts(
                category=said.category, quantity=said.quantity or 1, unit=said.unit, every=said.every, mode=said.mode,
                is_countable=not said.as_needed,
            )
        ]  # fmt: skip

    def _tell(self, outcome: Outcome, case: Case, said: Said, here: Welcomed, what: str) -> None:
        lines = getattr(case, "lines").select_related("category", "unit")  # noqa: B009  # both twins have them
        how_many = [f"{line.category.label} : {line.whole_said}" for line in lines if line.whole]
        place = [said.commune.name] if said.commune else []
        until = [f"avant le {said.ends_on:%d/%m/%Y}"] if said.ends_on else []
        told = french.listed([*how_many, *place, *until], ", ").replace(" ,  ", ", ")
        new = "la nouvelle organisation " if here.created else ""
        outcome.result = Result.CREATE if here.created else Result.ATTACH
        outcome.said = (
            f"Enregistrer {what} « {case.title} »{f' ({told})' if told else ''} de {new}« {here.organisation} »."
        )


def _external(said: Said) -> str:
    return f"import:{said.digest}"


def _and(words: tuple[str, ...]) -> str:
    return f", avec {french.listed(words)}" if words else ""
