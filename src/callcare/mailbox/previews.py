"""Pictures of attachments, made by the house: what an operator sees of a file nobody has scanned.

Images are drawn anew (no EXIF, nothing hidden after the picture), pages of PDF are drawn as pictures. The drawing is
done by a child process with bounded memory and time, which knows no secret and reaches nothing: a file that breaks the
library breaks the child.
"""

import os
import resource
import subprocess
import sys
from io import BytesIO
from pathlib import Path

IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/tiff"})
PDF = "application/pdf"

SECONDS = 12
MEMORY = 900_000_000  # addresses: PDFium reserves much more than it uses
LARGEST = 20_000_000  # bytes of a file that is drawn
MOST_PIXELS = 40_000_000  # of an image as it came
SIDE = 1_400  # pixels of the longest side, as shown
MOST_PAGES = 20
LARGEST_PICTURE = 8_000_000


def can_show(found_type: str, size: int) -> bool:
    """Is there a picture to be made of this?"""
    return size <= LARGEST and (found_type in IMAGES or found_type == PDF)


def picture(data: bytes, found_type: str, page: int = 1) -> bytes | None:
    """A PNG of this image, or of this page of a PDF; None where none can be drawn. Never raises for the file."""
    if not can_show(found_type, len(data)) or not 1 <= page <= MOST_PAGES:
        return None
    made = _child(data, "image" if found_type in IMAGES else "page", page)
    return made if made.startswith(b"\x89PNG") and len(made) <= LARGEST_PICTURE else None


def page_count(data: bytes) -> int:
    """How many pages a PDF has, 0 where it cannot be opened."""
    said = _child(data, "count", 0) if len(data) <= LARGEST else b""
    return int(said) if said.isdigit() and len(said) < 7 else 0


def _child(data: bytes, what: str, page: int) -> bytes:
    source = str(Path(__file__).resolve().parents[2])
    surroundings = {"PYTHONPATH": source, "PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # noqa: S603  # our own module, by the Python that runs us
            [sys.executable, "-m", "callcare.mailbox.previews", what, str(page)],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            env=surroundings | {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ},
            check=False,
            close_fds=True,
        )
    except (subprocess.TimeoutExpired, OSError):
        return b""
    return done.stdout if done.returncode == 0 else b""


def main() -> None:
    """The child: one file in, one picture out."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    what, page = sys.argv[1], int(sys.argv[2])
    data = sys.stdin.buffer.read(LARGEST + 1)
    made = {"image": lambda: drawn(data), "page": lambda: drawn_page(data, page), "count": lambda: counted(data)}
    sys.stdout.buffer.write(made[what]())


def drawn(data: bytes) -> bytes:
    """The first frame of an image, as a PNG of its own: pixels only. Raises whatever the library raises."""
    from PIL import Image, ImageOps  # noqa: PLC0415  # in the child only

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # twice as many is an error, not a warning
    with Image.open(BytesIO(data), formats=["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"]) as image:
        if image.width * image.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        image.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded at the size that is shown
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((SIDE, SIDE))
        flat = Image.new("RGB", upright.size, "white")
        full = upright.convert("RGBA")
        flat.paste(full, mask=full.getchannel("A"))
    return _png(flat)


def drawn_page(data: bytes, page: int) -> bytes:
    """One page of a PDF as a PNG, without its forms or scripts."""
    import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415  # in the child only

    with pypdfium2.PdfDocument(data) as document:
        sheet = document[page - 1]
        width, height = sheet.get_size()
        scale = min(SIDE / max(width, height, 1), 3)
        return _png(sheet.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB"))


def counted(data: bytes) -> bytes:
    import pypdfium2  # noqa: PLC0415  # in the child only

    with pypdfium2.PdfDocument(data) as document:
        return str(len(document)).encode()


def _png(image) -> bytes:  # type: ignore[no-untyped-def]
    out = BytesIO()
    image.save(out, "PNG", compress_level=3)
    return out.getvalue()


if __name__ == "__main__":
    main()
