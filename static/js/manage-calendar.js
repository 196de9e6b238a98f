// Extras of the calendar: the panel beside it, keys, fresh data without losing one's place, moving by drag.
// Each of them has a page or a form that does the same without this file.
(() => {
  "use strict";
  const ROW = 5 * 60 * 1000;
  const wide = matchMedia("(width >= 720px)");
  const cal = document.getElementById("cal");
  const panel = () => document.getElementById("panel");
  const toast = () => document.getElementById("toast");
  const words = document.getElementById("calendar-words");
  let drag = null;
  let opener = "";

  const rowSize = () => parseFloat(getComputedStyle(cal).getPropertyValue("--row")) || 8;
  const iso = (at) => `${at.toISOString().slice(0, 19)}Z`;

  // --- Where one looks -----------------------------------------------------------------------------

  /** Open at an hour before now; on other days at the first thing that happens. */
  function showNow() {
    if (!cal || cal.scrollHeight <= cal.clientHeight) return;
    const first = cal.querySelector(".b-now") || cal.querySelector(".b");
    if (!first) return;
    const head = cal.querySelector(".corner")?.offsetHeight ?? 0;
    const row = rowSize();
    const above = first.matches(".b-now") ? 12 * row : 2 * row;
    cal.scrollTop += first.getBoundingClientRect().top - cal.getBoundingClientRect().top - head - above;
  }

  function markOpen() {
    const open = panel()?.dataset.booking;
    for (const link of document.querySelectorAll(".b a[aria-current]")) link.removeAttribute("aria-current");
    if (open) document.getElementById(`b-${open}`)?.setAttribute("aria-current", "true");
  }

  // --- The panel ----------------------------------------------------------------------------------

  /** A page of the owner's side, as its region, beside the calendar. */
  async function openPanel(href, swap) {
    const address = new URL(href, location.href);
    address.searchParams.set("region", "panel");
    try {
      await htmx.ajax("GET", address.pathname + address.search, { target: "#panel", swap });
    } catch {
      location.assign(href); // it is a page as well
    }
  }

  async function openBooking(link) {
    opener = link.id;
    await openPanel(link.href, "outerHTML");
    markOpen();
    // Where the panel lies over the columns, bring the chosen one clear of it.
    document.getElementById(opener)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  async function openForm(href) {
    opener = document.activeElement?.id || "";
    await openPanel(href, "innerHTML");
  }

  function closePanel() {
    const box = panel();
    if (!box || !cal || box.hidden) return;
    const id = box.dataset.booking ? `b-${box.dataset.booking}` : opener;
    box.hidden = true;
    box.replaceChildren();
    delete box.dataset.booking;
    box.removeAttribute("aria-labelledby");
    markOpen();
    (document.getElementById(id) || cal).focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (!cal || !wide.matches || !window.htmx) return;
    const at = (selector) => event.target.closest(selector);
    if (at("#panel [data-close], #panel [data-close-panel], #panel .entry-head .close")) {
      event.preventDefault();
      closePanel();
    } else if (at("#cal .b a")) {
      event.preventDefault();
      openBooking(at("#cal .b a"));
    } else if (at("[data-panel], #cal .b-free a")) {
      event.preventDefault();
      openForm(at("a").href);
    } else if (at("#cal .track[data-staff]") && !at("a")) {
      openForm(emptyPlace(at(".track"), event.clientY));
    }
  });

  /** A new booking in the quarter of an hour that was pressed. */
  function emptyPlace(track, y) {
    const quarter = 3 * rowSize();
    const number = Math.floor((y - track.getBoundingClientRect().top) / quarter);
    const address = new URL(document.querySelector(".cal-new").href);
    address.searchParams.set("start", iso(new Date(Date.parse(track.dataset.axis) + number * 3 * ROW)));
    address.searchParams.set("staff", track.dataset.staff);
    return address.href;
  }

  // Keys act only where their buttons are: A C X T B in the panel, N in the calendar.
  document.addEventListener("keydown", (event) => {
    const from = event.target;
    if (from.closest("input, textarea, select, [contenteditable]")) return; // nothing typed is lost
    if (event.key === "Escape" && !drag && !document.querySelector("details.menu[open]")) closePanel();
    if (event.metaKey || event.ctrlKey || event.altKey || event.key.length !== 1) return;
    const key = event.key.toLowerCase();
    const inPanel = from.closest("#panel") || from.closest(".b a[aria-current]");
    const place = inPanel ? panel() : null;
    const button = place?.querySelector(`[data-key="${key}"]`)
      || (key === "n" && !from.closest("form") ? document.querySelector('.cal-head [data-key="n"]') : null);
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  // --- Fresh data ---------------------------------------------------------------------------------

  // The grid asks for itself and only what is in it is replaced: htmx forgets what waits behind a request whose
  // element is gone, and a change made during a refresh would stay unseen until the next one.
  let scroll = null;
  const folds = new Set();
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.id !== "grid") return;
    // Not while somebody drags, and not for a tab that nobody sees.
    if (drag || document.hidden) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, pathInfo } = event.detail;
    const asked = new URL(pathInfo.finalRequestPath || pathInfo.requestPath, location.href);
    if (xhr.responseURL && new URL(xhr.responseURL).pathname !== asked.pathname) {
      // Signed out meanwhile: the whole page goes to the sign-in, not a piece of it into the grid.
      event.detail.shouldSwap = false;
      location.reload();
      return;
    }
    if (event.detail.target.id !== "grid") return;
    if (drag) event.detail.shouldSwap = false;
    scroll = cal && [cal.scrollLeft, cal.scrollTop];
    folds.clear();
    for (const one of document.querySelectorAll("#grid details[open][id]")) folds.add(one.id);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "panel") panel().hidden = false; // before its heading takes the focus
    if (scroll && cal) [cal.scrollLeft, cal.scrollTop] = scroll;
    scroll = null;
    for (const id of folds) document.getElementById(id)?.setAttribute("open", "");
    markOpen();
  });
  // The calendar's own requests fail quietly: the next one may do.
  for (const name of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(name, (event) => {
      if (event.detail.elt.id === "grid") event.stopPropagation();
    }, true);
  }
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && document.getElementById("grid") && window.htmx) htmx.trigger(document.body, "calendar-changed");
  });

  // --- The toast ----------------------------------------------------------------------------------

  function fill(text, values) {
    return text.replace(/%\((\w+)\)s/g, (_all, name) => values[name] ?? "");
  }

  function say(form, text) {
    const box = toast();
    if (!form) {
      form = document.createElement("div");
      form.className = "toast-in";
      form.append(document.createElement("span"));
    }
    form.querySelector("span").textContent = text;
    box.replaceChildren(form);
    return form;
  }

  /** Post a move: whether it was made, and the words for it, from the database's answer. */
  async function move(url, form, values) {
    const body = new FormData(form);
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    try {
      const answer = await fetch(url, { method: "POST", body, headers: { "HX-Request": "true" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const told = page.querySelector(".moved p, .refused")?.textContent.trim();
      return { done: answer.ok, words: told || (answer.ok ? "" : words.dataset.refused) };
    } catch {
      return { done: false, words: words.dataset.failed };
    }
  }

  async function offerMove(one) {
    const form = words.content.querySelector("[data-drop]").cloneNode(true);
    say(form, fill(words.dataset.move, one));
    if (!one.hasMail) form.querySelector("label").remove();
    form.querySelector("[data-keep]").addEventListener("click", () => {
      toast().replaceChildren();
      endDrag();
      document.getElementById(one.id)?.focus({ preventScroll: true });
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") form.querySelector("[data-keep]").click();
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      const tell = form.elements.tell?.checked ? "on" : "";
      const { done, words: told } = await move(one.url, form, { start: one.start, staff: one.staff, tell });
      endDrag();
      if (done) offerUndo(one, tell, told); else say(null, told);
      htmx.trigger(document.body, "calendar-changed");
    });
    form.querySelector(".main").focus();
  }

  function offerUndo(one, tell, told) {
    const form = words.content.querySelector("[data-undo]").cloneNode(true);
    say(form, told || fill(words.dataset.moved, one));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      const { words: back } = await move(one.url, form, { start: one.oldStart, staff: one.oldStaff, tell });
      say(null, back);
      htmx.trigger(document.body, "calendar-changed");
    });
    form.querySelector("button").focus({ preventScroll: true });
  }

  // --- Moving by drag: an extra over "Change time" ----------------------------------------------------

  function endDrag() {
    if (!drag) return;
    drag.ghost?.remove();
    drag.item.classList.remove("is-dragged");
    document.documentElement.classList.remove("is-dragging");
    drag = null;
  }

  function startGhost() {
    const box = drag.item.getBoundingClientRect();
    const ghost = document.createElement("div");
    ghost.className = "ghost";
    ghost.style.width = `${box.width}px`;
    ghost.style.height = `${box.height}px`;
    document.body.append(ghost);
    drag.ghost = ghost;
    drag.item.classList.add("is-dragged");
    document.documentElement.classList.add("is-dragging");
  }

  /** The column under the pointer and the five-minute row under the block's upper edge. */
  function aim(x, y) {
    const track = [...document.querySelectorAll("#grid .track[data-staff]")].find((one) => {
      const { left, right } = one.getBoundingClientRect();
      return x >= left && x < right;
    });
    if (!track) return;
    const box = track.getBoundingClientRect();
    const size = rowSize();
    const rows = Math.round((y - drag.grip - box.top) / size);
    const last = Math.round(box.height / size) - 1;
    const row = Math.min(Math.max(rows, 0), last);
    const start = new Date(Date.parse(track.dataset.axis) + row * ROW);
    drag.aim = { track, start };
    drag.ghost.style.left = `${box.left + 4}px`;
    drag.ghost.style.top = `${box.top + row * size}px`;
    drag.ghost.textContent = `${clock(start)} ${drag.link.querySelector(".b-client").textContent}`;
  }

  function clock(at) {
    return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: cal.dataset.zone }).format(at);
  }

  document.addEventListener("pointerdown", (event) => {
    // A finger scrolls; it moves a booking by the form.
    if (event.button || event.pointerType === "touch" || drag || !cal || !words || !window.htmx) return;
    const link = event.target.closest("#cal:not(.week) .b a[data-move]");
    if (!link || !wide.matches) return;
    const item = link.closest("li");
    drag = {
      link, item, grip: event.clientY - item.getBoundingClientRect().top, x: event.clientX, y: event.clientY, moved: false,
    };
  });

  document.addEventListener("dragstart", (event) => {
    if (drag) event.preventDefault();
  });

  document.addEventListener("pointermove", (event) => {
    if (!drag || drag.dropped) return;
    if (!drag.moved) {
      if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 6) return;
      drag.moved = true;
      startGhost();
    }
    event.preventDefault();
    const edge = cal.getBoundingClientRect();
    if (event.clientY > edge.bottom - 40) cal.scrollTop += 12;
    if (event.clientY < edge.top + 110) cal.scrollTop -= 12;
    aim(event.clientX, event.clientY);
  });

  document.addEventListener("pointerup", () => {
    if (!drag || drag.dropped) return;
    if (!drag.moved || !drag.aim) {
      endDrag();
      return;
    }
    const { link, item, aim: { track, start } } = drag;
    const from = item.closest(".track");
    const old = new Date(link.dataset.move);
    // The click that follows the release must not open the panel.
    addEventListener("click", (event) => { event.preventDefault(); event.stopPropagation(); }, { capture: true, once: true });
    setTimeout(() => dispatchEvent(new MouseEvent("click", { cancelable: true })), 0);
    if (track === from && +start === +old) {
      endDrag();
      return;
    }
    drag.dropped = true;
    offerMove({
      id: link.id,
      url: `${link.getAttribute("href")}move/`,
      hasMail: "mail" in link.dataset,
      client: link.querySelector(".b-client").textContent,
      start: iso(start),
      staff: track.dataset.staff,
      time: clock(start),
      who: track.dataset.who,
      oldStart: link.dataset.move,
      oldStaff: from.dataset.staff,
    });
  });

  document.addEventListener("pointercancel", endDrag);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drag && !drag.dropped) endDrag();
  });

  showNow();
})();
