// A PDF in a pane: pages are drawn by pdf.js as they come into view; text lies over them for selection and readers.

// Words stand on the body, in the language of the page.
const words = (name, one = "", two = "") => (document.body.dataset[name] ?? "").replace("#1", String(one)).replace("#2", String(two));

const OVERSCAN = "600px";
const PIXELS_MAX = 12_000_000;

const opened = new WeakSet();
function openAll(part) {
  for (const pane of part.querySelectorAll("[data-viewer]")) {
    if (!opened.has(pane)) { opened.add(pane); open(pane); }
  }
}
openAll(document);
// A document that comes beside another later.
document.body.addEventListener("htmx:load", (event) => openAll(event.target));

async function open(pane) {
  const dir = pane.dataset.pdfjs;
  const box = pane.closest(".pane-doc, .doc-block") ?? pane.parentElement;
  pane.replaceChildren();
  let pdfjs, pdf;
  try {
    pdfjs = await import(`${dir}pdf.min.mjs`);
    pdfjs.GlobalWorkerOptions.workerSrc = `${dir}pdf.worker.min.mjs`;
    pdf = await pdfjs.getDocument({
      // A page that was made for a look lies in this window only.
      ...(pane.pdf ? { data: pane.pdf } : { url: pane.dataset.viewer }),
      standardFontDataUrl: `${dir}fonts/`,
      wasmUrl: `${dir}wasm/`,
      isEvalSupported: false,
      enableXfa: false,
      disableAutoFetch: true,
      maxImageSize: 64_000_000,
      // What is odd in a stranger's file is nothing for the console.
      verbosity: pdfjs.VerbosityLevel.ERRORS,
    }).promise;
  } catch (error) {
    fail(pane, error);
    return;
  }
  const view = { pane, box, pdf, pdfjs, pages: [], zoom: 1, rotation: 0, current: 1, base: null };
  view.base = (await pdf.getPage(1)).getViewport({ scale: 1 });
  for (let i = 1; i <= pdf.numPages; i += 1) {
    const holder = document.createElement("div");
    holder.className = "leaf";
    holder.dataset.page = String(i);
    holder.setAttribute("role", "group");
    holder.setAttribute("aria-label", words("page", i, pdf.numPages));
    pane.append(holder);
    view.pages.push({ holder, drawn: 0, size: null });
  }
  layout(view);
  watch(view);
  controls(view);
  box.dispatchEvent(new CustomEvent("vt:document", { bubbles: true, detail: view }));
}

function fail(pane, error) {
  const note = document.createElement("div");
  note.className = "nothing";
  const why = error?.name === "PasswordException" ? words("password") : words("damaged");
  const head = document.createElement("h2");
  head.className = "fs-14";
  head.textContent = why;
  const way = document.createElement("p");
  const link = document.createElement("a");
  link.className = "btn btn-light";
  link.href = pane.dataset.viewer;
  link.textContent = words("openOutside");
  way.append(link);
  note.append(head, way);
  pane.append(note);
}

// Width of a page at zoom 1: that of the pane, at most 46rem as in print.
function widthOf(view) {
  const style = getComputedStyle(view.pane);
  const inner = view.pane.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return Math.max(120, Math.min(inner, 736));
}

function scaleFor(view, viewport) {
  return (widthOf(view) / viewport.width) * view.zoom;
}

function layout(view) {
  view.generation = (view.generation ?? 0) + 1;
  for (const page of view.pages) {
    const turned = (view.rotation / 90) % 2 === 1;
    const size = page.size ?? view.base;
    const [w, h] = turned ? [size.height, size.width] : [size.width, size.height];
    const width = widthOf(view) * view.zoom;
    page.holder.style.width = `${Math.round(width)}px`;
    page.holder.style.height = `${Math.round(width * h / w)}px`;
    if (page.drawn) { page.drawn = 0; page.holder.replaceChildren(); }
  }
}

