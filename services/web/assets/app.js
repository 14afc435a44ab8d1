// Keys, toasts, dialogs, drop zones. Everything here only helps: without it every form and link still works.
document.documentElement.classList.add("has-js");

const typing = (el) => el && (el.isContentEditable || /^(input|textarea|select)$/i.test(el.tagName)) &&
  !/^(checkbox|radio|button|submit|file)$/i.test(el.type ?? "");

const visible = (el) => el.closest("dialog:not([open])") === null && el.closest("[hidden]") === null &&
  (el.getClientRects().length > 0 || el.type === "file");

// Where G and a letter lead from every page, whether or not a link to it is in sight.
const PLACES = {
  "g t": "/", "g d": "/van-ban-den", "g i": "/van-ban-di", "g v": "/viec", "g c": "/ky-so",
  "g s": "/so/den", "g k": "/kiem-tra-chu-ky", "g m": "/toi",
};

// ── Keys ────────────────────────────────────────────────────────────────────
// An element says its key: data-key="n", "ctrl+enter", "g d" (one after the other). The last one on the page wins only
// if the first is not visible: buttons of the page come before those of the frame.
let chord = "";
let chordTimer = 0;

function nameOf(event) {
  const named = { ArrowLeft: "left", ArrowRight: "right", Escape: "esc", Enter: "enter", " ": "space" };
  const key = named[event.key] ?? event.key.toLowerCase();
  return (event.ctrlKey || event.metaKey ? "ctrl+" : "") + key;
}

function holder(key) {
  const scope = document.querySelector("dialog[open]") ?? document;
  // Pages of a closed part of the menu are not shown, but their keys lead there.
  const found = [...scope.querySelectorAll("[data-key]")].filter((el) => el.dataset.key === key && !el.disabled && (visible(el) || el.closest("[data-jumps]")));
  return found.find((el) => el.closest("main, dialog, .toast-undo")) ?? found[0];
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.isComposing) return;
  const key = nameOf(event);
  const inText = typing(event.target);
  if (key === "esc") {
    if (inText) { event.target.blur(); document.querySelector("#main")?.focus({ preventScroll: true }); return; }
    const leave = holder("esc");
    if (leave) { event.preventDefault(); leave.click(); }
    return;
  }
  if (inText && !key.startsWith("ctrl+")) return;
  if (event.ctrlKey && !["ctrl+enter", "ctrl+z"].includes(key)) return;
  if (key === "ctrl+z" && inText) return;
  // Arrows belong to a choice that has the focus, not to the pages of the document.
  if (/^(left|right)$/.test(key) && event.target.matches?.("input[type=radio]")) return;
  if (key === "/") {
    const box = document.querySelector("main [data-key-focus='/']") ?? document.querySelector("[data-key-focus='/']");
    if (box) { event.preventDefault(); box.focus(); box.select?.(); }
    return;
  }
  const whole = chord ? chord + " " + key : key;
  let target = holder(whole);
  clearTimeout(chordTimer);
  chord = "";
  if (!target && PLACES[whole] && document.querySelector("nav.side")) {
    event.preventDefault();
    location.assign(PLACES[whole]);
    return;
  }
  if (!target && document.querySelector(`[data-key^="${CSS.escape(key)} "]`) && key.length === 1) {
    chord = key;
    chordTimer = setTimeout(() => { chord = ""; }, 1200);
    event.preventDefault();
    return;
  }
  if (!target && whole !== key) target = holder(key);
  if (target) {
    event.preventDefault();
    if (target.matches("input[type=search], input[type=text], textarea")) target.focus();
    else target.click();
    return;
  }
  rows(key, event);
});

// ── Rows: J and K, Enter ────────────────────────────────────────────────────
function rows(key, event) {
  const table = document.querySelector("[data-rows]");
  if (!table || !["j", "k", "enter"].includes(key)) return;
  const all = [...table.querySelectorAll(":scope > tbody > tr, :scope > li")].filter((r) => r.querySelector(".go"));
  if (all.length === 0) return;
  const here = all.findIndex((r) => r.classList.contains("here"));
  if (key === "enter") {
    if (event.target.closest?.("a, button, summary, label") || here < 0) return;
    event.preventDefault();
    all[here].querySelector(".go").click();
    return;
  }
  event.preventDefault();
  const next = Math.min(all.length - 1, Math.max(0, here + (key === "j" ? 1 : -1)));
  choose(all, next);
  all[next].querySelector(".go").focus({ preventScroll: true });
  all[next].scrollIntoView({ block: "nearest" });
}

