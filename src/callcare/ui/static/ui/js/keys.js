// The keyboard map. An element with data-key="b" is activated by that key; the key is printed on it for people to see.
// Single letters act only when no field has the focus, and never when the person switched them off.

const FIELDS = "input:not([type=checkbox],[type=radio],[type=button],[type=submit]), textarea, select, [contenteditable]";

function pressed(event) {
  const name = event.key === "Enter" ? "enter" : event.key.toLowerCase();
  const held = [event.ctrlKey || event.metaKey ? "ctrl" : "", event.altKey ? "alt" : ""].filter(Boolean);
  return [...held, name].join("+");
}

function isSeen(element) {
  return element.getClientRects().length > 0 && !element.disabled;
}

function targetOf(key, form) {
  const open = document.querySelector("dialog:popover-open, dialog[open]");
  const seen = [...(open ?? document).querySelectorAll("[data-key]")].filter((e) => e.dataset.key === key && isSeen(e));
  // Two forms on a page may each have their « Enregistrer »: the one being typed in answers first.
  return seen.find((e) => form && e.form === form) ?? seen[0];
}

function activate(element) {
  if (element.matches("summary")) {
    const place = element.parentElement;
    place.open = true;
    const own = `:is(textarea, input)[data-key="${element.dataset.key}"]`;
    const field = () => place.querySelector(own) ?? place.querySelector("textarea, input:not([type=hidden])");
    if (field()) field().focus();
    else place.addEventListener("htmx:afterSettle", () => field()?.focus(), { once: true }); // not there yet
  } else if (element.matches(FIELDS)) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  const key = pressed(event);
  const isSingle = event.key.length === 1 && !key.includes("+");
  if (isSingle || key === "enter") {
    if (document.body.dataset.shortcuts === "off" || event.target.closest(FIELDS)) return;
    if (key === "enter" && event.target !== document.body) return;
  }
  if (key === "escape" && event.target.matches?.(FIELDS) && !event.target.closest("dialog")) {
    event.target.blur();
    return;
  }
  // On a French keyboard the digits are under Shift: the key of « 1 » counts as 1.
  const digit = isSingle && event.code.startsWith("Digit") ? event.code.slice(5) : "";
  const element = targetOf(key, event.target.form) ?? (digit && targetOf(digit));
  if (!element) return;
  event.preventDefault();
  activate(element);
}

function nameOf(element) {
  const label = element.labels?.[0]?.textContent ?? element.getAttribute("aria-label");
  if (label) return label.trim();
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd").forEach((kbd) => kbd.remove());
  return copy.textContent.trim();
}

const SPOKEN = { "ctrl+enter": "Ctrl Entrée", escape: "Échap", enter: "Entrée" };

function showMap() {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", "Raccourcis de cette page");
  const head = document.createElement("header");
  const title = document.createElement("h2");
  title.textContent = "Raccourcis de cette page";
  const list = document.createElement("dl");
  list.className = "keys";
  const seen = new Set();
  for (const element of document.querySelectorAll("[data-key]")) {
    if (seen.has(element.dataset.key) || !isSeen(element)) continue;
    seen.add(element.dataset.key);
    const key = document.createElement("dt");
    const cap = document.createElement("kbd");
    cap.textContent = SPOKEN[element.dataset.key] ?? element.dataset.key.toUpperCase();
    key.append(cap);
    const what = document.createElement("dd");
    what.textContent = nameOf(element);
    list.append(key, what);
  }
  const close = document.createElement("button");
  close.className = "button";
  close.dataset.kind = "quiet";
  close.textContent = "Fermer";
  close.addEventListener("click", () => dialog.close());
  head.append(title, close);
  dialog.append(head, list);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

export function keys(place) {
  place.addEventListener("keydown", onKey);
  for (const button of place.querySelectorAll("[data-keymap]")) {
    button.hidden = document.body.dataset.shortcuts === "off";
    button.addEventListener("click", showMap);
  }
}
