"""Django's commands, spoken in French: what went wrong is one sentence, without the name of a Python class."""

import sys
from collections.abc import Sequence
from difflib import get_close_matches
from functools import partial

from django.core.management import ManagementUtility, get_commands
from django.core.management.base import BaseCommand, CommandError, handle_default_options
from django.db import connections

OTHER_NAMES = {"import_file": "import"}  # what people type, where it is not the name of the Django command


class Commands(ManagementUtility):
    """As Django runs a command from the command line, but for the words."""

    def fetch_command(self, subcommand: str) -> BaseCommand:
        if subcommand not in get_commands():
            near = get_close_matches(subcommand, get_commands())
            hint = f" Vouliez-vous dire {', '.join(near)} ?" if near else ""
            sys.stderr.write(f"« {subcommand} » n’est pas une commande.{hint}\n./callcare manage help les montre.\n")
            sys.exit(2)
        command = super().fetch_command(subcommand)
        if type(command).run_from_argv is BaseCommand.run_from_argv:
            command.run_from_argv = partial(run, command)  # type: ignore[method-assign]
        return command


def run(command: BaseCommand, argv: Sequence[str]) -> None:
    """Run one command with these words; a foreseeable trouble is its sentence, and its exit status."""
    is_ours = type(command).__module__.startswith("callcare.")
    name = OTHER_NAMES.get(argv[1], argv[1])
    command._called_from_command_line = True  # type: ignore[attr-defined]
    parser = command.create_parser("callcare" if is_ours else "callcare manage", name)
    asked = parser.parse_args(list(argv[2:]))
    handle_default_options(asked)
    words = vars(asked)
    try:
        command.execute(*words.pop("args", ()), **words)
    except CommandError as error:
        if words["traceback"]:
            raise
        command.stderr.write(str(error))
        sys.exit(error.returncode)
    finally:
        connections.close_all()
