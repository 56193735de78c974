// Typing is not being away: while a person writes, the house is told now and then. Five minutes before the end of a
// pause, a sentence with a button says so. Without scripts the session ends all the same, and leads back to the page.
import { say } from "./announce.js";

const TOLD_EVERY = 5 * 60_000;
const WARNED_BEFORE = 5 * 60_000;

export function awake(document) {
  const limit = Number(document.body.dataset.idle) * 1000;
  if (!limit) return;
  let told = Date.now();
  let warned = false;

  const stay = () => {
    told = Date.now();
    warned = false;
    fetch(location.pathname + location.search, { method: "HEAD", credentials: "same-origin" }).catch(() => {});
  };
  for (const sign of ["input", "keydown", "pointerdown"]) {
    document.addEventListener(sign, () => Date.now() - told > TOLD_EVERY && stay(), { passive: true });
  }
  document.addEventListener("htmx:afterRequest", () => {
    told = Date.now();
  });
  setInterval(() => {
    if (warned || Date.now() - told < limit - WARNED_BEFORE) return;
    warned = true;
    say("Sans activité, la connexion se ferme dans cinq minutes. Écrivez ou cliquez pour rester.", "wait");
  }, 15_000);
}
