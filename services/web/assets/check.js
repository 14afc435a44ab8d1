// Kiểm tra chữ ký: the file goes to the server and is forgotten there; it stays in this page, so that a revision of it is
// cut here, byte for byte as it was signed. Without this script the page works by whole requests.
const form = document.querySelector("form[data-check]");
let file = null;

form?.addEventListener("submit", async (event) => {
  const input = form.querySelector("input[type=file]");
  if (input.files.length === 0) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  const chosen = input.files[0];
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const checked = page.querySelector("[data-checked]");
    if (!checked) throw new Error(`answer ${answer.status}`);
    file = chosen;
    document.querySelector("[data-checked]").replaceWith(checked);
    document.querySelector("[data-about]").replaceWith(page.querySelector("[data-about]"));
    (checked.querySelector("[data-verdict]") ?? checked.querySelector("[role=alert]"))?.focus();
  } catch (error) {
    console.warn("file was not checked", error);
    const note = document.createElement("div");
    note.className = "note";
    note.setAttribute("role", "alert");
    note.append(Object.assign(document.createElement("p"), { textContent: form.dataset.failed }));
    document.querySelector("[data-checked]").prepend(note);
  } finally {
    delete form.dataset.busy;
    input.value = "";
    setTimeout(() => { for (const waiting of form.querySelectorAll(".waiting")) waiting.remove(); }, 350);
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-revision]");
  if (!button || !file) return;
  const [number, end] = button.dataset.revision.split("-").map(Number);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file.slice(0, end, "application/pdf"));
  link.download = `${file.name.replace(/\.pdf$/i, "")}-${number}.pdf`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
});

