"""From bytes to text that can be stored: the charset ladder, and what is cleaned away."""

import codecs
import re

BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
DAMAGED = "utf-8 (abîmé)"  # UTF-8 with a few wrong bytes: a mail cut short, a relay that counted in bytes

# What people and programs write for a charset, in the form `_plain` gives it → the codec that reads it. A name
# that is not here is not tried: some codecs of Python are no charsets (rot13), some take for ever (punycode).
ALIASES = {
    **dict.fromkeys(["usascii", "ascii", "ansix341968", "iso646us", "iso88591", "88591", "latin1", "latin"], "cp1252"),
    **dict.fromkeys(["l1", "isolatin1", "iso88951", "iso85591", "iso8859", "windows1252", "windows1251fr"], "cp1252"),
    **dict.fromkeys(["cp1252", "win1252", "1252", "xcp1252", "ansi", "windowslatin1", "xansi"], "cp1252"),
    **dict.fromkeys(["utf8", "utf", "utf8mb4", "uft8", "uf8", "utf8n", "unicode11utf8", "xutf8", "unicode"], "utf-8"),
    "utf8sig": "utf-8",
    **dict.fromkeys(["utf16", "ucs2", "iso10646ucs2"], "utf-16"),
    "utf16le": "utf-16-le", "utf16be": "utf-16-be", "utf32": "utf-32", "utf32le": "utf-32-le", "utf32be": "utf-32-be",
    "utf7": "utf-7", "unicode11utf7": "utf-7",
    **{f"iso8859{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)},
    "latin2": "iso8859-2", "latin3": "iso8859-3", "latin4": "iso8859-4", "latin5": "iso8859-9", "latin6": "iso8859-10",
    "latin7": "iso8859-13", "latin8": "iso8859-14", "latin9": "iso8859-15", "latin10": "iso8859-16",
    "iso88596i": "iso8859-6", "iso88598i": "iso8859-8",
    **{f"windows{n}": f"cp{n}" for n in (1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258, 874)},
    **{f"cp{n}": f"cp{n}" for n in (437, 850, 852, 858, 866, 874, 1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258)},
    **dict.fromkeys(["ibm850", "850"], "cp850"),
    **dict.fromkeys(["macintosh", "macroman", "xmacroman", "mac", "applemacroman"], "mac-roman"),
    **dict.fromkeys(["shiftjis", "sjis", "xsjis", "mskanji", "windows31j", "cp932"], "cp932"),
    "eucjp": "euc-jp", "xeucjp": "euc-jp", "iso2022jp": "iso2022-jp-2", "iso2022jp1": "iso2022-jp-2",
    "iso2022jp2": "iso2022-jp-2", "iso2022jp3": "iso2022-jp-3",
    **dict.fromkeys(["gb2312", "gbk", "gb18030", "xgbk", "cp936", "euccn"], "gb18030"), "hzgb2312": "hz",
    "big5": "big5hkscs", "big5hkscs": "big5hkscs", "xbig5": "big5hkscs",
    **dict.fromkeys(["euckr", "ksc56011987", "ksc5601", "cp949", "uhc"], "cp949"), "iso2022kr": "iso2022-kr",
    "koi8r": "koi8-r", "koi8u": "koi8-u", "koi8": "koi8-r", "tis620": "tis-620",
}  # fmt: skip

_NOT_NAME = re.compile(r"[^a-z0-9]+")
# Kept: tabulation and line feed. The surrogates are what Python makes of bytes it cannot read.
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BLANKS = re.compile(r"[\t\n\r\x0b\x0c \u2028\u2029]+")


def codec_of(declared: str | None) -> str | None:
    """The codec that a declared charset stands for; None when it says nothing that can be trusted."""
    if not declared:
        return None
    plain = _NOT_NAME.sub("", declared[:60].lower().split("*")[0])
    return ALIASES.get(plain)


def decoded(data: bytes, declared: str | None) -> tuple[str, str]:
    """The text, and what it was read as. Never fails: the last step of the ladder reads anything."""
    for bom, name in BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(_after_bom(bom, name), "replace"), name
    codec = codec_of(declared)
    for step in _ladder(codec, data):
        if (text := _strictly(data, step)) is not None:
            return text, step
    return _as_it_comes(data, codec)


def _ladder(codec: str | None, data: bytes) -> list[str]:
    """What is tried strictly, in order."""
    if codec in {None, "utf-8"}:
        return ["utf-8"]
    if codec == "cp1252" and not data.isascii():
        return ["utf-8", codec]  # letters of Windows hardly ever happen to be UTF-8: the declaration is a habit
    return [codec or "utf-8", "utf-8"]


def _as_it_comes(data: bytes, codec: str | None) -> tuple[str, str]:
    """Nothing reads all of it without a fault."""
    if codec in {None, "utf-8"} and (text := _barely_damaged(data)) is not None:
        return text, DAMAGED
    if codec and codec not in {"utf-8", "cp1252"} and _is_mostly(codec, data):
        return data.decode(codec, "replace"), f"{codec} (abîmé)"
    if (text := _strictly(data, "cp1252")) is not None:
        return text, "cp1252"
    return data.decode("latin-1"), "latin-1"


def storable(text: str) -> str:
    """Text of several lines that the database takes: what it refuses, and control characters, become U+FFFD."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n").replace("\x0c", "\n")
    return _UNSTORABLE.sub("\ufffd", text)


def one_line(text: str) -> str:
    """Text of one line that the database takes, without the marks that turn writing round."""
    return _BIDI.sub("", _UNSTORABLE.sub("\ufffd", _BLANKS.sub(" ", text))).strip()


def _after_bom(bom: bytes, name: str) -> str:
    if name == "utf-8":
        return name
    return "utf-16-le" if bom == codecs.BOM_UTF16_LE else "utf-16-be"


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _barely_damaged(data: bytes) -> str | None:
    """UTF-8 with few faults for what it holds beyond ASCII: a fault in ten at most, and at least two letters right."""
    text = data.decode("utf-8", "replace")
    faults = text.count("\ufffd")
    right = sum(not char.isascii() for char in text[:200_000]) - faults
    return text if right >= 2 and faults * 10 <= right else None


def _is_mostly(codec: str, data: bytes) -> bool:
    """Is what the codec cannot read a small part? Then the declaration is true, and the mail is damaged."""
    text = data.decode(codec, "replace")
    return bool(text) and text.count("\ufffd") * 20 <= len(text)
