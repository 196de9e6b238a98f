// Extras on top of pages that work without any of this.
(() => {
  "use strict";
  const root = document.documentElement;
  const live = () => document.getElementById("live");

  /** Say words through the one polite live region, also when they are the same as last time. */
  function announce(words) {
    const region = live();
    if (!region || !words) return;
    region.textContent = "";
    setTimeout(() => { region.textContent = words; }, 60);
  }

  /** After a swap: focus the heading or error summary that the region offers, and say what it wants said. */
  function arrive(region) {
    const target = region.matches("[autofocus]") ? region : region.querySelector("[autofocus]");
    if (target && target !== document.activeElement) target.focus();
    const speaker = region.matches("[data-announce]") ? region : region.querySelector("[data-announce]");
    if (speaker) announce(speaker.dataset.announce);
  }

  function offerNearMe(region) {
    if (!navigator.geolocation) return;
    for (const button of region.querySelectorAll("[data-near-me]")) button.hidden = false;
  }

  function findNearMe(button) {
    const form = button.form;
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        // Three decimals are about 100 m: near enough to search, too coarse for a front door.
        form.elements.lat.value = coords.latitude.toFixed(3);
        form.elements.lng.value = coords.longitude.toFixed(3);
        form.elements.where.value = "";
        form.requestSubmit();
      },
      () => {
        button.removeAttribute("aria-busy");
        announce(button.dataset.refused);
        form.elements.where.focus();
      },
      { timeout: 8000, maximumAge: 300000 },
    );
  }

  /** Change the colours at once and store the choice in the background; a failure falls back to the plain form. */
  async function chooseTheme(form, button) {
    const choice = button.value === "device" ? "" : button.value;
    if (choice) root.dataset.theme = choice; else delete root.dataset.theme;
    for (const meta of document.querySelectorAll("meta[name=color-scheme]")) meta.content = choice || "light dark";
    for (const other of form.querySelectorAll("button[name=theme]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    button.closest("details").open = false;
    button.closest("details").querySelector("summary").focus();
    try {
      await fetch(form.action, { method: "POST", body: new FormData(form, button), redirect: "manual", keepalive: true });
    } catch {
      announce(live().dataset.failed);
    }
  }

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const nearMe = event.target.closest("[data-near-me]");
    if (nearMe) findNearMe(nearMe);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  document.addEventListener("focusin", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });

  document.addEventListener("input", (event) => {
    // A typed place replaces the device's own.
    const form = event.target.closest("[data-near-form]");
    if (form && event.target.name === "where") {
      for (const name of ["lat", "lng"]) if (form.elements[name]) form.elements[name].value = "";
    }
  });

  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    // A swap may have changed the address since the page was drawn.
    if (form.matches(".preferences")) form.elements.next.value = location.pathname + location.search;
    if (submitter?.name === "theme") {
      event.preventDefault();
      chooseTheme(form, submitter);
    } else if (submitter?.name && form.querySelector("button.htmx-request")) {
      // What was pressed before comes first: its answer brings the form that is to be sent.
      event.preventDefault();
      const again = `form[action="${form.getAttribute("action")}"] button:not([tabindex])[name="${submitter.name}"][value="${submitter.value}"]`;
      document.addEventListener("htmx:afterSettle", () => document.querySelector(again)?.click(), { once: true });
    } else if (form.method === "post" && !form.hasAttribute("hx-post")) {
      // A second press must not send a second booking; the page cache may bring this form back.
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "true";
    }
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // What asks by itself: not in a tab that nobody sees, and a failure says nothing and leads nowhere.
  const polls = (event) => event.detail.elt.closest("[data-poll]");
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && polls(event)) event.preventDefault();
  });
  /** Show the words of an error page above the content, and leave all that is typed where it is. */
  const warn = (html) => {
    const main = new DOMParser().parseFromString(html, "text/html").querySelector("main");
    const words = [...(main?.querySelectorAll("h1, .lead") ?? [])].map((one) => one.textContent.trim()).join(". ");
    if (!words) return announce(live().dataset.failed);
    document.querySelector(".messages.limit")?.remove();
    const list = document.createElement("ul");
    list.className = "messages limit";
    const item = list.appendChild(document.createElement("li"));
    item.className = "message warning";
    item.appendChild(document.createElement("span")).textContent = words;
    document.getElementById("main").prepend(list);
    list.scrollIntoView({ block: "nearest" });
    announce(words);
  };

  document.addEventListener("htmx:afterSettle", (event) => {
    offerNearMe(event.detail.elt);
    arrive(event.detail.elt);
  });
  for (const name of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(name, (event) => {
      if (polls(event)) return;
      // Too often: following the link would be once more. The page that came says how long to wait.
      if (event.detail.xhr?.status === 429) return warn(event.detail.xhr.response);
      // The link or form under the enhancement still works: let the browser follow it.
      const link = event.detail.elt.closest("a[href]");
      if (link) location.assign(link.href); else announce(live().dataset.failed);
    });
  }

  const zone = document.querySelector("select[data-guess-zone]");
  if (zone && !zone.value) {
    zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!zone.value) zone.value = ""; // one that is not offered
  }
  offerNearMe(document.body);
  // Some browsers skip autofocus on a heading or a summary.
  if (document.activeElement === document.body) document.querySelector("[autofocus]")?.focus();
})();
