// Keeps what is being typed: form[data-autosave="URL"] is posted there ≤ 2 s after the last key, and when a field is
// left. The answer is not shown, the focus never moves; a [data-kept] element says « brouillon gardé à 10 h 42 ».
// The server answers 409/422 with a sentence as text, or a JSON to carry on from: the version, and `at`, its hour in words.

const PAUSE = 1500;
const waiting = new WeakMap();
const sending = new WeakMap();

function tell(form, sentence, tone = "") {
  const place = form.querySelector("[data-kept]") ?? document.querySelector("[data-kept]:not(form)");
  if (!place) return;
  place.textContent = sentence;
  place.dataset.tone = tone;
}

async function keep(form) {
  clearTimeout(waiting.get(form));
  waiting.delete(form);
  const body = new URLSearchParams(new FormData(form)).toString();
  if (!form.isConnected || form.dataset.kept === body) return;
  if (sending.get(form)) {
    sending.get(form).then(() => keep(form));
    return;
  }
  const work = post(form, body);
  sending.set(form, work);
  await work;
  sending.delete(form);
}

async function post(form, body) {
  try {
    const answer = await fetch(form.dataset.autosave, {
      method: "POST",
      body,
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["x-csrftoken"] ?? "",
        "X-Autosave": "1",
      },
      redirect: "manual",
    });
    if (!answer.ok) throw new Error(answer.status === 409 ? await answer.text() : "");
    const facts = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    carryOn(form, facts);
    form.dataset.kept = body;
    tell(form, facts.at ? `brouillon gardé à ${facts.at}` : "brouillon gardé");
  } catch (error) {
    tell(form, error.message || "brouillon pas encore gardé : nouvel essai dans 5 s", "late");
    waiting.set(form, setTimeout(() => keep(form), 5000));
  }
}

function carryOn(form, facts) {
  for (const [name, value] of Object.entries(facts)) {
    const field = form.elements.namedItem(name);
    if (field?.type === "hidden") field.value = value;
  }
}

export function autosave(place) {
  place.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.dataset.autosave) return;
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(() => keep(form), PAUSE));
  });
  place.addEventListener("focusout", (event) => {
    const form = event.target.form;
    if (form?.dataset.autosave && waiting.has(form)) keep(form);
  });
}
