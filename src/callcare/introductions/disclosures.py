"""« Qui a vu mes coordonnées »: every act of passing on one person's details, also under a record merged into hers."""

from dataclasses import dataclass

from django.db.models import QuerySet

from callcare.core import french
from callcare.directory.models import Person
from callcare.introductions import mails
from callcare.introductions.models import Disclosure


def disclosures_about(person: Person) -> QuerySet[Disclosure]:
    """The transmissions of this person's details, the last first. They keep the key they were written with."""
    rows = Disclosure.objects.filter(about__in=_records_of(person))
    return rows.select_related(
        "introduction__need__organisation", "introduction__giver", "recipient", "consent", "desk"
    ).order_by("-at", "-pk")


def _records_of(person: Person) -> set[int]:
    """Her record and all those merged into it, however many times."""
    known, fresh = {person.pk}, {person.pk}
    while fresh:
        merged = Person.objects.filter(merged_into__in=fresh).exclude(pk__in=known)
        fresh = set(merged.values_list("pk", flat=True))
        known |= fresh
    return known


@dataclass(frozen=True, slots=True)
class Passed:
    """One transmission as it is told to the person: to whom, when, what; never the details themselves."""

    row: Disclosure

    @property
    def to(self) -> str:
        """The organisation that received them."""
        return mails.organisation_of(self.row.introduction, self.row.side).name

    @property
    def what(self) -> str:
        """« le nom et le téléphone »."""
        words = {"name": "le nom", "phone": "le téléphone", "email": "le courriel"}
        kinds = [channel.partition(":")[0] for channel in self.row.channels]
        return french.listed(words[kind] for kind in words if kind in kinds) or "le nom de l’organisation seulement"
