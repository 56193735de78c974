"""What argparse says of a wrong line, in French: for our commands, and for Django's own."""

import argparse
from typing import Any

NOT_UNDERSTOOD = "Cette ligne n’est pas comprise : %(message)s.\n./%(prog)s --help dit ce qui est possible."

# argparse looks its sentences up by their English form, in a table of translations that Python ships empty.
FRENCH = {
    "usage: ": "usage : ",
    "positional arguments": "à indiquer",
    "options": "options",
    "show this help message and exit": "montrer cette aide",
    "%(prog)s: error: %(message)s\n": f"{NOT_UNDERSTOOD}\n",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s : %(message)s",
    "the following arguments are required: %s": "il manque %s",
    "one of the arguments %s is required": "il manque l’un de ceux-ci : %s",
    "unrecognized arguments: %s": "« %s » est de trop, ou inconnu",
    "unexpected option string: %s": "« %s » n’est pas attendu ici",
    "ambiguous option: %(option)s could match %(matches)s": "« %(option)s » peut vouloir dire %(matches)s",
    "not allowed with argument %s": "ne va pas avec %s",
    "ignored explicit argument %r": "ne prend pas de valeur (%s)",
    "expected one argument": "il manque sa valeur",
    "expected at most one argument": "une seule valeur au plus",
    "expected at least one argument": "il manque au moins une valeur",
    "expected %s argument": "%s valeur attendue",
    "expected %s arguments": "%s valeurs attendues",
    "invalid %(type)s value: %(value)r": "« %(value)s » ne convient pas",
    "invalid choice: %(value)r (choose from %(choices)s)": "« %(value)s » ne convient pas ; au choix : %(choices)s",
    "can't open '%(filename)s': %(error)s": "« %(filename)s » ne s’ouvre pas (%(error)s)",
}


def speak_french() -> None:
    """From now on argparse answers in French. A sentence we do not know stays as it is."""
    parser: Any = argparse
    parser._ = lambda sentence: FRENCH.get(sentence, sentence)
    parser.ngettext = lambda one, many, count: FRENCH.get(one if count == 1 else many, many)
