"""Somebody at the keyboard: she presses keys, and never touches the mouse."""

from typing import Any

FOCUSED = """() => { const e = document.activeElement;
  const said = [...(e.labels ?? [])].map(label => label.textContent).join(" ");
  const text = e.matches("a, button, summary") ? e.textContent : "";
  return [e.getAttribute("aria-label"), said, text, e.id].filter(Boolean).join(" | "); }"""


class Hands:
    """Two hands on a keyboard. `presses` counts what she pressed on purpose; walking with Tab is counted apart."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.presses = 0
        self.steps = 0

    def focus(self) -> str:
        """What has the focus, by its labels, its text and its id."""
        return str(self.page.evaluate(FOCUSED))

    def press(self, key: str) -> None:
        self.presses += 1
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.presses += len(text)
        self.page.keyboard.type(text)

    def reach(self, what: str, *, back: bool = False, most: int = 90) -> None:
        """Walk with Tab until the focus is on what is called so, in the main part of the page or anywhere."""
        self.page.wait_for_load_state("load")
        for _ in range(most):
            self.steps += 1
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            if what.lower() in self.focus().lower():
                return
        raise AssertionError(f"no Tab leads to « {what} »; the focus is on « {self.focus()} »")

    def fill(self, label: str, text: str) -> None:
        """Walk to a field and type over what it holds."""
        self.reach(label)
        self.page.keyboard.press("Control+a")
        self.type(text)
