"""The people and bodies of our tests. A cast, not random data: each has one reason to be here.

Every function enters its character inside a deed and may be called twice: the second call finds the first.
Numbers are of the fictional range 03 53 01 xx xx, addresses end in .test.
"""

from datetime import timedelta

from django.db import models

from callcare.accounts.enums import Role
from callcare.accounts.models import User
from callcare.allocations.models import Allocation
from callcare.catalogue.models import Category, Reason, Unit
from callcare.commitments.models import Commitment, CommitmentLine
from callcare.core import clock
from callcare.core.deeds import deed
from callcare.desk.models import Consent, Desk, Interaction
from callcare.directory.models import Channel, Membership, Organisation, Person
from callcare.needs.models import Need, NeedLine
from callcare.territories.models import PostCode, Territory


class CastVerb(models.TextChoices):
    ENTERS = "tests.enters", "entre en scène"


enters = deed(CastVerb.ENTERS, by=None)


def _user(email: str, name: str, *roles: Role) -> User:
    known = User.objects.filter(email=email).first()
    return known or User.objects.create_user(email, display_name=name, roles=list(roles))


@enters
def marion() -> User:
    """Marion keeps the desk of Lille."""
    user = _user("marion@call-care.test", "Marion", Role.OPERATOR)
    lille_desk().operators.add(user)
    return user


@enters
def nathalie() -> User:
    """Nathalie keeps it with her: every race is between the two."""
    user = _user("nathalie@call-care.test", "Nathalie", Role.OPERATOR)
    lille_desk().operators.add(user)
    return user


@enters
def amelie() -> User:
    """Amélie keeps the desk of Amiens: Lille's rows do not exist for her."""
    user = _user("amelie@call-care.test", "Amélie", Role.OPERATOR)
    amiens_desk().operators.add(user)
    return user


@enters
def stephane() -> User:
    """Stéphane steers the collective: figures and catalogue, no cases."""
    return _user("stephane@call-care.test", "Stéphane", Role.STEWARD)


@enters
def ada() -> User:
    """Ada opens accounts and sets the desks; she reads no case."""
    return _user("ada@call-care.test", "Ada", Role.ADMIN)


@enters
def samir() -> User:
    """Samir runs the Atelier du Canal; he sees what is his."""
    user = _user("samir@call-care.test", "Samir", Role.PARTNER)
    Membership.objects.get_or_create(user=user, organisation=workshop())
    return user


@enters
def territory(level: str, code: str, name: str, **over: object) -> Territory:
    known = Territory.objects.filter(level=level, code=code).first()
    fields: dict[str, object] = {"name": name, "search_name": name.lower()}
    return known or Territory.objects.create(level=level, code=code, **fields | over)


@enters
def commune(code: str, name: str, postcode: str, lat: float, lon: float, *, population: int = 1000) -> Territory:
    dept = territory("departement", code[:2], {"59": "Nord", "80": "Somme", "62": "Pas-de-Calais"}[code[:2]])
    region = territory("region", "32", "Hauts-de-France")
    place = {"lat": lat, "lon": lon, "precision": "exact", "population": population}
    found = territory("commune", code, name, departement=dept, region=region, **place)
    PostCode.objects.get_or_create(code=postcode, commune=found)
    return found


def lille() -> Territory:
    return commune("59350", "Lille", "59000", 50.6292, 3.0573, population=236_234)


def roubaix() -> Territory:
    """Eleven kilometres from Lille."""
    return commune("59512", "Roubaix", "59100", 50.6927, 3.1778, population=98_828)


def wattrelos() -> Territory:
    """Beyond Roubaix: typed whole in a capture line, and nothing else is called so."""
    return commune("59650", "Wattrelos", "59150", 50.7019, 3.2173, population=41_000)


def lens() -> Territory:
    """Twenty-eight kilometres from Lille, another département."""
    return commune("62498", "Lens", "62300", 50.4289, 2.8319, population=32_920)


def amiens() -> Territory:
    """A hundred kilometres from Lille, another desk."""
    return commune("80021", "Amiens", "80000", 49.8942, 2.2957, population=134_167)


@enters
def lille_desk() -> Desk:
    known = Desk.objects.filter(slug="lille").first()
    return known or Desk.objects.create(
        slug="lille", name="Guichet de Lille", numbers=["+33353010000"], mailboxes=["lille@call-care.test"]
    )


@enters
def amiens_desk() -> Desk:
    known = Desk.objects.filter(slug="amiens").first()
    return known or Desk.objects.create(
        slug="amiens", name="Guichet d’Amiens", numbers=["+33353010100"], mailboxes=["amiens@call-care.test"]
    )


@enters
def organisation(name: str, **over: object) -> Organisation:
    known = Organisation.objects.filter(name=name).first()
    fields: dict[str, object] = {"kind": "association", "search_name": name.lower()}
    return known or Organisation.objects.create(name=name, **fields | over)


@enters
def workshop(**over: object) -> Organisation:
    """The Atelier du Canal asks."""
    name = str(over.pop("name", "Atelier du Canal"))
    return organisation(name, **{"commune": roubaix()} | over)


@enters
def mill(**over: object) -> Organisation:
    """The Filature Verlinde gives."""
    name = str(over.pop("name", "Filature Verlinde"))
    return organisation(name, **{"kind": "company", "commune": lille()} | over)


