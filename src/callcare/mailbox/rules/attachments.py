"""The attachments of a mail: their name, their type, and what the operator must be told before she opens one."""

import re
import unicodedata

from callcare.mailbox.rules import charsets, magic, mime, tnef, words
from callcare.mailbox.rules.mime import Leaf
from callcare.mailbox.rules.readings import Part

LARGEST = 20_000_000
LONGEST_NAME = 120
LONGEST_EXTENSION = 10
NO_NAME = "piece-jointe"

TOO_LARGE = "Pièce de plus de 20 Mo : elle n’est pas extraite, elle reste dans le courriel d’origine."
ENCRYPTED = "Archive protégée par un mot de passe : aucun antivirus ne peut en regarder le contenu."
EMPTY = "Pièce vide."
CALLS_ITSELF = "Cette pièce se dit « {said} », son contenu est autre chose : {found}."
DANGEROUS_NAME = (
    "Le nom se termine par « .{extension} » : une telle pièce peut exécuter un programme. Ne l’ouvrez pas."
)
DANGEROUS = {
    magic.EXECUTABLE: "C’est un programme : ne l’ouvrez pas.",
    magic.SCRIPT: "C’est un script, donc un programme : ne l’ouvrez pas.",
    magic.JAR: "C’est un programme Java : ne l’ouvrez pas.",
    magic.SHORTCUT: "C’est un raccourci qui peut lancer un programme : ne l’ouvrez pas.",
    magic.DISK: "C’est une image de disque, qui peut cacher un programme : ne l’ouvrez pas.",
    magic.HTML: "C’est une page web : elle peut imiter un site pour voler un mot de passe.",
    "image/svg+xml": "Cette image est écrite comme une page web : elle peut contenir un programme.",
    magic.WITH_MACROS: "Ce document contient des macros, donc un programme : ne les activez pas.",
}
EXTENSIONS = frozenset(
    [
        "exe",
        "com",
        "scr",
        "pif",
        "bat",
        "cmd",
        "ps1",
        "psm1",
        "vbs",
        "vbe",
        "js",
        "jse",
        "wsf",
        "wsh",
        "hta",
        "jar",
        "msi",
        "msp",
        "mst",
        "cpl",
        "reg",
        "lnk",
        "url",
        "chm",
        "iso",
        "img",
        "vhd",
        "vhdx",
        "dll",
        "sys",
        "app",
        "dmg",
        "pkg",
        "deb",
        "rpm",
        "apk",
        "sh",
        "bash",
        "run",
        "py",
        "pl",
        "php",
        "rb",
        "docm",
        "dotm",
        "xlsm",
        "xltm",
        "xlam",
        "pptm",
        "potm",
        "ppam",
        "sldm",
        "one",
        "appx",
        "application",
        "gadget",
        "inf",
        "ins",
        "isp",
        "library-ms",
        "scf",
        "settingcontent-ms",
        "svg",
        "html",
        "htm",
        "xhtml",
        "shtml",
        "mht",
        "mhtml",
    ]
)
IN_FRENCH = {
    "application/pdf": "un document PDF", magic.ZIP: "une archive ZIP", magic.EML: "un courriel",
    magic.HTML: "une page web", magic.EXECUTABLE: "un programme", magic.SCRIPT: "un script",
    magic.DOCX: "un document Word", magic.XLSX: "un classeur Excel", magic.PPTX: "une présentation PowerPoint",
    "application/msword": "un document Word", "application/vnd.ms-excel": "un classeur Excel",
    "application/vnd.ms-powerpoint": "une présentation PowerPoint", "application/rtf": "un document RTF",
    "text/plain": "du texte", "text/csv": "un tableau de texte", "text/calendar": "un rendez-vous",
    "text/vcard": "une carte de visite", magic.TNEF: "un fichier winmail.dat",
    "application/vnd.ms-outlook": "un message Outlook",
    magic.WITH_MACROS: "un document à macros",
    magic.JAR: "un programme Java", magic.SHORTCUT: "un raccourci", magic.DISK: "une image de disque",
}  # fmt: skip
_TOPS = {"image": "image", "audio": "son", "video": "vidéo"}
USUAL_ENDING = {
    "application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp",
    "image/heic": "heic", "image/tiff": "tiff", magic.ZIP: "zip", magic.DOCX: "docx", magic.XLSX: "xlsx",
    magic.PPTX: "pptx",
    "application/msword": "doc", "application/vnd.ms-excel": "xls", "application/rtf": "rtf",
    "application/vnd.ms-outlook": "msg", "text/calendar": "ics",
    "text/vcard": "vcf", "text/csv": "csv", "text/plain": "txt", magic.EML: "eml", magic.TNEF: "dat",
    "application/vnd.oasis.opendocument.text": "odt", "application/vnd.oasis.opendocument.spreadsheet": "ods",
    magic.HTML: "html", "audio/mpeg": "mp3", "audio/wav": "wav",
}  # fmt: skip

