from callcare.accounts.models import User


def may_keep_accounts(by: User | None) -> bool:
    """Open, change and close accounts: administrators, and the house itself (the command line)."""
    return by is None or by.is_admin
