"""From a request to the desk somebody works at."""

from django.core.exceptions import PermissionDenied
from django.db.models import Case, When
from django.http import HttpRequest

from callcare.accounts.requests import person
from callcare.desk.models import Desk

CHOSEN = "desk"  # where the session keeps the desk an operator of several works at


def current_desk(request: HttpRequest) -> Desk:
    """The desk she works at now: the one she chose, else her first. An operator without a desk can do nothing here."""
    is_other = Case(When(slug=request.session.get(CHOSEN, ""), then=0), default=1)
    desk = person(request).desks.order_by(is_other, "name").first()
    if desk is None:
        raise PermissionDenied("Votre compte n’est rattaché à aucun guichet. Demandez-le à l’administratrice.")
    return desk