function choose(all, index) {
  all.forEach((r, i) => {
    r.classList.toggle("here", i === index);
    if (i === index) r.setAttribute("aria-current", "true"); else r.removeAttribute("aria-current");
  });
}

function firstRow() {
  const table = document.querySelector("[data-rows]");
  if (!table || table.querySelector(".here")) return;
  const first = [...table.querySelectorAll("tr, li")].find((r) => r.querySelector(".go"));
  first?.classList.add("here");
  first?.setAttribute("aria-current", "true");
}

// ── Toast: ten seconds, then gone ───────────────────────────────────────────
function toast() {
  const box = document.querySelector("[data-toast]");
  if (!box) return;
  const close = () => box.remove();
  box.querySelector("[data-close]")?.addEventListener("click", close);
  const seconds = box.querySelector("[data-seconds]");
  let left = 10;
  const timer = setInterval(() => {
    left -= 1;
    if (seconds) seconds.textContent = seconds.dataset.seconds.replace("#", String(left));
    if (left <= 0 && !box.matches(":hover, :focus-within")) { clearInterval(timer); close(); }
  }, 1000);
}

// ── Dialog: a page over this one ────────────────────────────────────────────
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-dialog]");
  if (link && !event.ctrlKey && !event.metaKey) {
    const dialog = document.getElementById(link.dataset.dialog);
    if (!dialog?.showModal) return;
    event.preventDefault();
    const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    dialog.replaceChildren(...(page.querySelector("main")?.children ?? []));
    dialog.showModal();
    dialog.querySelector("[data-close]")?.focus();
    return;
  }
  if (event.target.closest?.("dialog [data-close]")) event.target.closest("dialog").close();
  if (event.target.matches?.("dialog.keys")) event.target.close();
});

// ── Forms ───────────────────────────────────────────────────────────────────
// A second click does nothing; the id in the form makes it harmless even so.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 8000);
});

// Files: dropped or chosen, sent at once.
for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector("input[type=file]");
  const over = (on) => (event) => { event.preventDefault(); zone.classList.toggle("is-over", on); };
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files.length === 0) return;
    input.files = event.dataTransfer.files;
    zone.requestSubmit();
    busy(zone);
  });
  input.addEventListener("change", () => {
    if (input.files.length > 0 && "submit" in input.dataset) { zone.requestSubmit(); busy(zone); }
  });
}

// Still grey lines after 0.3 s, no spinner.
function busy(zone) {
  setTimeout(() => {
    const lines = document.createElement("span");
    lines.setAttribute("role", "status");
    lines.className = "waiting";
    lines.innerHTML = "<span class=\"visually-hidden\"></span><span class=\"wait wait-m\"></span><span class=\"wait wait-s\"></span>";
    lines.firstChild.textContent = document.body.dataset.uploading ?? "";
    zone.append(lines);
  }, 300);
}

// Phrases into a text; where one stands already it is joined with a full stop or a comma.
document.addEventListener("click", (event) => {
  const chip = event.target.closest?.("[data-phrases] button");
  if (!chip) return;
  const area = document.getElementById(chip.closest("[data-phrases]").dataset.phrases);
  const phrase = chip.dataset.text ?? chip.textContent.replace(/\s+/g, " ").trim();
  const text = area.value.trimEnd();
  area.value = text === "" ? phrase[0].toUpperCase() + phrase.slice(1) : `${text}${/[.,;:]$/.test(text) ? " " : ", "}${phrase}`;
  area.dispatchEvent(new Event("input", { bubbles: true }));
});

// A part that is only asked for with one choice of a select.
for (const part of document.querySelectorAll("[data-when]")) {
  const select = document.getElementById(part.dataset.when);
  const show = () => { part.hidden = select.value !== part.dataset.is; };
  select?.addEventListener("change", show);
  show();
}

// The warning of duplicates follows what is typed.
for (const id of ["f-facts-notation", "f-facts-issuer"]) {
  document.getElementById(id)?.addEventListener("change", () => document.body.dispatchEvent(new Event("vt:twins")));
}

