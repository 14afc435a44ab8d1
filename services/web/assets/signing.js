// Cần ký: first pages, the big view, Space · X · R. A document counts as opened when its whole file came through
// /ky-so/tep: the server sends a mark with it, and only marks are signed. Without this script files open as links.

const form = document.querySelector("[data-signing]");
if (form) start();

function start() {
  const thumbs = [...form.querySelectorAll(".thumb")];
  const big = document.getElementById("mo-to");
  const ask = document.getElementById("tra-lai");
  const pages = big.querySelector("[data-pages]");
  const dir = form.dataset.pdfjs;
  const opened = new Map();
  // What was looked at and what was taken out, for this tab: a reload forgets neither. The server has its own opinion of
  // what was opened; only what both say is signed.
  const KEPT = "vanthu-ky";
  const kept = (() => { try { return { seen: {}, out: [], ...JSON.parse(sessionStorage.getItem(KEPT) ?? "{}") }; } catch { return { seen: {}, out: [] }; } })();
  const keep = () => { try { sessionStorage.setItem(KEPT, JSON.stringify(kept)); } catch { /* a full store only forgets */ } };
  const said = form.dataset;
  const fill = (words, ...values) => values.reduce((text, value) => text.replace("#", String(value)), words);
  const many = (n, one, more) => (n === 1 ? one : fill(more, n));
  // The run that follows is asked for document by document; without a script it is one request.
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "lan-luot", value: "1" }));
  let here = 0;
  let shown = -1;
  let turn = 0;

  let library;
  function pdfjs() {
    library ??= import(`${dir}pdf.min.mjs`).then((it) => { it.GlobalWorkerOptions.workerSrc = `${dir}pdf.worker.min.mjs`; return it; });
    return library;
  }
  const options = { standardFontDataUrl: `${dir}fonts/`, wasmUrl: `${dir}wasm/`, isEvalSupported: false, enableXfa: false, maxImageSize: 64_000_000 };

  // ── First pages, two at a time, as they come into view ────────────────────
  const queue = [];
  let busy = 0;
  const near = new IntersectionObserver((entries) => {
    for (const e of entries) if (e.isIntersecting) { near.unobserve(e.target); queue.push(e.target); }
    pump();
  }, { root: form.querySelector(".pane"), rootMargin: "400px" });
  for (const t of thumbs) near.observe(t);

  function pump() {
    while (busy < 2 && queue.length > 0) {
      busy += 1;
      first(queue.shift()).catch((error) => console.warn("first page was not drawn", error)).finally(() => { busy -= 1; pump(); });
    }
  }

  async function first(thumb) {
    const holder = thumb.querySelector("[data-thumb]");
    const lib = await pdfjs();
    const pdf = await lib.getDocument({ ...options, url: holder.dataset.thumb, disableAutoFetch: true }).promise;
    const page = await pdf.getPage(1);
    const plain = page.getViewport({ scale: 1 });
    const scale = (holder.clientWidth * Math.min(2, devicePixelRatio || 1)) / plain.width;
    const canvas = await drawn(page, page.getViewport({ scale }));
    holder.style.aspectRatio = `${plain.width} / ${plain.height}`;
    holder.replaceChildren(canvas);
    const box = place(thumb, 1, plain);
    if (box) holder.append(box);
    await pdf.destroy?.();
  }

  async function drawn(page, viewport) {
    const canvas = document.createElement("canvas");
    canvas.width = Math.floor(viewport.width);
    canvas.height = Math.floor(viewport.height);
    canvas.setAttribute("aria-hidden", "true");
    await page.render({ canvas, viewport }).promise;
    return canvas;
  }

  function place(thumb, number, size) {
    const [page, x, y, w, h] = (thumb.dataset.box ?? "").split(",").map((n) => Number(n) / 100);
    if (Math.round(page * 100) !== number || !(w > 0)) return null;
    const box = document.createElement("span");
    box.className = "s-place";
    box.textContent = said.signHere;
    box.setAttribute("aria-hidden", "true");
    box.style.left = `${(x / size.width) * 100}%`;
    box.style.top = `${((size.height - y - h) / size.height) * 100}%`;
    box.style.width = `${(w / size.width) * 100}%`;
    box.style.height = `${(h / size.height) * 100}%`;
    return box;
  }

  // ── Which one, and what it is ─────────────────────────────────────────────
  const box = (t) => t.querySelector("input[name=vb]");
  const isSeen = (t) => !t.querySelector("[data-seen]").hidden;
  const title = (t) => t.querySelector("figcaption .two").textContent.trim();

  function choose(index, focus = true) {
    here = Math.min(thumbs.length - 1, Math.max(0, index));
    thumbs.forEach((t, i) => t.classList.toggle("is-here", i === here));
    if (focus) thumbs[here].querySelector("a").focus({ preventScroll: true });
    thumbs[here].scrollIntoView({ block: "nearest" });
  }

  function say() {
    let n = 0, seen = 0, out = 0;
    for (const t of thumbs) {
      const left = t.classList.contains("is-out");
      box(t).disabled = !isSeen(t);
      if (!isSeen(t)) box(t).checked = false;
      seen += isSeen(t) ? 1 : 0;
      out += left ? 1 : 0;
      n += box(t).checked ? 1 : 0;
      t.querySelector("[data-left]").hidden = !left;
      form.querySelector(`[data-for="${t.dataset.id}"]`).hidden = !box(t).checked;
    }
    document.querySelector("[data-opened]").textContent = String(seen);
    document.querySelector("[data-out]").textContent = String(out);
    for (const el of form.querySelectorAll("[data-count]")) el.textContent = many(n, said.signOne, said.signMany);
    const go = form.querySelector("[data-go]");
    if (go) go.disabled = n === 0;
    const left = thumbs.filter((t) => !isSeen(t) && !t.classList.contains("is-out")).length;
    const why = form.querySelector("[data-why]");
    if (why) why.textContent = left > 0 ? many(left, said.leftOne, said.leftMany) : "";
  }

  function toggleOut(t) {
    const out = t.classList.toggle("is-out");
    kept.out = kept.out.filter((id) => id !== t.dataset.id).concat(out ? [t.dataset.id] : []);
    keep();
    if (isSeen(t)) box(t).checked = !out;
    say();
  }

  function looked(t) {
    const mark = opened.get(t.dataset.id);
    if (mark && !form.querySelector(`input[name=da-xem][value="${mark}"]`)) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = "da-xem";
      input.value = mark;
      form.append(input);
    }
    kept.seen[t.dataset.id] = t.dataset.digest;
    keep();
    t.querySelector("[data-seen]").hidden = false;
    if (!t.classList.contains("is-out")) { box(t).disabled = false; box(t).checked = true; }
    say();
  }

  // ── The big view ──────────────────────────────────────────────────────────
  async function open(index) {
    choose(index, false);
    const t = thumbs[here];
    shown = here;
    const mine = ++turn;
    big.querySelector("[data-title]").textContent = title(t);
    big.querySelector("[data-place]").textContent = fill(said.whichOf, here + 1, thumbs.length);
    big.querySelector("[data-big=seen]").disabled = true;
    pages.replaceChildren();
    if (!big.open) big.showModal();
    pages.focus({ preventScroll: true });
    pages.scrollTop = 0;
    try {
      const answer = await fetch(`/ky-so/tep/${t.dataset.id}`, { headers: { accept: "application/pdf" } });
      const mark = answer.headers.get("x-da-xem");
      if (!answer.ok || !mark) throw new Error(`answer ${answer.status}`);
      const data = await answer.arrayBuffer();
      if (mine !== turn) return;
      const pdf = await (await pdfjs()).getDocument({ ...options, data }).promise;
      if (mine !== turn) return;
      await leaves(t, pdf, mine);
      if (mine !== turn) return;
      opened.set(t.dataset.id, mark);
      big.querySelector("[data-big=seen]").disabled = false;
    } catch (error) {
      if (mine !== turn) return;
      const note = document.createElement("p");
      note.className = "nothing";
      note.textContent = said.cannotOpen;
      pages.replaceChildren(note);
      console.warn("document was not opened", error);
    }
  }

  async function leaves(t, pdf, mine) {
    const width = Math.min(pages.clientWidth - 24, 860);
    const seen = new IntersectionObserver((entries) => {
      for (const e of entries) if (e.isIntersecting) { seen.unobserve(e.target); draw(e.target); }
    }, { root: pages, rootMargin: "800px" });
    const draw = async (leaf) => {
      const page = await pdf.getPage(Number(leaf.dataset.page));
      const plain = page.getViewport({ scale: 1 });
      leaf.style.height = `${Math.round((width * plain.height) / plain.width)}px`;
      const canvas = await drawn(page, page.getViewport({ scale: (width * (devicePixelRatio || 1)) / plain.width }));
      if (mine !== turn) return;
      leaf.replaceChildren(canvas);
      const spot = place(t, Number(leaf.dataset.page), plain);
      if (spot) leaf.append(spot);
    };
    for (let i = 1; i <= pdf.numPages; i += 1) {
      const leaf = document.createElement("div");
      leaf.className = "leaf";
      leaf.dataset.page = String(i);
      leaf.setAttribute("role", "group");
      leaf.setAttribute("aria-label", fill(said.pageOf, i, pdf.numPages));
      leaf.style.width = `${width}px`;
      leaf.style.height = `${Math.round(width * 1.414)}px`;
      pages.append(leaf);
      seen.observe(leaf);
    }
  }

  function next() {
    const order = [...thumbs.keys()].map((i) => (shown + 1 + i) % thumbs.length);
    const following = order.find((i) => !isSeen(thumbs[i]) && !thumbs[i].classList.contains("is-out"));
    if (following === undefined) close(); else open(following);
  }

  function close() {
    turn += 1;
    big.close();
    choose(shown >= 0 ? shown : here);
    const left = thumbs.some((t) => !isSeen(t) && !t.classList.contains("is-out"));
    if (!left) form.querySelector("input[type=password]")?.focus();
  }

  function giveBack(t) {
    ask.querySelector("[name=document_id]").value = t.dataset.id;
    ask.querySelector("[data-title]").textContent = title(t);
    if (big.open) { turn += 1; big.close(); }
    ask.showModal();
    ask.querySelector("textarea").focus();
  }

  const acts = {
    seen: () => { if (!opened.has(thumbs[shown].dataset.id)) return; looked(thumbs[shown]); next(); },
    out: () => { toggleOut(thumbs[shown]); next(); },
    back: () => giveBack(thumbs[shown]),
    prev: () => open(Math.max(0, shown - 1)),
    next: () => open(Math.min(thumbs.length - 1, shown + 1)),
    close,
  };
  big.addEventListener("click", (event) => acts[event.target.closest("[data-big]")?.dataset.big]?.());
  big.addEventListener("cancel", (event) => { event.preventDefault(); close(); });

  thumbs.forEach((t, i) => {
    t.querySelector("a").addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(i);
    });
    box(t).addEventListener("change", () => { if (t.classList.contains("is-out") === box(t).checked) toggleOut(t); });
    const seen = isSeen(t) && kept.seen[t.dataset.id] === t.dataset.digest;
    const out = kept.out.includes(t.dataset.id);
    t.querySelector("[data-seen]").hidden = !seen;
    t.classList.toggle("is-out", out);
    box(t).checked = seen && !out;
  });

  // ── Keys ──────────────────────────────────────────────────────────────────
  document.addEventListener("keydown", (event) => {
    const t = event.target;
    if (event.ctrlKey || event.altKey || event.metaKey || ask.open) return;
    if (/^(input|textarea|select)$/i.test(t.tagName) && !/^(checkbox|radio)$/.test(t.type)) return;
    if (big.open) { keysInBig(event); return; }
    if (t.closest?.("button, summary, .side, .top, .pane-confirm a")) return;
    const columns = Math.max(1, Math.round(form.querySelector(".thumbs").clientWidth / (thumbs[0].clientWidth + 16)));
    const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, j: 1, k: -1 };
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key in moves) choose(here + moves[key]);
    else if (key === " " && t.type !== "checkbox" || key === "Enter") open(here);
    else if (key === "x") toggleOut(thumbs[here]);
    else if (key === "r") giveBack(thumbs[here]);
    else return;
    event.preventDefault();
  });

  function keysInBig(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const step = { ArrowRight: "next", ArrowLeft: "prev", j: "next", k: "prev", " ": "seen", x: "out", r: "back" }[key];
    if (!step) return;
    if (key === " " && event.target.closest("button:not([data-big=seen])")) return;
    event.preventDefault();
    acts[step]();
  }

  choose(0, false);
  say();
}
