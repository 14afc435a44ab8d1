// The drafting form: a look at the printed page without saving, in the pane at the left; one appendix more. Without this
// script the preview opens in a window of its own, and each look at the form has room for one appendix more.
const split = document.querySelector("[data-drafting]");
const form = document.getElementById("soan");
const button = document.querySelector("[data-preview]");

button?.addEventListener("click", async (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (button.dataset.busy) return;
  button.dataset.busy = "1";
  const said = document.querySelector("[data-preview-said]");
  said.textContent = "";
  try {
    // Files are not sent for a look.
    const body = new FormData();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    const answer = await fetch(button.formAction, { method: "POST", body });
    const kind = answer.headers.get("content-type") ?? "";
    if (kind.startsWith("application/pdf")) show(await answer.arrayBuffer());
    else if (answer.ok || answer.status === 422) faults(await answer.text());
    else throw new Error(`answer ${answer.status}`);
  } catch (error) {
    console.warn("no preview", error);
    said.classList.remove("visually-hidden");
    said.textContent = split.dataset.previewFailed;
  } finally {
    delete button.dataset.busy;
  }
});

function show(bytes) {
  const pane = split.querySelector(".pane-doc");
  const before = pane.querySelector(".pages")?.scrollTop ?? 0;
  pane.replaceChildren(document.querySelector("[data-preview-pane]").content.cloneNode(true));
  const pages = pane.querySelector("[data-viewer]");
  pages.pdf = new Uint8Array(bytes);
  pane.addEventListener("vt:document", () => { pages.scrollTop = before; }, { once: true });
  document.body.dispatchEvent(new CustomEvent("htmx:load"));
  for (const bad of form.querySelectorAll(".is-bad")) bad.classList.remove("is-bad");
  for (const why of split.querySelectorAll(".pane-form .why, .pane-form .note[role=alert]")) why.remove();
  const said = document.querySelector("[data-preview-said]");
  said.textContent = pane.querySelector(".tools span").textContent;
}

// The form as the server gives it back, with what is wrong at each field; files that are chosen stay chosen.
function faults(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.getElementById("soan");
  if (!fresh) throw new Error("no form came back");
  const files = [...form.querySelectorAll("input[type=file]")];
  form.replaceChildren(...fresh.childNodes);
  for (const old of files) form.querySelector(`input[type=file][name="${old.name}"]`)?.replaceWith(old);
  for (const note of split.querySelectorAll(".pane-form > .note[role=alert]")) note.remove();
  const note = page.querySelector(".pane-form > .note[role=alert]");
  if (note) form.before(note);
  const first = form.querySelector("[aria-invalid=true], .is-bad") ?? note;
  first?.focus();
  first?.scrollIntoView({ block: "center" });
}

document.addEventListener("click", (event) => {
  const add = event.target.closest?.("[data-add]");
  if (!add) return;
  const all = add.closest("[data-appendices]").querySelectorAll("[data-appendix]");
  const next = all[all.length - 1].cloneNode(true);
  const n = String(all.length + 1);
  for (const input of next.querySelectorAll("input, textarea")) {
    input.value = "";
    input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+$/, n));
  }
  next.querySelector("legend").textContent = next.querySelector("legend").textContent.replace(/\d+$/, n);
  all[all.length - 1].after(next);
  next.querySelector("input").focus();
});
