// The run of signing: one document after the other, three at a time at most, each row changed as its result comes. What
// is signed is on the record; a reload shows it and goes on while the key is open.
const run = document.querySelector("[data-run]");
if (run) start();

function start() {
  const AT_ONCE = 3;
  const SAID_EVERY_MS = 4000;
  const stop = run.querySelector("[data-stop]");
  const said = run.querySelector("[data-said]");
  const ask = run.querySelector("[data-ask]");
  const resume = run.querySelector("[data-go-on]");
  const shown = run.querySelector("[data-shown]");
  const bar = run.querySelector("progress");
  const rows = () => [...run.querySelectorAll("tr[data-state]")];
  const left = () => rows().filter((tr) => ["waits", "asks", "away"].includes(tr.dataset.state));
  const count = (state) => rows().filter((tr) => tr.dataset.state === state).length;
  const fill = (words, ...values) => values.reduce((text, value) => text.replace("#", String(value)), words);
  let going = false;
  let halt = "";
  let tried = 0;
  let spoken = 0;

  // Forms that open the key again are answered by this script, document by document.
  if (ask) ask.append(Object.assign(document.createElement("input"), { type: "hidden", name: "lan-luot", value: "1" }));

  function show() {
    const good = count("good"), bad = count("bad");
    run.querySelector("[data-good]").textContent = String(good);
    run.querySelector("[data-bad]").textContent = String(bad);
    const mark = run.querySelector("[data-bad-mark]");
    mark.classList.toggle("stop", bad > 0);
    mark.classList.toggle("soft", bad === 0);
    bar.value = rows().length - left().length;
  }

  // The eye sees each step; a reader hears how far it is now and then, not two hundred times.
  function tell(words, now) {
    shown.textContent = words;
    if (!now && Date.now() - spoken < SAID_EVERY_MS) return;
    spoken = Date.now();
    said.textContent = words;
  }

  const progress = () => fill(run.dataset.progress, count("good"), rows().length);

  function busy(tr, on) {
    tr.querySelector("[data-idle]")?.toggleAttribute("hidden", on);
    tr.querySelector("[data-busy]")?.toggleAttribute("hidden", !on);
    tr.classList.toggle("is-busy", on);
  }

  async function one(tr) {
    busy(tr, true);
    tried += 1;
    const body = new URLSearchParams({ csrf: run.dataset.csrf, ma: `${run.dataset.ma}-${tried}` });
    let next = null;
    try {
      const answer = await fetch(`/ky-so/loat/${tr.dataset.id}`, { method: "POST", body, redirect: "manual" });
      if (answer.type === "opaqueredirect") { location.reload(); halt ||= "left"; return; }
      if (answer.ok) {
        const table = document.createElement("table");
        table.innerHTML = await answer.text();
        next = table.querySelector("tr[data-state]");
      }
    } catch { /* told below */ }
    if (!next) { busy(tr, false); halt ||= "away"; return; }
    if (tr.classList.contains("here")) { next.classList.add("here"); next.setAttribute("aria-current", "true"); }
    const held = tr.contains(document.activeElement);
    tr.replaceWith(next);
    if (held) next.querySelector(".go")?.focus({ preventScroll: true });
    if (next.dataset.state === "asks") halt ||= "closed";
    if (next.dataset.state === "away") halt ||= "away";
    follow(next);
  }

  // The row that has just come stays in sight while the person does not look elsewhere.
  function follow(tr) {
    const inside = document.activeElement === document.body || document.activeElement?.matches?.("main, h1, [data-stop]");
    if (inside) tr.scrollIntoView({ block: "nearest" });
  }

  async function go() {
    if (going) return;
    going = true;
    halt = "";
    ask.classList.add("js-hidden");
    resume.hidden = true;
    stop.hidden = false;
    stop.focus({ preventScroll: true });
    address(false);
    const waiting = left();
    const hand = async () => {
      while (!halt && waiting.length > 0) {
        await one(waiting.shift());
        show();
        tell(progress(), false);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, hand));
    going = false;
    stop.hidden = true;
    if (halt === "left") return;
    show();
    if (left().length === 0) await end();
    else pause();
  }

  // Stopped by the person, by a key that closed, or by a server that is away: the rest waits, nothing is lost.
  function pause() {
    const words = { closed: run.dataset.closed, away: run.dataset.away, stopped: run.dataset.stopped };
    tell(`${progress()}. ${words[halt]}`, true);
    if (halt === "closed") {
      ask.classList.remove("js-hidden");
      ask.querySelector("input[type=password]").focus();
    } else {
      resume.hidden = false;
      resume.focus({ preventScroll: true });
    }
    address(halt === "stopped");
  }

  async function end() {
    tell(fill(run.dataset.done, count("good"), count("bad")), true);
    const body = new URLSearchParams({ csrf: run.dataset.csrf, ma: `${run.dataset.ma}-xong` });
    try { await fetch("/ky-so/loat/xong", { method: "POST", body }); } catch { /* the key closes by itself */ }
    // The page as the record tells it, with the way on; the scroll stays.
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const acts = page.querySelector("[data-run] .acts");
    if (acts) run.querySelector(".acts").replaceWith(acts);
    const head = run.querySelector("h1");
    head.textContent = run.dataset.title;
    document.title = document.title.replace(/^[^·–-]*/, `${run.dataset.title} `);
    ask.remove();
    (run.querySelector("[data-again]") ?? run.querySelector("[data-back]")).focus({ preventScroll: true });
    document.body.dispatchEvent(new Event("vt:counts"));
  }

  // That the person stopped it outlives a reload: nothing is signed by opening a page again.
  function address(stopped) {
    const url = new URL(location.href);
    if (stopped) url.searchParams.set("dung", "1"); else url.searchParams.delete("dung");
    history.replaceState(null, "", url);
  }

  stop.addEventListener("click", () => { halt ||= "stopped"; });
  resume?.addEventListener("click", go);
  if (!ask) { run.querySelector("[data-again]")?.focus({ preventScroll: true }); return; }
  const stoppedBefore = new URL(location.href).searchParams.has("dung");
  if (run.dataset.open !== "true" || !ask.classList.contains("js-hidden")) {
    ask.querySelector("input[type=password]").focus();
  } else if (stoppedBefore) {
    halt = "stopped";
    pause();
  } else go();
}
