"""Writes deeds for as long as it lives, and says each one that was acknowledged: its reference and the instant."""

import sys
import time

import django

django.setup()

from django.db import DatabaseError, InterfaceError, connection  # noqa: E402

from callcare.desk.actions import log_interaction  # noqa: E402
from callcare.desk.models import Desk  # noqa: E402


def main() -> None:
    while True:
        try:
            contact = log_interaction(by=None, desk=Desk.objects.get(slug="failover"), raw_identity="03 53 01 00 00")
        except (DatabaseError, InterfaceError) as error:
            connection.close()
            print("lost", type(error).__name__, file=sys.stderr, flush=True)
            time.sleep(0.02)
        else:
            print(contact.ref, time.monotonic(), flush=True)


if __name__ == "__main__":
    main()
