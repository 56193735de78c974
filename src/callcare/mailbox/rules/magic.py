"""What an attachment is, by its first bytes. What a mail declares is never believed."""

import re

UNKNOWN = "application/octet-stream"
EXECUTABLE = "application/x-executable"
SCRIPT = "text/x-script"
HTML = "text/html"
TNEF = "application/ms-tnef"
EML = "message/rfc822"
ZIP = "application/zip"
OLE = "application/x-ole-storage"
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX, XLSX, PPTX = (
    f"{_OFFICE}wordprocessingml.document", f"{_OFFICE}spreadsheetml.sheet", f"{_OFFICE}presentationml.presentation",
)  # fmt: skip
WITH_MACROS = "application/vnd.ms-office.macroEnabled"
SHORTCUT = "application/x-ms-shortcut"
DISK = "application/x-disk-image"
JAR = "application/java-archive"
CABINET = "application/vnd.ms-cab-compressed"

STARTS: list[tuple[bytes, str]] = [
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
    (b"\x78\x9f\x3e\x22", TNEF),
    (b"MZ", EXECUTABLE),
    (b"\x7fELF", EXECUTABLE),
    (b"\xca\xfe\xba\xbe", EXECUTABLE),
    (b"\xcf\xfa\xed\xfe", EXECUTABLE),
    (b"\xfe\xed\xfa\xcf", EXECUTABLE),
    (b"L\0\0\0\x01\x14\x02\0", SHORTCUT),
    (b"MSCF", CABINET),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
    (b"#!", SCRIPT),
]
# Boxes of the ISO media family: the four letters after "ftyp".
BRANDS = {
    b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic", b"msf1": "image/heic", b"hevc": "image/heic",
    b"avif": "image/avif", b"qt  ": "video/quicktime", b"M4A ": "audio/mp4",
}  # fmt: skip
RIFFS = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.text", b"application/vnd.oasis.opendocument.spreadsheet",
    b"application/vnd.oasis.opendocument.presentation", b"application/vnd.oasis.opendocument.graphics",
    b"application/epub+zip",
}  # fmt: skip
OLE_STREAMS = [  # names of streams, in UTF-16 as the format writes them
    ("__properties_version1.0", "application/vnd.ms-outlook"),
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("Book", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
]
MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|script|iframe|meta|title|table|div|a\s|img\s|form)\b", re.IGNORECASE
)
BATCH = re.compile(
    rb"\A(?:@echo\s+off|rem\s|powershell\b|param\s*\(|wscript\.|on\s+error\s+resume|dim\s+\w{1,40}\s*\n|<\?php)",
    re.IGNORECASE,
)
MAIL = re.compile(
    rb"\A(?:(?:from|to|cc|subject|date|received|return-path|message-id|mime-version|delivered-to|reply-to|x-[a-z-]{1,40}):"
    rb"[^\r\n]{0,998}\r?\n(?:[ \t][^\r\n]{0,998}\r?\n){0,50}){3}",
    re.IGNORECASE,
)
TEXTS = [  # the first that is found
    ("text/calendar", re.compile(rb"\Abegin:vcalendar", re.IGNORECASE)),
    ("text/vcard", re.compile(rb"\Abegin:vcard", re.IGNORECASE)),
    ("image/svg+xml", re.compile(rb"\A(?:<[?!][^<>]{0,500}>\s*){0,5}<svg\b", re.IGNORECASE)),
    (HTML, MARKUP),
    (SCRIPT, BATCH),
    (EML, MAIL),
    ("text/xml", re.compile(rb"\A<\?xml")),
]
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def type_of(data: bytes) -> str:
    """The type that the bytes themselves show; `application/octet-stream` when they show none."""
    start = data[:64]
    found = next((kind for magic, kind in STARTS if start.startswith(magic)), "")
    if found == EXECUTABLE and start.startswith(b"MZ") and not _is_windows_program(data):
        found = ""
    return found or _boxed(data) or _textual(data)


def has_macros(data: bytes) -> bool:
    """Does a document of an office suite carry programs?"""
    return b"vbaProject" in data or _wide("_VBA_PROJECT") in data or _wide("VBA") + b"\0\0" in data[:200_000]


def is_encrypted_archive(data: bytes) -> bool:
    return data.startswith(b"PK\x03\x04") and len(data) > 8 and bool(data[6] & 1)


def _is_windows_program(data: bytes) -> bool:
    """A letter may begin with MZ; a program has no text after it."""
    return bool(CONTROL.search(data[2:64])) or len(data) < 64


def _boxed(data: bytes) -> str:
    """Types told by a box, an archive or a storage whose inside must be looked at."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return next((kind for name, kind in OLE_STREAMS if _wide(name) in data), OLE)
    if data[4:8] == b"ftyp":
        return BRANDS.get(data[8:12], "video/mp4")
    if data.startswith(b"RIFF"):
        return RIFFS.get(data[8:12], UNKNOWN)
    if data[0x8001:0x8006] == b"CD001":
        return DISK
    if data.startswith(b"BM") and data[6:10] == b"\0\0\0\0" and len(data) > 26:
        return "image/bmp"
    if b"%PDF-" in data[:1024]:
        return "application/pdf"
    return ""


def _zipped(data: bytes) -> str:
    if data[30:38] == b"mimetype":
        end = data.find(b"PK", 38)
        kind = data[38 : end if end > 0 else 138]
        if kind in OPEN_DOCUMENTS:
            return kind.decode("ascii")
    if b"[Content_Types].xml" in data or b"_rels/.rels" in data:
        if has_macros(data):
            return WITH_MACROS
        for folder, suite in ((b"word/", DOCX), (b"xl/", XLSX), (b"ppt/", PPTX)):
            if folder in data:
                return suite
    if b"META-INF/MANIFEST.MF" in data:
        return JAR
    return ZIP


def _textual(data: bytes) -> str:
    """What text is written in; unknown when it is no text."""
    start = data[:4096]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start[2:].replace(b"\0", b"")
    if not start.strip() or CONTROL.search(start):
        return UNKNOWN
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    found = next((kind for kind, test in TEXTS if test.search(start)), "")
    return found or ("text/csv" if _is_table(start) else "text/plain")


def _is_table(start: bytes) -> bool:
    """Two lines or more with the same number of the same separators."""
    lines = [line for line in start.splitlines()[:6] if line.strip()]
    for separator in (b";", b"\t", b","):
        counts = {line.count(separator) for line in lines[:4]}
        if len(lines) > 1 and len(counts) == 1 and counts.pop() >= (2 if separator == b"," else 1):
            return True
    return False


def _wide(name: str) -> bytes:
    return name.encode("utf-16-le")
