// Several documents in one act: how many are chosen, and X for the current row.
const form = document.querySelector("[data-choose]");
if (form) {
  const boxes = () => [...form.querySelectorAll("input[name=vb]")];
  const say = () => {
    const n = boxes().filter((b) => b.checked).length;
    for (const el of form.querySelectorAll("[data-count]")) el.textContent = n === 1 ? el.dataset.one : el.dataset.many.replace("#", String(n));
    for (const b of form.querySelectorAll("button[name=viec]")) b.disabled = n === 0;
    numbers();
  };
  // The numbers that would be given now: one after the other to those that are chosen.
  const cells = [...form.querySelectorAll("[data-number]")];
  const first = new Map();
  for (const c of cells) if (!first.has(c.dataset.series)) first.set(c.dataset.series, Number(c.dataset.number));
  function numbers() {
    const next = new Map(first);
    for (const c of cells) {
      const chosen = c.closest("tr").querySelector("input[name=vb]").checked;
      const n = next.get(c.dataset.series);
      c.textContent = chosen ? String(n).padStart(2, "0") : "…";
      if (chosen) next.set(c.dataset.series, n + 1);
    }
  }
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
