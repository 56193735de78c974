"""What is done to accounts. A person loses her open sessions in the same deed as her rights."""

from collections.abc import Iterable

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from callcare.accounts.enums import SESSIONS, AccountVerb, Role
from callcare.accounts.models import User
from callcare.accounts.permissions import may_keep_accounts
from callcare.core import live
from callcare.core.deeds import Refused, deed

NOT_YOURS = "Seule une administratrice ou un administrateur tient les comptes."


def invite(*, email: str, name: str, roles: Iterable[Role], by: User | None) -> User:
    """Open an account. The person signs in with a code sent to her address, and may choose a passphrase later."""
    with deed(AccountVerb.INVITED, by=by):
        if not may_keep_accounts(by):
            raise Refused(NOT_YOURS)
        if User.objects.filter(email__iexact=email.strip()).exists():
            raise Refused("Un compte existe déjà à cette adresse.")
        return User.objects.create_user(email, display_name=name, roles=[str(role) for role in roles])


def set_roles(user: User, *, roles: Iterable[Role], by: User | None, because: str = "") -> None:
    """Say anew what a person is for the house; she signs in again."""
    wanted = [str(role) for role in roles]
    with deed(AccountVerb.ROLES_SET, by=by, because=because):
        if not may_keep_accounts(by):
            raise Refused(NOT_YOURS)
        if Role.ADMIN not in wanted:
            _keep_one_admin(user)
        user.roles = wanted
        user.save(update_fields=["roles"])
        end_sessions(user)


def close_account(user: User, *, by: User | None, because: str) -> None:
    """Shut the door: no more signing in, and every open session ends now. What she did stays under her name."""
    with deed(AccountVerb.DEACTIVATED, by=by, because=because):
        if not may_keep_accounts(by):
            raise Refused(NOT_YOURS)
        if user == by:
            raise Refused("On ne ferme pas son propre compte : demandez à une autre administratrice.")
        _keep_one_admin(user)
        user.is_active = False
        user.save(update_fields=["is_active"])
        end_sessions(user)


def reopen_account(user: User, *, by: User | None) -> None:
    """Open the door again, with the roles she had."""
    with deed(AccountVerb.REOPENED, by=by):
        if not may_keep_accounts(by):
            raise Refused(NOT_YOURS)
        user.is_active = True
        user.save(update_fields=["is_active"])


def settle(user: User, *, name: str, shortcuts: bool, by: User) -> None:
    """Change one's own name on the pages, and whether single letters act."""
    with deed(AccountVerb.SETTLED, by=by):
        if user != by:
            raise Refused("Chacun règle son propre compte.")
        user.display_name, user.shortcuts = name, shortcuts
        user.save(update_fields=["display_name", "shortcuts"])


def end_sessions(user: User, *, only: int | None = None, but: str | None = None) -> int:
    """End the person's open sessions, or only one, or all but the one she is in; returns how many.

    Sessions are no history: outside a deed too, since anybody may close her own.
    """
    sessions = UserSession.objects.filter(user=user)
    if only is not None:
        sessions = sessions.filter(pk=only)
    if but is not None:
        sessions = sessions.exclude(session_key=but)
    keys = list(sessions.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    sessions.delete()
    live.tell(SESSIONS, str(user.pk))  # her screens are asked whether they may stay
    return len(keys)


def _keep_one_admin(losing: User) -> None:
    """Somebody must be able to open accounts; the rows are locked so that two cannot leave at once."""
    admins = User.objects.select_for_update().filter(is_active=True, roles__contains=[Role.ADMIN]).order_by("pk")
    if [user.pk for user in admins] == [losing.pk]:
        raise Refused("C’est le dernier compte d’administration : ouvrez-en un autre d’abord.")