function watch(view) {
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      draw(view, view.pages[Number(entry.target.dataset.page) - 1]);
    }
  }, { root: view.pane, rootMargin: OVERSCAN });
  for (const page of view.pages) near.observe(page.holder);
  const counter = view.box.querySelector("[data-page-of]");
  const say = () => {
    const top = view.pane.getBoundingClientRect().top + view.pane.clientHeight / 3;
    const here = view.pages.findLastIndex((p) => p.holder.getBoundingClientRect().top <= top);
    view.current = Math.max(0, here) + 1;
    if (counter) counter.textContent = words("pageShort", view.current, view.pages.length);
  };
  view.pane.addEventListener("scroll", say, { passive: true });
  say();
  let width = view.pane.clientWidth;
  new ResizeObserver(() => {
    if (Math.abs(view.pane.clientWidth - width) < 4) return;
    width = view.pane.clientWidth;
    redraw(view);
  }).observe(view.pane);
}

function redraw(view) {
  layout(view);
  for (const page of view.pages) {
    const r = page.holder.getBoundingClientRect();
    const p = view.pane.getBoundingClientRect();
    if (r.bottom > p.top - 600 && r.top < p.bottom + 600) draw(view, page);
  }
}

async function draw(view, page) {
  const generation = view.generation;
  if (page.drawn === generation) return;
  page.drawn = generation;
  const source = await view.pdf.getPage(Number(page.holder.dataset.page));
  if (generation !== view.generation) return;
  const plain = source.getViewport({ scale: 1, rotation: source.rotate });
  if (!page.size || page.size.width !== plain.width || page.size.height !== plain.height) {
    page.size = plain;
    const turned = (view.rotation / 90) % 2 === 1;
    const [w, h] = turned ? [plain.height, plain.width] : [plain.width, plain.height];
    page.holder.style.height = `${Math.round(page.holder.clientWidth * h / w)}px`;
  }
  const rotation = (source.rotate + view.rotation) % 360;
  const unscaled = source.getViewport({ scale: 1, rotation });
  const viewport = source.getViewport({ scale: scaleFor(view, unscaled), rotation });
  const ratio = Math.min(window.devicePixelRatio || 1, Math.sqrt(PIXELS_MAX / (viewport.width * viewport.height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.floor(viewport.width * ratio);
  canvas.height = Math.floor(viewport.height * ratio);
  canvas.setAttribute("aria-hidden", "true");
  const transform = ratio === 1 ? null : [ratio, 0, 0, ratio, 0, 0];
  try {
    await source.render({ canvas, viewport, transform }).promise;
  } catch (error) {
    if (error?.name !== "RenderingCancelledException") console.warn("page was not drawn", error);
    return;
  }
  if (generation !== view.generation) return;
  const text = document.createElement("div");
  text.className = "textLayer";
  text.style.setProperty("--total-scale-factor", String(viewport.scale));
  page.holder.replaceChildren(canvas, text);
  page.holder.dispatchEvent(new CustomEvent("vt:page", { bubbles: true, detail: { view, page, viewport } }));
  new view.pdfjs.TextLayer({ textContentSource: source.streamTextContent(), container: text, viewport }).render().catch(() => {});
}

function controls(view) {
  const go = (by) => {
    const page = view.pages[Math.min(view.pages.length, Math.max(1, view.current + by)) - 1];
    view.pane.scrollTo({ top: page.holder.offsetTop - view.pane.offsetTop - 12 });
  };
  const zoom = (to) => { view.zoom = Math.min(4, Math.max(0.4, to)); redraw(view); };
  const acts = {
    prev: () => go(-1),
    next: () => go(1),
    smaller: () => zoom(view.zoom / 1.2),
    larger: () => zoom(view.zoom * 1.2),
    fit: () => zoom(1),
    rotate: () => { view.rotation = (view.rotation + 90) % 360; redraw(view); },
  };
  for (const button of view.box.querySelectorAll("[data-act]")) {
    button.addEventListener("click", () => acts[button.dataset.act]?.());
  }
}
