"""Pictures of the main pages for the documentation: `python tools/screens.py --url http://127.0.0.1:8000`.

Needs a running demonstration (`./callcare demo`), playwright and Chromium. It signs in as two people of the story,
types like an operator, and writes docs/screens/*.png. One contact is opened for the console's picture and closed at
the end.
"""

import argparse
import re
import shutil
import struct
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "docs/screens"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PASSPHRASE = "une ligne, deux accords"  # noqa: S105  # the demonstration prints it for everybody
HEAVIEST = 200_000  # bytes a picture may weigh
NUMBER = "03 53 01 11 07"
LINE = "12 ordinateurs portables Roubaix avant le {day} pour lycéens"


@dataclass
class Browser:
    """One Chromium, and the address of the demonstration."""

    chromium: Any
    url: str

    def person(self, email: str, *, dark: bool = False, window: dict[str, int] = DESK) -> Any:
        """A page of a browser of her own, signed in."""
        context = self.chromium.new_context(
            viewport=window, color_scheme="dark" if dark else "light", locale="fr-FR", timezone_id="Europe/Paris",
            reduced_motion="reduce",
        )  # fmt: skip
        page = context.new_page()
        page.goto(f"{self.url}/compte/entree/")
        form = page.locator("form:has([name=password])")
        form.locator("[name=login]").fill(email)
        form.locator("[name=password]").fill(PASSPHRASE)
        form.get_by_role("button").click()
        page.wait_for_url(lambda url: "/entree/" not in url)
        return page

    def go(self, page: Any, path: str) -> Any:
        page.goto(self.url + path)
        settle(page)
        return page


def settle(page: Any) -> None:
    """Wait until every panel has come. Stops on a page that could not answer: it is no picture for anybody."""
    page.wait_for_load_state("load")  # never idle: the stream of calls stays open
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
    page.wait_for_timeout(900)
    if page.locator("h1", has_text="pas pu répondre").count():
        raise SystemExit(f"{page.url} n’a pas pu répondre.")


def typed_line(at: Browser, page: Any) -> str:
    """Open a contact and type a need in one line: what stands in the console's picture. Returns its address."""
    at.go(page, "/guichet/")
    page.locator("[name$=raw_identity]").first.fill(NUMBER)
    page.locator("[data-key=a]").click()
    settle(page)
    known = page.locator("section:has(#who-title) form button.chip")
    if page.locator(".call b").inner_text().startswith("Qui") and known.count():
        known.first.click()
        settle(page)
    page.keyboard.press("b")
    day = time.strftime("%d/%m", time.localtime(time.time() + 24 * 86_400))
    page.locator("#saisie-need .line").press_sequentially(LINE.format(day=day), delay=5)
    page.wait_for_timeout(900)
    settle(page)
    return str(page.url)


def close_contact(page: Any) -> None:
    """Leave the demonstration as it was found: the contact is counted as a wrong number."""
    page.locator("[data-key=x]").click()
    page.get_by_role("button", name=re.compile("Erreur de numéro")).click()
    settle(page)


def first_with(at: Browser, page: Any, listing: str, selector: str) -> str:
    """The address of the first thing of a list whose page shows `selector`."""
    at.go(page, listing)
    links = page.locator(f"main a[href^='{listing}']").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    for path in [path for path in dict.fromkeys(links) if re.search(r"/[A-Z]-\w{4}-\w{3}/$", path)][:25]:
        at.go(page, path)
        if page.locator(selector).count():
            return str(path)
    raise SystemExit(f"Aucune page de {listing} ne montre {selector} : la démonstration a-t-elle joué son histoire ?")


