// What happens by itself, as strips on top of the page. Nothing here moves the focus, scrolls, or opens anything.
// The stream sends `snapshot` {strips: [frame…]}, `strip` frame, `news` {of} and `leave`; a frame is {key, version, order, phase,
// html, say, page, holds, quiet, closes, now}. `html` is empty where there is nothing (more) to show; a strip is not
// shown on its own `page`; one that `holds` the person leaves `quiet` ones to the count.
import { leading } from "./leader.js";
import { say } from "./announce.js";

const MOST = matchMedia("(max-width: 55rem)").matches ? 1 : 3; // on a small screen one strip leaves room to work
const known = new Map(); // key → frame, with `deadline` and `skew` in this machine's time
const hidden = new Set(); // key and phase of what the person put away
const said = new Set();
let place;
let isFirst = true;

const isHere = (frame) => frame.page && new URL(frame.page, location).pathname === location.pathname;
const shown = (frame) => frame.html && !hidden.has(`${frame.key} ${frame.phase}`) && !isHere(frame);

/** True for what has just begun; a page that has only been reloaded does not speak again. */
function isNews(frame) {
  const came = document.referrer && new URL(document.referrer).origin === location.origin;
  const reloaded = performance.getEntriesByType("navigation")[0]?.type === "reload";
  return !isFirst || !(came || reloaded) || frame.order > performance.timeOrigin + (frame.skew ?? 0);
}

function speak(frame) {
  if (!frame.say || said.has(frame.key)) return;
  said.add(frame.key);
  const isBusy = [...known.values()].some((one) => one.html && one.holds);
  if (isBusy || document.visibilityState !== "visible" || !isNews(frame)) return;
  document.getElementById("live-said").textContent = frame.say;
}

function take(frame) {
  const before = known.get(frame.key);
  if (before && before.version > frame.version) return;
  known.set(frame.key, frame);
  speak(frame);
}

/** Everything there is: what is not in it is over. */
function begin(frames) {
  const keys = new Set(frames.map((frame) => frame.key));
  for (const key of known.keys()) if (!keys.has(key)) known.delete(key);
  frames.forEach(take);
  // A page that has just come is new by itself; after a lost line, or without a stream, anything may be missing.
  if (!isFirst) for (const part of document.querySelectorAll("[data-news]")) freshen(part.dataset.news);
  isFirst = false;
  place.dataset.known = "";
  draw();
}

function hear(message) {
  if (message.kind === "snapshot") begin(message.strips);
  else if (message.kind === "strip") {
    take(message.frame);
    draw();
  } else if (message.kind === "hide") {
    hidden.add(message.what);
    draw();
  } else if (message.kind === "news") freshen(message.of);
  else if (message.kind === "leave") begin([]);
  if (message.kind === "lost" || message.kind === "back") place.querySelector(".lost").hidden = message.kind === "back";
  place.hidden = !place.querySelector("li, .lost:not([hidden]), .more:not([hidden])");
}

/** What shows something of this is asked for anew; not under the hands of who stands in it with the keyboard. */
function freshen(of) {
  for (const part of document.querySelectorAll(`[data-news~="${CSS.escape(of)}"]`)) {
    if (!part.contains(document.activeElement)) window.htmx?.trigger(part, "news");
    else part.addEventListener("focusout", () => setTimeout(() => freshen(of)), { once: true });
  }
}

function close(now) {
  for (const frame of known.values()) if (frame.deadline && frame.deadline <= now) frame.html = "";
}

function draw() {
  close(Date.now());
  const all = [...known.values()].filter(shown).sort((one, other) => one.order - other.order);
  const isBusy = [...known.values()].some((frame) => frame.html && frame.holds);
  const seen = all.filter((frame) => !(isBusy && frame.quiet)).sort((one, other) => Boolean(other.holds) - Boolean(one.holds));
  const top = seen.slice(0, MOST);
  const list = place.querySelector("ol");
  for (const item of [...list.children]) if (!top.some((frame) => frame.key === item.dataset.strip)) leave(item);
  top.forEach((frame, at) => put(list, frame, at));
  count(all.length - top.length);
  place.hidden = !list.children.length && !place.querySelector(".lost:not([hidden]), .more:not([hidden])");
  printKey(list);
  tick();
  dodge();
}

