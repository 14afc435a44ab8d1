// Several documents in one act: how many are chosen, and X for the current row.
const form = document.querySelector("[data-choose]");
if (form) {
  const boxes = () => [...form.querySelectorAll("input[name=vb]")];
  const say = () => {
    const n = boxes().filter((b) => b.checked).length;
    for (const el of form.querySelectorAll("[data-count]")) el.textContent = String(n);
    for (const b of form.querySelectorAll("button[name=viec]")) b.disabled = n === 0;
  };
  form.addEventListener("change", say);
  document.addEventListener("keydown", (event) => {
    const t = event.target;
    if (event.key.toLowerCase() !== "x" || event.ctrlKey || event.altKey || event.metaKey) return;
    if (/^(input|textarea|select)$/i.test(t.tagName) && !/^(checkbox|radio)$/.test(t.type)) return;
    const box = form.querySelector("tr.here input[name=vb]");
    if (!box) return;
    event.preventDefault();
    box.checked = !box.checked;
    say();
  });
  say();
}
