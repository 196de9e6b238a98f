// Entering a booking: what is being typed survives the answer to what was typed before.
(() => {
  "use strict";
  let typing = null;

  document.addEventListener("htmx:beforeSwap", (event) => {
    const field = document.activeElement;
    const isText = field?.matches?.("#choice input:not([type=radio], [type=checkbox])");
    typing = event.detail.target.id === "choice" && isText ? { id: field.id, value: field.value } : null;
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const field = typing && document.getElementById(typing.id);
    if (!field || event.detail.elt.id !== "choice") return;
    const { value } = typing;
    typing = null;
    if (field.value === value) return;
    field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true })); // the free times are those of the newer words
  });
})();