function put(list, frame, at) {
  let item = [...list.children].find((one) => one.dataset.strip === frame.key);
  if (!item) {
    item = document.createElement("li");
    item.dataset.strip = frame.key;
  }
  if (item.frame !== frame) {
    const held = item.contains(document.activeElement) ? document.activeElement : null;
    const name = held && (held.textContent.trim() || held.tagName);
    item.innerHTML = frame.html;
    item.frame = frame;
    if (held) {
      const same = [...item.querySelectorAll("a, button")].find((one) => one.textContent.trim() === name);
      item.tabIndex = -1;
      (same ?? item).focus({ preventScroll: true });
    }
  }
  if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null);
}

/** A strip somebody stands on with the keyboard stays until she has left it. */
function leave(item) {
  if (!item.contains(document.activeElement)) item.remove();
  else item.addEventListener("focusout", () => setTimeout(draw), { once: true });
}

function count(more) {
  const line = place.querySelector(".more");
  line.hidden = more < 1;
  line.textContent = more < 1 ? "" : more === 1 ? place.dataset.one : place.dataset.many.replace("{n}", more);
}

/** One key, one strip: that of the thing under way, else the oldest. */
function printKey(list) {
  const keyed = [...list.querySelectorAll("[data-key], [data-keyed]")];
  keyed.forEach((element, at) => {
    const key = element.dataset.key ?? element.dataset.keyed;
    delete element.dataset[at ? "key" : "keyed"];
    element.dataset[at ? "keyed" : "key"] = key;
    element.querySelector("kbd")?.toggleAttribute("hidden", at > 0);
  });
}

function tick() {
  for (const item of place.querySelectorAll("li")) {
    for (const time of item.querySelectorAll("time[data-since]")) {
      const seconds = Math.max(0, Math.floor((Date.now() + (item.frame.skew ?? 0)) / 1000 - Number(time.dataset.since)));
      const minutes = Math.floor(seconds / 60);
      const text = minutes ? `${minutes} min ${String(seconds % 60).padStart(2, "0")} s` : `${seconds} s`;
      if (time.textContent !== text) time.textContent = text;
    }
  }
}

/** The strips lie over the page so that nothing moves under the hand; they leave the place of the focus free. */
function dodge() {
  const focus = document.activeElement;
  if (place.hidden || !focus || focus === document.body || place.contains(focus)) return;
  const box = focus.getBoundingClientRect();
  const height = place.getBoundingClientRect().height;
  const under = { top: box.top < height + 12, bottom: box.bottom > innerHeight - height - 12 };
  const at = place.dataset.at === "bottom" ? "bottom" : "top";
  const other = at === "top" ? "bottom" : "top";
  if (under[at] && !under[other]) place.dataset.at = other;
}

async function post(button) {
  button.disabled = true;
  const token = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["x-csrftoken"] ?? "";
  try {
    const answer = await fetch(button.dataset.post, { method: "POST", headers: { "X-CSRFToken": token, "X-Live": "1" }, redirect: "manual" });
    if (answer.status === 409) say(await answer.text(), "wait");
    else if (!answer.ok) throw new Error(answer.status);
  } catch {
    say("La page n’a pas pu répondre. Réessayez dans un instant.", "late");
  }
  button.disabled = false;
}

export function live() {
  place = document.getElementById("live");
  if (!place) return;
  const tell = leading(place.dataset, hear, () => [...known.values()].filter((frame) => frame.html));
  place.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const frame = button?.closest("li")?.frame;
    if (button?.dataset.post) post(button);
    else if (button && "hide" in button.dataset && frame) {
      tell({ kind: "hide", what: `${frame.key} ${frame.phase}` });
    }
  });
  document.addEventListener("focusin", dodge);
  setInterval(() => {
    if ([...known.values()].some((frame) => frame.html && frame.deadline <= Date.now())) draw();
    else tick();
  }, 500);
}