// Filters act when a choice is changed, which keeps the focus on the page that follows; what is typed waits for Enter.
for (const form of document.querySelectorAll("form[data-auto]")) {
  form.addEventListener("change", (event) => {
    if (!event.target.matches("select")) return;
    sessionStorage.setItem("vt-chosen", event.target.name);
    form.requestSubmit();
  });
  const chosen = sessionStorage.getItem("vt-chosen");
  const select = chosen && [...form.querySelectorAll("select")].find((s) => s.name === chosen);
  if (select) { sessionStorage.removeItem("vt-chosen"); select.focus({ preventScroll: true }); }
}

// Summaries open by their key; the first input in them takes the focus, when it was the person who opened it.
document.addEventListener("toggle", (event) => {
  if (!event.target.open || !navigator.userActivation?.isActive) return;
  event.target.querySelector("input:not([type=hidden]), textarea, select")?.focus({ preventScroll: true });
}, true);

// ── What waits, told as it changes ──────────────────────────────────────────
// A stream says that something changed; the figures are asked for anew. It is open while the page is looked at and
// somebody is there: an unattended page lets its session end. Where no stream is to be had, figures are asked for each
// minute; with one they are all the same each five, for what was taken away from the person is not told.
const live = document.querySelector("[data-live]")?.dataset.live;
const recount = () => document.body.dispatchEvent(new Event("vt:counts"));
const attended = () => document.visibilityState === "visible" && Date.now() - touched < 600_000;
let touched = Date.now();
let counted = Date.now();
let stream = null;
let refused = 0;
let soon = 0;
function listen() {
  if (!live || stream || !attended() || Date.now() - refused < 300_000) return;
  stream = new EventSource(live);
  stream.addEventListener("changed", () => {
    clearTimeout(soon);
    soon = setTimeout(() => { counted = Date.now(); recount(); }, 150);
  });
  stream.addEventListener("error", () => {
    if (stream?.readyState !== EventSource.CLOSED) return;
    stream = null;
    refused = Date.now();
  });
}
function hush() {
  stream?.close();
  stream = null;
}
function attend() {
  if (!attended()) { hush(); return; }
  listen();
  if (Date.now() - counted >= (stream ? 300_000 : 60_000)) { counted = Date.now(); recount(); }
}
for (const kind of ["keydown", "pointerdown", "pointermove"]) {
  document.addEventListener(kind, () => {
    const away = !attended();
    touched = Date.now();
    if (away) attend();
  }, { passive: true });
}
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible") { hush(); return; }
  touched = Date.now();
  if (live && !stream) { counted = Date.now(); recount(); }
  attend();
});
addEventListener("pagehide", hush);
addEventListener("pageshow", attend);
setInterval(attend, 15_000);

// A part that is swapped for itself: who was on a link in it stays on it; an answer without it (the session has ended)
// changes nothing.
let held = "";
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr } = event.detail;
  if (target?.matches?.("#chu-ky") && /<html/i.test(xhr.responseText)) event.detail.shouldSwap = false;
  if (!target?.matches?.("#menu, #o-dem")) return;
  if (!xhr.responseText.includes(`id="${target.id}"`)) event.detail.shouldSwap = false;
  held = target.contains(document.activeElement) ? document.activeElement.getAttribute("href") ?? "" : "";
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (!held || !event.detail.target?.matches?.("#menu, #o-dem")) return;
  event.detail.target.querySelector(`a[href="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  held = "";
});

// Where the hands are when a page opens: at the first fault; else at the note above the form; else, on a screen of work
// and after an act, at what is next or has changed. A page that names its own first input is left alone.
function arrive() {
  const bad = document.querySelector("main [aria-invalid=true]");
  const note = document.querySelector("main .note[role=alert]");
  if (bad ?? note) {
    (bad ?? note).scrollIntoView({ block: "nearest" });
    if (!bad) note.tabIndex = -1;
    (bad ?? note).focus({ preventScroll: true });
    return;
  }
  if (location.hash || document.querySelector("[autofocus]")) return;
  const pane = document.querySelector("body.work .pane-form");
  if (pane) pane.focus({ preventScroll: true });
  else if (document.querySelector("[data-toast]")) document.querySelector("#main")?.focus({ preventScroll: true });
}

firstRow();
toast();
arrive();
document.body.addEventListener("htmx:afterSwap", firstRow);
document.addEventListener("click", (event) => { if (event.target.closest?.("[data-print]")) window.print(); });
