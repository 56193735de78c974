"""From a request to the desk somebody works at."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from callcare.accounts.requests import person
from callcare.desk.models import Desk, desks_of

CHOSEN = "desk"  # where the session keeps the desk an operator of several works at


def current_desk(request: HttpRequest) -> Desk:
    """The desk she works at now: the one she chose, else her first. An operator without a desk can do nothing here."""
    desks, chosen = desks_of(person(request)), request.session.get(CHOSEN, "")
    desk = next((one for one in desks if one.slug == chosen), next(iter(desks), None))
    if desk is None:
        raise PermissionDenied("Votre compte n’est rattaché à aucun guichet. Demandez-le à l’administratrice.")
    return desk
