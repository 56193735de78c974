// Moves the reader's focus to a region that asks for it, and says what went wrong in the one status region.

export function focusFirst(place) {
  place.querySelector?.("[data-focus]")?.focus();
}

export function announce(event) {
  focusFirst(event.detail.elt ?? event.target);
}

/** Adds a sentence to the status region of the page; `tone` is one of the tones of a notice. */
export function say(sentence, tone = "going") {
  const region = document.getElementById("toasts");
  if (!region) return;
  const line = document.createElement("p");
  line.className = "notice";
  line.dataset.tone = tone;
  line.textContent = sentence;
  region.replaceChildren(line);
}

export function complain(event) {
  const status = event.detail.xhr?.status;
  if (status === 403) say("Vous n’avez pas accès à cette partie. Rechargez la page si vous vous êtes déconnecté.", "late");
  else if (status === 404) say("Cette partie de la page n’existe plus. Rechargez la page.", "late");
  else say("La page n’a pas pu répondre. Rien n’est perdu : réessayez dans un instant.", "late");
}
