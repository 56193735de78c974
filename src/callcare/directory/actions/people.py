"""Somebody speaks for an organisation; an account acts for it."""

from collections.abc import Iterable
from typing import Any

from callcare.accounts.models import User
from callcare.core.deeds import Refused, deed
from callcare.directory.actions.channels import NOT_YOURS, record_channel
from callcare.directory.enums import DirectoryVerb, Rights
from callcare.directory.models import Membership, Organisation, Person
from callcare.directory.permissions import may_attach, may_write


def record_person(
    organisation: Organisation, *, by: User | None, last_name: str, reach: Iterable[str] = (), **facts: Any
) -> Person:
    """Enter somebody who speaks for this organisation, with the numbers and addresses in `reach`.

    Raises Refused: nothing is written when one of them is wrong.
    """
    with deed(DirectoryVerb.PERSON_RECORDED, by=by):
        _check(by, organisation, last_name)
        person = Person.objects.create(organisation=organisation, last_name=" ".join(last_name.split()), **facts)
        for value in filter(str.strip, reach):
            record_channel(by=by, person=person, value=value, source=facts.get("source", ""))
        return person


def _check(by: User | None, organisation: Organisation, last_name: str) -> None:
    if not may_write(by):
        raise Refused(NOT_YOURS)
    if organisation.merged_into_id:
        raise Refused("Cette organisation a été fondue dans une autre : prenez celle qui est gardée.")
    if not last_name.strip():
        raise Refused("Donnez le nom de l’interlocuteur.")


def edit_person(person: Person, *, by: User, seen: int, **changes: Any) -> None:
    """Correct a person seen at version `seen`; raises Outdated when somebody was faster. `left_on`: she has left."""
    with deed(DirectoryVerb.PERSON_EDITED, by=by):
        if not may_write(by):
            raise Refused(NOT_YOURS)
        if person.merged_into_id:
            raise Refused("Cette fiche a été fondue dans une autre : modifiez celle qui est gardée.")
        person.edit(seen=seen, **changes)


def attach_account(
    user: User,
    organisation: Organisation,
    *,
    by: User | None,
    person: Person | None = None,
    rights: str = Rights.WRITE,
) -> Membership:
    """Let an account act for an organisation. Raises Refused when it does already, or speaks for another."""
    with deed(DirectoryVerb.ATTACHED, by=by):
        if not may_attach(by):
            raise Refused("Seul un guichet ou une administratrice rattache un compte.")
        if person and person.organisation_id != organisation.pk:
            raise Refused("Cet interlocuteur ne parle pas pour cette organisation.")
        return Membership.objects.create(user=user, organisation=organisation, person=person, rights=rights)
