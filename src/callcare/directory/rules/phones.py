"""Telephone numbers: E.164 inside, French spelling outside. Any spelling a caller, a mail or a sheet may use."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberMatcher, PhoneNumberType, shortnumberinfo

from callcare.directory.rules import Wrong

MASKED = "anonymous"  # how a hidden number is kept, whatever the provider said
OVERSEAS = ("GP", "MQ", "GF", "RE", "YT", "PM")  # they have country codes of their own
HIDDEN = frozenset({"", "anonymous", "unknown", "restricted", "private", "anonyme", "masqué", "inconnu"})


class PhoneKind(StrEnum):
    FIXED = "fixed"
    MOBILE = "mobile"
    FREE = "free"
    PREMIUM = "premium"
    SHORT = "short"
    HIDDEN = "hidden"
    FOREIGN = "foreign"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as understood. `value` is E.164, or the digits of a short number; "" when hidden or invalid.

    `is_valid` is False for a number that is possible in length but belongs to no range: accepted, with a warning.
    """

    value: str
    kind: PhoneKind
    raw: str
    extension: str = ""
    is_valid: bool = True

    @property
    def is_dialable(self) -> bool:
        return bool(self.value)


_TYPES = {
    PhoneNumberType.MOBILE: PhoneKind.MOBILE,
    PhoneNumberType.TOLL_FREE: PhoneKind.FREE,
    PhoneNumberType.PREMIUM_RATE: PhoneKind.PREMIUM,
    PhoneNumberType.SHARED_COST: PhoneKind.PREMIUM,
}


@lru_cache(maxsize=4096)  # the same few numbers come again and again: the events of a call, the calls of a day
def parse(text: str) -> Phone:
    """What number this text is. Never raises: what cannot be a number comes back as `invalid`."""
    raw = re.sub(r"\s", " ", text.strip())  # thin and fixed spaces too: the library stops at them
    if raw.casefold() in HIDDEN:
        return Phone("", PhoneKind.HIDDEN, raw)
    digits, extension = _cut(raw)
    if short := _short(digits):
        return Phone(short, PhoneKind.SHORT, raw, extension)
    number = _possible(digits)
    if number is None:
        return Phone("", PhoneKind.INVALID, raw, extension)
    is_valid = phonenumbers.is_valid_number(number)
    value = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Phone(value, _kind(number), raw, extension, is_valid)


def _cut(text: str) -> tuple[str, str]:
    """The number, and what follows the first letter: letters would be read as keypad digits."""
    number = re.sub(r"^[^\d+]*(?=[\d+])", "", text)  # « Tél. : 03 53… »
    found = re.search(r"[^\W\d_]", number)
    if not found:
        return number, ""
    tail = re.search(r"\d+", number[found.start() :])
    return number[: found.start()], tail.group() if tail else ""


def _short(text: str) -> str:
    """Emergency and service numbers (115, 119, 3919) come first: as ordinary numbers they would be read wrongly."""
    packed = re.sub(r"[\s.\-]", "", text)
    if not re.fullmatch(r"[1-9]\d{1,5}", packed):
        return ""
    number = PhoneNumber(country_code=33, national_number=int(packed))
    return packed if shortnumberinfo.is_valid_short_number_for_region(number, "FR") else ""


def _possible(text: str) -> PhoneNumber | None:
    """The first reading that is possible: valid in France, then overseas, then possible in France, then with a +."""
    home = _read(text, "FR")
    if home and phonenumbers.is_valid_number(home):
        return home
    if text.lstrip().startswith("0"):
        for region in OVERSEAS:
            far = _read(text, region)
            if far and phonenumbers.is_valid_number(far):
                return far
    return home or (None if text.strip()[:1] in {"+", "0"} else _read("+" + text.strip(), None))


def _read(text: str, region: str | None) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    zero_kept = number.country_code == 33 and number.italian_leading_zero  # nine digits with their 0: one is missing
    return number if phonenumbers.is_possible_number(number) and not zero_kept else None


def _kind(number: PhoneNumber) -> PhoneKind:
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    if region not in {"FR", *OVERSEAS}:
        return PhoneKind.FOREIGN
    begins_mobile = region == "FR" and str(number.national_number)[0] in "67"  # also the range kept for fiction
    return _TYPES.get(phonenumbers.number_type(number), PhoneKind.MOBILE if begins_mobile else PhoneKind.FIXED)


def number(text: str) -> Phone:
    """The number somebody wants to keep; raises Wrong with a sentence where it cannot be dialled."""
    phone = parse(text)
    if phone.is_dialable:
        return phone
    if phone.kind == PhoneKind.HIDDEN:
        raise Wrong("Donnez un numéro : un numéro masqué ne peut pas être noté.")
    count = len(re.sub(r"\D", "", _cut(text.strip())[0]))
    if count < 10:
        raise Wrong(f"Il manque des chiffres : un numéro français en a 10, en voici {count}.")
    raise Wrong(f"Il y a trop de chiffres pour un numéro : en voici {count}, un numéro français en a 10.")


def shown(value: str) -> str:
    """A kept number in the spelling people read: « 03 53 01 12 01 », « 39 19 », « +32 2 555 12 12 ».

    What a provider says for a hidden one (« anonymous ») reads « numéro masqué ».
    """
    if value.strip() and value.strip().casefold() in HIDDEN:
        return "numéro masqué"
    if not value.startswith("+"):
        return f"{value[:2]} {value[2:]}" if len(value) == 4 else value
    number = _read(value, None)
    if number is None:
        return value
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    at_home = region in {"FR", *OVERSEAS}
    form = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def found_in(text: str) -> list[Phone]:
    """The numbers in a free text or a mail signature (certainty « possible » only); SIRETs are not taken for one."""
    matches = PhoneNumberMatcher(text, "FR", leniency=phonenumbers.Leniency.VALID)
    return [parse(match.raw_string) for match in matches]


def typed_so_far(text: str) -> str:
    """The beginning of E.164 that an unfinished number stands for (« 03 53 » → « +3353 »), "" where it is none."""
    packed = re.sub(r"[\s.\-/()\u00a0\u202f]", "", text)
    packed = re.sub(r"^00", "+", packed)
    if re.fullmatch(r"\+\d{3,15}", packed):
        return re.sub(r"^\+330", "+33", packed)
    if re.fullmatch(r"0\d{2,9}", packed):
        return "+33" + packed[1:]
    return "+" + packed if re.fullmatch(r"33\d{3,9}", packed) else ""
