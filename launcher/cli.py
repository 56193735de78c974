"""The commands of `./callcare`, each with its help in French."""

import argparse
from collections.abc import Callable, Sequence

from launcher import install
from launcher.speech import Trouble, warn

Command = Callable[[argparse.Namespace], int]


def main(words: Sequence[str]) -> int:
    """Run one command; its exit status. A foreseeable trouble is one sentence, never a traceback."""
    options, further = parser().parse_known_args(words)
    if further and not options.passes_on:
        parser().error(f"je ne comprends pas : {' '.join(further)}")
    options.words = further
    try:
        install.move_into(options.lock)
        return int(options.run(options))
    except Trouble as trouble:
        warn(str(trouble))
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="callcare", description="Call & Care : le guichet unique de solidarité.")
    commands = whole.add_subparsers(title="commandes", metavar="COMMANDE", required=True)
    add_demo(commands)
    add_test(commands)
    add_check(commands)
    return whole


def add_demo(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    demo = commands.add_parser("demo", help="installer, préparer et ouvrir la démonstration sur cette machine")
    demo.add_argument("--port", type=int, default=8000, help="port du site (8000 ; 0 pour un port libre)")
    demo.add_argument("--data", metavar="DOSSIER", help="dossier des données (var)")
    demo.add_argument("--reset", action="store_true", help="effacer la démonstration et la recommencer")
    demo.add_argument("--check", action="store_true", help="démarrer, vérifier que tout va bien, arrêter")
    demo.set_defaults(run=run_demo, lock="run.lock", passes_on=False)


def run_demo(options: argparse.Namespace) -> int:
    from launcher.demo import demo

    return demo(options)


def add_test(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    test = commands.add_parser(
        "test", help="passer les tests (le reste de la ligne va à pytest : -m race, tests/desk, -k mot)"
    )
    test.set_defaults(run=run_test, lock="dev.lock", passes_on=True)


def run_test(options: argparse.Namespace) -> int:
    from launcher.testing import test

    return test(options.words)


def add_check(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = commands.add_parser("check", help="vérifier le code : style, types, étages, gabarits, migrations")
    check.set_defaults(run=run_check, lock="dev.lock", passes_on=False)


def run_check(options: argparse.Namespace) -> int:
    from launcher.checking import check

    return check()
