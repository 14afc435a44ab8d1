// Đọc & chỉ đạo: number keys turn a unit through its parts; one lead at most; H goes through the deadlines.
const values = ["chu-tri", "phoi-hop", "de-biet", ""];

function set(group, value) {
  const radio = [...group.querySelectorAll("input")].find((r) => r.value === value);
  if (radio && !radio.checked) { radio.checked = true; radio.dispatchEvent(new Event("change", { bubbles: true })); }
}

function valueOf(group) {
  return group.querySelector("input:checked")?.value ?? "";
}

for (const group of document.querySelectorAll("[data-cycle]")) {
  group.addEventListener("click", (event) => {
    // A key clicks the group itself; the mouse clicks a label in it.
    if (event.target !== group) return;
    const now = values.indexOf(valueOf(group));
    let next = values[(now + 1) % values.length];
    if (now === 3 && lead() !== null && lead() !== group) next = "phoi-hop";
    set(group, next);
    group.closest("li")?.scrollIntoView({ block: "nearest" });
  });
}

function lead() {
  return [...document.querySelectorAll(".picks")].find((g) => valueOf(g) === "chu-tri") ?? null;
}

// A new lead makes the old one a helper: there is exactly one.
document.addEventListener("change", (event) => {
  if (event.target.value !== "chu-tri" || !event.target.checked) return;
  const mine = event.target.closest(".picks");
  for (const group of document.querySelectorAll(".picks")) {
    if (group !== mine && valueOf(group) === "chu-tri") set(group, "phoi-hop");
  }
});

for (const dues of document.querySelectorAll("[data-dues]")) {
  dues.addEventListener("click", (event) => {
    if (event.target !== dues) return;
    const all = [...dues.querySelectorAll("input[type=radio]")];
    const next = all[(all.findIndex((r) => r.checked) + 1) % all.length];
    next.checked = true;
    next.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

// A name that is typed, with or without its marks, leaves only those whose name it is part of.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
for (const box of document.querySelectorAll("[data-filter]")) {
  const list = document.getElementById(box.dataset.filter);
  box.addEventListener("input", () => {
    for (const row of list.children) row.hidden = !plain(row.querySelector("b").textContent).includes(plain(box.value));
  });
  box.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.ctrlKey) event.preventDefault(); });
}