def pictures(at: Browser) -> Iterator[tuple[str, Any]]:
    """Each picture's name with its page, ready to be taken."""
    marion = at.person("marion@call-care.test")
    contact = typed_line(at, marion).removeprefix(at.url)
    yield "guichet", marion
    night = at.go(at.person("marion@call-care.test", dark=True), contact)
    show_draft(night)
    yield "guichet-sombre", night
    close_contact(marion)
    yield "relances", at.go(marion, "/guichet/relances/")
    need = first_with(at, marion, "/besoins/", ".cand")
    yield "besoin", marion
    introduction = first_with(at, marion, "/mises-en-relation/", ".letter")
    yield "mise-en-relation", at.go(marion, introduction)
    yield "besoins", at.go(marion, "/besoins/")
    yield "besoin-telephone", at.go(at.person("marion@call-care.test", window=PHONE), need)
    yield "bilan", at.go(at.person("stephane@call-care.test"), "/bilan/")


def show_draft(page: Any) -> None:
    """The same contact from another window: what was typed is there."""
    page.keyboard.press("b")
    settle(page)


def lighter(png: bytes) -> bytes:
    """The same picture in its 256 most frequent colours; the others, at the edges of letters, go to the nearest."""
    chunks, at = [], 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        chunks.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + size]))
        at += size + 12
    width, height, depth, colour = struct.unpack(">IIBB", chunks[0][1][:10])
    if (depth, colour) != (8, 2):
        return png  # not the plain colours Chromium writes
    rows = unfiltered(zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT")), width * 3)
    flat = b"".join(rows)
    counted = Counter(zip(flat[0::3], flat[1::3], flat[2::3], strict=True))
    palette = [tint for tint, _ in counted.most_common(256)]
    place = {tint: bytes([n]) for n, tint in enumerate(palette)}
    for tint in counted.keys() - place.keys():
        place[tint] = place[min(palette, key=lambda one: sum((a - b) ** 2 for a, b in zip(one, tint, strict=True)))]
    lines = (b"\0" + b"".join(map(place.__getitem__, zip(r[0::3], r[1::3], r[2::3], strict=True))) for r in rows)
    kept = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", bytes(level for tint in palette for level in tint)),
        (b"IDAT", zlib.compress(b"".join(lines), 9)),
        (b"IEND", b""),
    ]
    return png[:8] + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in kept
    )


def unfiltered(packed: bytes, width: int) -> list[bytes]:
    """The rows of a PNG of three bytes a pixel, as they are seen (filters of the PNG specification, section 9)."""
    rows, above = [], bytearray(width)
    for start in range(0, len(packed), width + 1):
        how, row = packed[start], bytearray(packed[start + 1 : start + 1 + width])
        for n in range(width if how else 0):
            left, corner = (row[n - 3], above[n - 3]) if n >= 3 else (0, 0)
            row[n] = (row[n] + predicted(how, left, above[n], corner)) & 255
        rows.append(bytes(row))
        above = row
    return rows


def predicted(how: int, left: int, up: int, corner: int) -> int:
    if how == 4:
        guess = left + up - corner
        return min((left, up, corner), key=lambda one: abs(guess - one))
    return (0, left, up, (left + up) // 2)[how]


def take(at: Browser, wanted: Callable[[str], bool]) -> int:
    PLACE.mkdir(exist_ok=True)
    heavy = 0
    for name, page in pictures(at):
        if not wanted(name):
            continue
        page.evaluate("document.activeElement?.blur?.(); scrollTo(0, 0)")
        picture = lighter(page.screenshot())
        (PLACE / f"{name}.png").write_bytes(picture)
        heavy += len(picture) > HEAVIEST
        print(f"{name}.png  {len(picture) // 1000} ko{'  TROP LOURD' if len(picture) > HEAVIEST else ''}")
    return heavy


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="the running demonstration")
    parser.add_argument("names", nargs="*", help="only these pictures")
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        heavy = take(Browser(chromium, asked.url.rstrip("/")), lambda name: not asked.names or name in asked.names)
        chromium.close()
    return 1 if heavy else 0


if __name__ == "__main__":
    sys.exit(main())