@enters
def person(of: Organisation, first: str, last: str, *, phone: str, email: str, **over: object) -> Person:
    known = Person.objects.filter(organisation=of, last_name=last).first()
    if known:
        return known
    somebody = Person.objects.create(organisation=of, first_name=first, last_name=last, **over)
    Channel.objects.create(person=somebody, kind="phone", value=phone)
    Channel.objects.create(person=somebody, kind="email", value=email)
    return somebody


def claire(of: Organisation | None = None) -> Person:
    """Claire Delattre coordinates the workshop."""
    return person(
        of or workshop(), "Claire", "Delattre", phone="+33353011201", email="claire@canal.test", role="coordinatrice"
    )


def hugo(of: Organisation | None = None) -> Person:
    """Hugo Vasseur gives the mill's computers."""
    return person(
        of or mill(), "Hugo", "Vasseur", phone="+33353012202", email="hugo@verlinde.test", role="responsable RSE"
    )


@enters
def unit(code: str = "piece") -> Unit:
    facts = {
        "piece": ("pièce", "pièces", "piece", 1), "place": ("place", "places", "place", 1),
        "hour": ("heure", "heures", "minute", 60), "half_day": ("demi-journée", "demi-journées", "minute", 210),
        "day": ("jour", "jours", "minute", 420), "euro": ("euro", "euros", "cent", 100),
    }  # fmt: skip
    label, plural, measure, factor = facts[code]
    known = Unit.objects.filter(code=code).first()
    return known or Unit.objects.create(code=code, label=label, plural=plural, measure=measure, factor=factor)


@enters
def category(code: str, label: str, kind: str, in_unit: str = "piece", *, under: Category | None = None) -> Category:
    known = Category.objects.filter(code=code).first()
    path = [*(under.path if under else []), code]
    return known or Category.objects.create(
        code=code, label=label, kind=kind, unit=unit(in_unit), parent=under, path=path, is_computer=code == "laptop"
    )


def computers() -> Category:
    return category("computer", "ordinateur", "goods")


def laptop() -> Category:
    return category("laptop", "ordinateur portable", "goods", under=computers())


def tutoring() -> Category:
    return category("tutoring", "soutien scolaire", "time", "hour")


@enters
def reason(code: str, label: str, *used_for: str, is_final: bool = True) -> Reason:
    known = Reason.objects.filter(code=code).first()
    return known or Reason.objects.create(code=code, label=label, used_for=list(used_for), is_final=is_final)


@enters
def call(**over: object) -> Interaction:
    """A finished telephone call at the desk of Lille."""
    at = clock.now()
    fields: dict[str, object] = {
        "desk": lille_desk(), "operator": marion(), "state": "final", "started_at": at, "finished_at": at,
    }  # fmt: skip
    return Interaction.objects.create(**fields | over)


@enters
def consent(of: Person, **over: object) -> Consent:
    """Oral, for name, telephone and e-mail."""
    fields: dict[str, object] = {
        "desk": lille_desk(), "basis": "oral", "recorded_by": marion(),
        "gives_name": True, "gives_phone": True, "gives_email": True,
    }  # fmt: skip
    return Consent.objects.create(person=of, **fields | over)


@enters
def need(qty: int = 12, *, line: dict[str, object] | None = None, **over: object) -> Need:
    """Twelve laptops in Roubaix for the workshop, open at the desk of Lille. Its one line is `need.lines.get()`."""
    fields: dict[str, object] = {
        "desk": lille_desk(), "organisation": over.get("organisation") or workshop(), "title": "Ordinateurs portables",
        "commune": roubaix(), "owner": marion(), "next_action_at": clock.now() + timedelta(days=2),
        "audience": "school",
    }  # fmt: skip
    this = Need.objects.create(**fields | over)
    what: dict[str, object] = {
        "category": laptop(), "kind": "goods", "measure": "piece", "unit": unit(), "qty_requested": qty,
    }  # fmt: skip
    NeedLine.objects.create(need=this, desk=this.desk, **what | (line or {}))
    return this


@enters
def commitment(qty: int = 40, *, line: dict[str, object] | None = None, **over: object) -> Commitment:
    """Forty confirmed laptops at the mill in Lille, open. Its one line is `commitment.lines.get()`."""
    fields: dict[str, object] = {
        "desk": lille_desk(), "organisation": over.get("organisation") or mill(), "title": "Portables reconditionnés",
        "commune": lille(), "owner": marion(), "next_action_at": clock.now() + timedelta(days=90),
        "level": "confirmed", "confirmed_at": clock.now(),
    }  # fmt: skip
    if over.get("level") == "announced":
        fields["confirmed_at"] = None
    this = Commitment.objects.create(**fields | over)
    what: dict[str, object] = {
        "category": laptop(), "kind": "goods", "measure": "piece", "unit": unit(), "qty_offered": qty,
    }  # fmt: skip
    CommitmentLine.objects.create(commitment=this, desk=this.desk, **what | (line or {}))
    return this


@enters
def promise(need: Need, commitment: Commitment, qty: int, **over: object) -> Allocation:
    """So many measures of the commitment's one line are held for the need's one line."""
    fields: dict[str, object] = {
        "desk": need.desk, "need_line": need.lines.get(), "commitment_line": commitment.lines.get(), "qty": qty,
        "held_until": clock.now() + timedelta(days=5), "owner": marion(),
        "next_action_at": clock.now() + timedelta(days=4),
    }  # fmt: skip
    return Allocation.objects.create(**fields | over)
