// The four places on the page: shown everywhere, and where a table of them stands, placed by hand — dragged with the
// mouse, moved with the arrows, or typed in millimetres. Boxes are in points from the lower left of the page as displayed.

// Words stand on the body, in the language of the page.
const words = (name, one = "", two = "") => (document.body.dataset[name] ?? "").replace("#1", String(one)).replace("#2", String(two));

const MM = 72 / 25.4;
const table = document.querySelector("[data-places]");
const leaves = new Map();
let chosen = null;

const shown = [...document.querySelectorAll("[data-boxes] li")].map((li) => ({
  name: li.dataset.name, label: li.dataset.label, page: Number(li.dataset.page),
  x: li.dataset.x / 100, y: li.dataset.y / 100, w: li.dataset.w / 100, h: li.dataset.h / 100,
}));

document.addEventListener("vt:page", ({ detail: { view, page } }) => {
  const number = Number(page.holder.dataset.page);
  if (view.rotation !== 0) return;
  leaves.set(number, page);
  for (const box of boxes()) if (box.page === number) put(page, box);
  if (table) startDrawing(page);
});

function boxes() {
  return table ? rows().map(read).filter((b) => b.w > 0 && b.h > 0) : shown;
}

function put(page, box) {
  page.holder.querySelector(`.s-place[data-name="${box.name}"]`)?.remove();
  const { width, height } = page.size;
  const el = document.createElement(table ? "button" : "div");
  el.className = `s-place${box.name === "so" || box.name === "ngay" ? " is-field" : ""}${chosen === box.name ? " is-chosen" : ""}`;
  el.dataset.name = box.name;
  // A label that does not fit says less than none.
  if ((box.h / height) * page.holder.clientHeight >= 13) el.textContent = box.label;
  el.title = box.label;
  el.style.left = `${(box.x / width) * 100}%`;
  el.style.top = `${((height - box.y - box.h) / height) * 100}%`;
  el.style.width = `${(box.w / width) * 100}%`;
  el.style.height = `${(box.h / height) * 100}%`;
  page.holder.append(el);
  if (!table) return;
  el.type = "button";
  el.setAttribute("aria-label", words("moveBox", box.label));
  const corner = document.createElement("span");
  corner.className = "corner";
  el.append(corner);
  el.addEventListener("pointerdown", (event) => drag(event, page, box.name, event.target === corner));
  el.addEventListener("focus", () => choose(box.name));
  el.addEventListener("keydown", (event) => nudge(event, box.name));
}

// ── Placing by hand ─────────────────────────────────────────────────────────
function rows() { return [...table.querySelectorAll("tr[data-place]")]; }
function row(name) { return table.querySelector(`tr[data-place="${name}"]`); }
function input(name, part) { return row(name).querySelector(`[name="o.${name}.${part}"]`); }
function mm(text) { const n = Number(String(text).trim().replace(",", ".")); return Number.isFinite(n) ? n : 0; }

function read(tr) {
  const name = tr.dataset.place;
  const v = (part) => mm(input(name, part).value);
  return { name, label: tr.dataset.label, page: Math.round(v("trang")), x: v("trai") * MM, y: v("duoi") * MM, w: v("rong") * MM, h: v("cao") * MM };
}

function write(name, box) {
  const say = (points) => (Math.round((points / MM) * 10) / 10).toString().replace(".", ",");
  input(name, "trang").value = String(box.page);
  input(name, "trai").value = say(Math.max(0, box.x));
  input(name, "duoi").value = say(Math.max(0, box.y));
  input(name, "rong").value = say(Math.max(2 * MM, box.w));
  input(name, "cao").value = say(Math.max(2 * MM, box.h));
  redraw(name);
}

