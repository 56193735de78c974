"""The commands of `./callcare`, each with its help in French."""

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from launcher import arguments, install
from launcher.speech import Trouble, warn

Run = Callable[[argparse.Namespace], int]
HELP = {"-h", "--help"}
LAST_PORT = 65535


class FrenchParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Two lines instead of a page: what was not understood, and where the help is."""
        warn(arguments.NOT_UNDERSTOOD % {"prog": self.prog, "message": message})
        sys.exit(2)


@dataclass(frozen=True)
class Command:
    """One command: who does it, in which environment, and what it says of itself."""

    name: str
    does: str  # "module:function" of this package, loaded when it is asked for
    help: str
    lock: str = "run.lock"  # "" for the environment that is there, if any: nothing is installed
    arguments: Callable[[argparse.ArgumentParser], None] | None = None
    passes_on: str = ""  # what the rest of the line is, when it is somebody else's to read
    example: str = ""

    def parser(self) -> argparse.ArgumentParser:
        parser = FrenchParser(
            prog=f"callcare {self.name}",
            description=f"{self.help[0].upper()}{self.help[1:]}.",
            epilog=f"Exemple : ./callcare {self.example}" if self.example else None,
            usage=f"callcare {self.name} {self.passes_on}" if self.passes_on else None,
            allow_abbrev=False,
            add_help=False,
        )
        parser.add_argument("-h", "--help", action="help", help="montrer cette aide")
        if self.arguments:
            self.arguments(parser)
        return parser

    def run(self, words: Sequence[str]) -> int:
        if self.passes_on:
            if set(words[:1]) & HELP and self.name != "manage":
                self.parser().print_help()
                return 0
            options = argparse.Namespace(words=list(words))
        else:
            options = self.parser().parse_args(words)
        options.command = self.name
        if self.lock:
            install.move_into(self.lock)
        else:
            install.move_into_what_is_there()
        module, _, function = self.does.partition(":")
        do: Run = getattr(importlib.import_module(f"launcher.{module}"), function)
        return do(options)


def port(word: str) -> int:
    """A port's number. Raises ArgumentTypeError with what it should have been."""
    if not word.isdecimal() or int(word) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"« {word} » n’est pas un port : un nombre de 1 à {LAST_PORT}")
    return int(word)


def demo_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=port, default=8000, help="port du site (8000 ; 0 pour un port libre)")
    parser.add_argument("--data", metavar="DOSSIER", help="dossier des données (var, ou CALLCARE_DATA)")
    parser.add_argument("--reset", action="store_true", help="effacer la démonstration et la recommencer")
    parser.add_argument("--check", action="store_true", help="démarrer, vérifier que tout va bien, arrêter")


def serve_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="adresse d’écoute (127.0.0.1, derrière un serveur HTTPS)")
    parser.add_argument("--port", type=port, default=8000, help="port d’écoute (8000)")


def doctor_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=port, default=8000, help="port du site à vérifier (8000)")
    parser.add_argument("--data", metavar="DOSSIER", help="dossier des données (var, ou CALLCARE_DATA)")


def lock_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--upgrade", action="store_true", help="prendre les versions les plus récentes permises")


COMMANDS = [
    Command(
        "demo",
        "demo:demo",
        "installer, préparer et ouvrir la démonstration sur cette machine",
        arguments=demo_arguments,
    ),
    Command(
        "test",
        "testing:test",
        "passer les tests sur une base jetable",
        lock="dev.lock",
        passes_on="[arguments de pytest]",
        example="test -m race",
    ),
    Command(
        "check", "checking:check", "vérifier le code : style, types, étages, gabarits, migrations", lock="dev.lock"
    ),
    Command("doctor", "doctor:doctor", "dire ce qui ne va pas, et le remède", lock="", arguments=doctor_arguments),
    Command(
        "serve",
        "serving:serve",
        "servir le site en production, sur la base de DATABASE_URL",
        arguments=serve_arguments,
    ),
    Command("worker", "serving:worker", "faire les tâches en attente, sur la base de DATABASE_URL"),
    Command("migrate", "managing:migrate", "mettre la base et les fichiers du site à jour"),
    Command(
        "invite",
        "managing:hand_over",
        "ouvrir un compte",
        passes_on="COURRIEL RÔLE",
        example="invite claire@exemple.fr operator",
    ),
    Command(
        "import",
        "managing:hand_over",
        "lire un tableur (csv, xlsx, ods) ; à blanc d’abord, ligne par ligne",
        passes_on="needs|commitments|organisations|communes FICHIER [options]",
        example="import needs besoins.xlsx",
    ),
    Command(
        "capture",
        "managing:capture",
        "lire une ligne de saisie et dire en JSON ce qui est compris",
        passes_on='[--on AAAA-MM-JJ] "LIGNE"  (ou une ligne par ligne sur l’entrée)',
        example='capture "12 ordinateurs portables Roubaix avant le 30/04 pour lycéens"',
    ),
    Command(
        "candidates",
        "managing:hand_over",
        "dire qui pourrait répondre à une ligne, et pourquoi",
        passes_on="RÉFÉRENCE [options]",
        example="candidates B-7K3Q-2F4",
    ),
    Command(
        "suggest",
        "managing:hand_over",
        "chercher maintenant qui répond à chaque besoin ouvert (la tournée de la nuit)",
        passes_on="[--engine sql|memory] [--json]",
        example="suggest",
    ),
    Command(
        "calls",
        "managing:hand_over",
        "faire sonner la démonstration, ou rejouer ce qu’un opérateur téléphonique a envoyé",
        passes_on="ring [--from NUMÉRO] [--answer QUI] | replay FICHIER --provider NOM",
        example="calls replay enregistrement.jsonl --provider sipgate",
    ),
    Command(
        "mail",
        "managing:mail",
        "dire en JSON ce que la boîte aux lettres comprend d’un courriel",
        passes_on="read FICHIER.eml…",
        example="mail read reçu.eml",
    ),
    Command(
        "bench",
        "managing:hand_over",
        "mesurer les temps de réponse",
        passes_on="[NOM...] [--json FICHIER]",
        example="bench --json mesures.json",
    ),
    Command("manage", "managing:manage", "les commandes de Django", passes_on="COMMANDE [arguments]"),
    Command("shell", "managing:hand_over", "un Python dans la maison", passes_on="[options]"),
    Command("psql", "managing:psql", "le client de PostgreSQL, sur la bonne base", passes_on="[arguments de psql]"),
    Command(
        "lock",
        "relock:relock",
        "refaire requirements/*.lock d’après pyproject.toml",
        lock="dev.lock",
        arguments=lock_arguments,
    ),
]
BY_NAME = {command.name: command for command in COMMANDS}


def main(words: Sequence[str]) -> int:
    """Run one command; its exit status. A foreseeable trouble is one sentence, never a traceback."""
    arguments.speak_french()
    if not words or words[0] in HELP:
        print(overview())
        return 0 if words else 2
    command = BY_NAME.get(words[0])
    if not command:
        warn(f"« {words[0]} » n’est pas une commande.\n\n{overview()}")
        return 2
    try:
        return command.run(words[1:])
    except Trouble as trouble:
        warn(str(trouble))
        return 1
    except KeyboardInterrupt:
        return 130


def overview() -> str:
    lines = ["Call & Care : le guichet unique de solidarité.", "", "usage : ./callcare COMMANDE [options]", ""]
    lines += [f"  {command.name:<11} {command.help}" for command in COMMANDS]
    lines += ["", "./callcare COMMANDE --help en dit plus. Pour commencer : ./callcare demo"]
    return "\n".join(lines)
