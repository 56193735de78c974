"""What a page must be to everybody's eyes, beyond what axe sees. Each rule has a broken page in `test_sight.py`.

faults(page, thing=True)     # a list of sentences, nothing where the page is right
"""

from pathlib import Path
from typing import Any

import axe_playwright_python

from tests.browser import DESKTOP, SMALL, overflow

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
READY = """
  window.inFlight = 0;
  addEventListener("htmx:beforeRequest", () => { window.inFlight += 1; });
  for (const end of ["htmx:afterSettle", "htmx:responseError", "htmx:sendError"])
    addEventListener(end, () => { window.inFlight -= 1; });
"""
RULES = r"""() => {
  const found = [];
  const seen = e => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length > 0;
  const large = e => { const b = e.getBoundingClientRect(); return seen(e) && b.width > 1 && b.height > 1; };
  const all = (what, of = document) => [...of.querySelectorAll(what)].filter(seen);
  const said = e => {
    const copy = e.cloneNode(true);
    copy.querySelectorAll("[aria-hidden=true]").forEach(one => one.remove());
    return (e.getAttribute("aria-label") ?? copy.textContent).replace(/\s+/g, " ").trim();
  };
  const short = e => e.outerHTML.replace(/\s+/g, " ").slice(0, 110);

  const titles = document.title.split(" – ");
  const isWhole = titles.at(-1) === "Call & Care" && titles.length > 1 && titles.every(part => part.trim());
  if (!isWhole || / · /.test(document.title))
    found.push(`title: ${document.title}`);
  if (document.documentElement.lang !== "fr") found.push("lang");

  if (all("h1").length !== 1) found.push(`h1: ${all("h1").length}`);
  let level = 0;
  for (const heading of all("h1, h2, h3, h4, h5, h6")) {
    const now = Number(heading.tagName[1]);
    if (now > level + 1) found.push(`level: ${level} → ${now}: ${heading.textContent.trim().slice(0, 60)}`);
    level = now;
  }

  const links = new Map();
  for (const link of all("a[href]")) {
    const name = said(link);
    if (!name) found.push(`link without words: ${short(link)}`);
    if (links.has(name) && links.get(name) !== link.href) found.push(`link twice: ${name}`);
    links.set(name, link.href);
  }

  const fields = "input:not([type=hidden], [type=submit], [type=button]), select, textarea";
  for (const field of all(fields)) {
    const named = (field.getAttribute("aria-labelledby") ?? "").split(" ").map(id => document.getElementById(id));
    const labels = [...(field.labels ?? []), ...named].filter(Boolean);
    // A search field may be named by the button beside it (technique G167).
    const button = field.closest("[role=search]")?.querySelector("button");
    if (![...labels, ...(button && !labels.some(large) ? [button] : [])].some(e => large(e) && said(e)))
      found.push(`label: ${short(field)}`);
  }

  for (const option of document.querySelectorAll("option"))
    if (/^-+$/.test(option.textContent.trim())) found.push(`empty choice: ${short(option.parentElement)}`);

  const area = e => {
    const whole = [e, ...(e.matches("[type=checkbox], [type=radio]") ? e.labels : [])];
    const boxes = whole.map(x => x.getBoundingClientRect());
    const span = (a, b) => Math.max(...boxes.map(x => x[b])) - Math.min(...boxes.map(x => x[a]));
    return Math.min(span("left", "right"), span("top", "bottom"));
  };
  const inSentence = e => getComputedStyle(e).display === "inline"
    && [...e.parentElement.childNodes].some(n => n.nodeType === 3 && n.textContent.trim().length > 2);
  for (const target of all(`a[href], button, summary, ${fields}`)) {
    if (target.closest(".skip")) continue;
    if (!inSentence(target) && area(target) < 23.9) found.push(`target ${Math.round(area(target))}: ${short(target)}`);
  }
  return found;
}"""


def prepare(page: Any) -> Any:
    """Tell the page to count what it is still waiting for, and to bring axe along."""
    page.context.add_init_script(READY)
    page.context.add_init_script(AXE)
    return page


def settled(page: Any) -> None:
    """Every panel has come, and those that came with them."""
    page.wait_for_load_state("load")
    page.wait_for_function("() => !window.inFlight && !document.querySelector('.htmx-request')")


def drawn(page: Any) -> None:
    """The page has taken its new size and its new colours."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def axe(page: Any, *, only: str = "html", **how: object) -> list[str]:
    options = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": TAGS}} | how
    broken = page.evaluate(
        """([only, options]) => axe.run(only, options).then(said => said.violations.flatMap(
        one => one.nodes.slice(0, 3).map(node => `${one.id}: ${node.html.replace(/\\s+/g, " ").slice(0, 140)}`)))""",
        [only, options],
    )
    return [str(fault) for fault in broken]


def in_dialogs(page: Any) -> list[str]:
    """What opens over the page is a part of it: each kind of dialog is shown and looked at by itself."""
    found = []
    titles = page.locator("dialog[popover]").evaluate_all("all => all.map(e => e.querySelector('h2')?.textContent)")
    for place, title in enumerate(titles):
        if title in titles[:place]:
            continue  # the same under each row of a list
        page.evaluate("at => document.querySelectorAll('dialog[popover]')[at].showPopover()", place)
        found += [f"dialog: {fault}" for fault in axe(page, only="dialog:popover-open")]
        found += [f"dialog: {fault}" for fault in page.evaluate(RULES) if fault.startswith(("label", "target"))]
        page.evaluate("at => document.querySelectorAll('dialog[popover]')[at].hidePopover()", place)
    return found


def in_the_dark(page: Any) -> list[str]:
    """The colours at night; a page caught while it changes them is looked at again."""
    page.emulate_media(color_scheme="dark")
    found = ["not drawn yet"]
    for patience in (0, 300, 1000):
        if found:
            page.wait_for_timeout(patience)
            drawn(page)
            found = axe(page, runOnly={"type": "rule", "values": ["color-contrast"]})
    page.emulate_media(color_scheme="light")
    drawn(page)
    return [f"dark: {fault}" for fault in found]


def faults(page: Any, *, thing: bool = False) -> list[str]:
    """All that is wrong with the page before us: light, dark, small, and with letters twice as large."""
    settled(page)
    page.evaluate("() => document.querySelectorAll('details:not([name])').forEach(one => { one.open = true; })")
    found = axe(page) + list(page.evaluate(RULES)) + in_dialogs(page)
    if thing and page.title().count(" – ") < 2:
        found.append(f"title without its thing: {page.title()}")
    found += in_the_dark(page)
    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    found += [f"letters twice as large: {fault}" for fault in overflow(page)]
    page.evaluate("() => { document.documentElement.style.fontSize = ''; }")
    page.set_viewport_size(SMALL)
    page.wait_for_function(f"innerWidth === {SMALL['width']}")
    drawn(page)
    found += [f"320: {fault}" for fault in overflow(page)]
    found += [f"320: {fault}" for fault in page.evaluate(RULES) if fault.startswith("target")]
    page.set_viewport_size(DESKTOP)
    return found