function redraw(name) {
  const held = document.activeElement?.dataset?.name === name && document.activeElement.classList.contains("s-place");
  for (const page of leaves.values()) page.holder.querySelector(`.s-place[data-name="${name}"]`)?.remove();
  const box = read(row(name));
  const page = leaves.get(box.page);
  if (!page || box.w <= 0 || box.h <= 0) return;
  put(page, box);
  if (held) page.holder.querySelector(`.s-place[data-name="${name}"]`).focus({ preventScroll: true });
}

function choose(name) {
  chosen = name;
  for (const tr of rows()) tr.querySelector("button").setAttribute("aria-pressed", String(tr.dataset.place === name));
  for (const el of document.querySelectorAll(".s-place")) el.classList.toggle("is-chosen", el.dataset.name === name);
}

// Where the pointer is on a page, in points from its lower left.
function at(event, page) {
  const r = page.holder.getBoundingClientRect();
  return { x: ((event.clientX - r.left) / r.width) * page.size.width, y: (1 - (event.clientY - r.top) / r.height) * page.size.height };
}

function within(box, page) {
  const w = Math.min(box.w, page.size.width), h = Math.min(box.h, page.size.height);
  return { ...box, w, h, x: Math.min(Math.max(0, box.x), page.size.width - w), y: Math.min(Math.max(0, box.y), page.size.height - h) };
}

function follow(page, move, end) {
  const done = () => { removeEventListener("pointermove", move); removeEventListener("pointerup", done); end?.(); };
  addEventListener("pointermove", move);
  addEventListener("pointerup", done);
}

function drag(event, page, name, sizing) {
  if (event.button !== 0) return;
  event.preventDefault();
  event.stopPropagation();
  choose(name);
  event.currentTarget.focus({ preventScroll: true });
  const start = at(event, page), box = read(row(name));
  follow(page, (now) => {
    const p = at(now, page), dx = p.x - start.x, dy = p.y - start.y;
    const next = sizing ? { ...box, w: Math.max(6, box.w + dx), h: Math.max(6, box.h - dy), y: box.y + Math.min(dy, box.h - 6) } : { ...box, x: box.x + dx, y: box.y + dy };
    write(name, within(next, page));
  });
}

function startDrawing(page) {
  if (page.drawing) return;
  page.drawing = true;
  page.holder.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || chosen === null) return;
    event.preventDefault();
    const name = chosen, from = at(event, page);
    let moved = false;
    follow(page, (now) => {
      const p = at(now, page);
      moved = moved || Math.hypot(p.x - from.x, p.y - from.y) > 4;
      if (!moved) return;
      write(name, within({ page: Number(page.holder.dataset.page), x: Math.min(from.x, p.x), y: Math.min(from.y, p.y), w: Math.abs(p.x - from.x), h: Math.abs(p.y - from.y) }, page));
    });
  });
}

function nudge(event, name) {
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const step = steps[event.key];
  if (!step || event.ctrlKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  const box = read(row(name)), page = leaves.get(box.page);
  if (!page) return;
  const [dx, dy] = step.map((n) => n * MM);
  const next = event.shiftKey ? { ...box, w: Math.max(6, box.w + dx), h: Math.max(6, box.h + dy) } : { ...box, x: box.x + dx, y: box.y + dy };
  write(name, within(next, page));
}

if (table) {
  table.closest("main")?.classList.add("placing");
  for (const tr of rows()) {
    const name = tr.dataset.place;
    tr.querySelector("button").addEventListener("click", () => {
      choose(name);
      const page = leaves.get(read(tr).page);
      page?.holder.querySelector(`.s-place[data-name="${name}"]`)?.focus();
    });
    tr.addEventListener("input", () => redraw(name));
    tr.addEventListener("focusin", () => choose(name));
  }
}

// Nine parts of the form: 0 ticks them all.
document.addEventListener("keydown", (event) => {
  const list = document.querySelector("[data-parts]");
  if (!list || event.key !== "0" || /^(textarea|input)$/i.test(event.target.tagName) && event.target.type !== "checkbox") return;
  for (const box of list.querySelectorAll("input")) box.checked = true;
});
