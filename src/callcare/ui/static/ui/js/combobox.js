// A field with a <datalist>: when the typed text is one of its options, the hidden field named in data-combobox takes
// the option's data-value; when it is not, the hidden field is emptied and the server looks the text up itself.

export function combobox(place) {
  const match = (event) => {
    const field = event.target;
    const hidden = field.dataset?.combobox && document.getElementById(field.dataset.combobox);
    if (!hidden) return;
    const option = [...(field.list?.options ?? [])].find((known) => known.value === field.value);
    const value = option?.dataset.value ?? "";
    if (hidden.value === value) return;
    hidden.value = value;
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
  };
  place.addEventListener("input", match);
  place.addEventListener("change", match);
}