# Where one type is another's container, or where no bytes tell them apart, a difference is no lie.
_ALIKE = [
    {"text/plain", "text/csv", "text/x-script", "text/xml", "application/json", "text/markdown", "text/x-log"},
    {"application/zip", "application/x-zip-compressed", "application/x-zip"},
    {"application/rtf", "text/rtf", "application/msword"},
    {"text/vcard", "text/x-vcard", "text/directory"},
    {"image/jpeg", "image/jpg", "image/pjpeg"},
    {"image/heic", "image/heif"},
    {"text/csv", "application/vnd.ms-excel", "application/csv", "text/comma-separated-values", "text/plain"},
    {"text/calendar", "application/ics"},
    {"application/ms-tnef", "application/vnd.ms-tnef"},
    {"audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"},
    {"text/xml", "application/xml", "text/plain"},
    {"text/rfc822-headers", "message/rfc822", "text/plain"},
    {"message/delivery-status", "message/disposition-notification", "text/plain", "message/rfc822"},
]
_NEVER = re.compile(
    r"[<>:\"/\\|?*\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)


def part(leaf: Leaf, data: bytes | None) -> Part:
    """An attachment as the page shows it. Its bytes are None when it is too large to be extracted."""
    found = magic.UNKNOWN if data is None else _found(leaf, data)
    name = shown_name(leaf, found)
    return Part(
        number=leaf.number,
        name=name,
        declared_type=leaf.type,
        found_type=found,
        size=mime.size(leaf) if data is None else len(data),
        is_inline=leaf.disposition != "attachment" and bool(_content_id(leaf) or leaf.disposition == "inline"),
        content_id=_content_id(leaf),
        warning=TOO_LARGE if data is None else _warning(leaf.type, found, name, data),
    )


def inside(leaf: Leaf, pack: tnef.Pack) -> list[tuple[Leaf, bytes]]:
    """The files of a winmail.dat, as parts of the mail: each is an attachment of its own beside it."""
    return [
        (
            Leaf(
                number=leaf.number + mime.MOST_PARTS * place,
                headers={},
                type=one.type or magic.UNKNOWN,
                parameters={},
                disposition="attachment",
                disposition_parameters={"filename": one.name},
                encoding="",
                body=memoryview(one.data),
                inside=(*leaf.inside, magic.TNEF),
                choice=-1,
            ),
            one.data,
        )
        for place, one in enumerate(pack.files, 1)
    ]


def holder(number: int) -> int:
    """The part of the mail that an attachment is in: itself, or the winmail.dat around it."""
    return (number - 1) % mime.MOST_PARTS + 1


def in_french(found: str) -> str:
    """The type of a file for who reads French: « document PDF », « message Outlook »."""
    if said := IN_FRENCH.get(found, ""):
        return said.partition(" ")[2]
    top, _, rest = found.partition("/")
    if top in _TOPS:
        return f"{_TOPS[top]} {rest.removeprefix('x-').partition('+')[0].upper()}"
    return "" if found == magic.UNKNOWN else found


def shown_name(leaf: Leaf, found: str) -> str:
    """The name a download gets: what the mail says, made harmless; else one that tells the type."""
    said = leaf.disposition_parameters.get("filename") or leaf.parameters.get("name") or ""
    name = safe_name(said)
    if name != NO_NAME:
        return name
    ending = USUAL_ENDING.get(found, "bin")
    return f"{NO_NAME}-{leaf.number}.{ending}"


def safe_name(name: str) -> str:
    """A name for a download: no path, no control, nothing that turns writing round; its extension stays."""
    name = words.text_of(name[:2000]) if "=?" in name else charsets.one_line(name[:2000])
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2] or name
    name = " ".join(_NEVER.sub("_" if name.strip("./\\ ") else "", name).split()).strip(". ")
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > LONGEST_EXTENSION:
        stem, extension = name, ""
    stem = stem.strip(". ")
    if not stem.strip("_ .") and not extension:
        return NO_NAME
    if _RESERVED.match(stem) or not stem.strip("_ "):
        stem = f"{NO_NAME}-{stem}".rstrip("-_ ")
    stem = stem[: LONGEST_NAME - LONGEST_EXTENSION - 1].strip(". ")
    return f"{stem}.{extension}" if extension else stem


def is_alike(declared: str, found: str) -> bool:
    """May what is declared and what is found both be true?"""
    if declared in {found, "application/octet-stream", "application/download", "application/force-download", ""}:
        return True
    if found == magic.UNKNOWN or any({declared, found} <= family for family in _ALIKE):
        return True
    if found in {magic.ZIP, magic.OLE} and declared.startswith("application/"):
        return True
    tops = {declared.partition("/")[0], found.partition("/")[0]}
    return len(tops) == 1 and tops <= {"image", "audio", "video"}


def _found(leaf: Leaf, data: bytes) -> str:
    if leaf.type == "message/rfc822" and magic.type_of(data) in {"text/plain", magic.HTML, "text/csv"}:
        return magic.EML
    return magic.type_of(data)


def _content_id(leaf: Leaf) -> str:
    return charsets.one_line(words.plain(mime.first(leaf.headers, "content-id")[:300])).strip("<> ")


def _warning(declared: str, found: str, name: str, data: bytes) -> str:
    """The most serious thing to say of it, in one sentence; "" when there is nothing."""
    if not data:
        return EMPTY
    if found in DANGEROUS:
        return DANGEROUS[found]
    extension = name.rpartition(".")[2].lower()
    if "." in name and extension in EXTENSIONS:
        return DANGEROUS_NAME.format(extension=extension)
    if found.startswith("application/") and magic.has_macros(data):
        return DANGEROUS[magic.WITH_MACROS]
    if magic.is_encrypted_archive(data):
        return ENCRYPTED
    if not is_alike(declared, found):
        return CALLS_ITSELF.format(said=declared, found=IN_FRENCH.get(found, found))
    return ""
