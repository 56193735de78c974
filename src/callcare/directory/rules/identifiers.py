"""SIREN, SIRET and RNA: checked while they are typed, with a sentence that says what is wrong."""

import re

from stdnum import luhn
from stdnum.fr import siret as stdnum_siret

from callcare.core import french
from callcare.directory.rules import Wrong

KEY = "La clé ne correspond pas : un chiffre est faux, ou deux sont inversés."


def _digits(text: str, name: str, length: int) -> str:
    packed = re.sub(r"[\s.\-_/\u00a0\u202f]", "", text)
    if not packed.isascii() or not packed.isdigit():
        raise Wrong(f"Un {name} ne contient que des chiffres.")
    if len(packed) < length:
        raise Wrong(f"{_missing(length - len(packed))} : un {name} a {length} chiffres, en voici {len(packed)}.")
    if len(packed) > length:
        raise Wrong(f"{_extra(len(packed) - length)} : un {name} a {length} chiffres, en voici {len(packed)}.")
    return packed


def _missing(count: int) -> str:
    return "Il manque un chiffre" if count == 1 else f"Il manque {french.counted(count, 'chiffre')}"


def _extra(count: int) -> str:
    return "Il y a un chiffre de trop" if count == 1 else f"Il y a {french.counted(count, 'chiffre')} de trop"


def siren(text: str) -> str:
    """The nine digits of a SIREN, "" for an empty text; raises Wrong. The key is Luhn's (INSEE)."""
    if not text.strip():
        return ""
    number = _digits(text, "SIREN", 9)
    if not luhn.is_valid(number):
        raise Wrong(KEY)
    return number


def siret(text: str) -> str:
    """The fourteen digits of a SIRET, "" for an empty text; raises Wrong.

    The establishments of La Poste (SIREN 356 000 000) follow a rule of their own: the sum of their digits
    is a multiple of five.
    """
    if not text.strip():
        return ""
    number = _digits(text, "SIRET", 14)
    if not stdnum_siret.is_valid(number):
        raise Wrong(KEY)
    return number


def rna(text: str) -> str:
    """A number of the national register of associations (W and nine characters), "" for empty; raises Wrong.

    It has no key. The first three characters after W are the registering office (2A and 2B for Corsica).
    """
    packed = re.sub(r"[\s.\-_/\u00a0\u202f]", "", text).upper()
    if not packed:
        return ""
    if not packed.startswith("W"):
        raise Wrong("Un numéro RNA commence par la lettre W.")
    if len(packed) != 10:
        said = _missing(10 - len(packed)) if len(packed) < 10 else _extra(len(packed) - 10)
        raise Wrong(f"{said} : un numéro RNA est la lettre W suivie de 9 chiffres.")
    if not re.fullmatch(r"W\d[\dAB]\d{7}", packed):
        raise Wrong("Un numéro RNA est la lettre W suivie de 9 chiffres.")
    return packed


def spaced(number: str) -> str:
    """732 829 320 00074, as INSEE prints it: groups of three, then the five of the establishment."""
    groups = [number[0:3], number[3:6], number[6:9], number[9:]]
    return french.THIN.join(group for group in groups if group)
