// The run of signing: one request for all that is left, one answer in which each row comes as it is done. What is signed
// is on the record; a reload shows it and goes on while the key is open, and so does a connection that was cut.
const run = document.querySelector("[data-run]");
if (run) start();

function start() {
  // What the server has in hand at once.
  const AT_ONCE = 3;
  const SAID_EVERY_MS = 4000;
  // What was in hand when the answer ended is signed to its end: the record is asked until it says the same twice.
  const SETTLE_MS = 300;
  const SETTLE_TIMES = 20;
  // A line that gives nothing at all is tried again so much later each, then the person is asked.
  const AGAIN_MS = [500, 2000, 5000];
  const stop = run.querySelector("[data-stop]");
  const said = run.querySelector("[data-said]");
  const ask = run.querySelector("[data-ask]");
  const resume = run.querySelector("[data-go-on]");
  const shown = run.querySelector("[data-shown]");
  const bar = run.querySelector("progress");
  const rows = () => [...run.querySelectorAll("tr[data-state]")];
  const left = () => rows().filter((tr) => ["waits", "asks", "away"].includes(tr.dataset.state));
  const count = (state) => rows().filter((tr) => tr.dataset.state === state).length;
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const fill = (words, ...values) => values.reduce((text, value) => text.replace("#", String(value)), words);
  let going = false;
  let halt = "";
  let tried = 0;
  let spoken = 0;
  let cut = null;
  let onStop = () => {};

  // Forms that open the key again are answered by this script.
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

  // The rows of an answer, each as soon as it is there.
  async function* rowsOf(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        text += value;
        for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
          const line = text.slice(0, end);
          text = text.slice(end + 2);
          if (!line.startsWith("data: ")) continue;
          const table = document.createElement("table");
          table.innerHTML = line.slice(6);
          const row = table.querySelector("tr[data-state]");
          if (row) yield row;
        }
      }
    } finally {
      // Nobody reads on: the server begins nothing more.
      reader.cancel().catch(() => {});
    }
  }

  function place(next) {
    const tr = document.getElementById(next.id);
    if (!tr) return;
    if (tr.classList.contains("here")) { next.classList.add("here"); next.setAttribute("aria-current", "true"); }
    const held = tr.contains(document.activeElement);
    tr.replaceWith(next);
    if (held) next.querySelector(".go")?.focus({ preventScroll: true });
    if (next.dataset.state === "asks") halt ||= "closed";
    if (next.dataset.state === "away") halt ||= "away";
  }

  const inHand = () => left().slice(0, AT_ONCE).forEach((tr) => busy(tr, true));

  // Asks for all that is left; answers how many rows came before the answer ended, one way or another.
  async function askForRest() {
    tried += 1;
    const body = new URLSearchParams({ csrf: run.dataset.csrf, ma: `${run.dataset.ma}-${tried}`, luc: run.dataset.began });
    for (const tr of left()) body.append("vb", tr.dataset.id);
    let came = 0;
    try {
      cut = new AbortController();
      const answer = await fetch("/ky-so/loat/tiep", { method: "POST", body, redirect: "manual", signal: cut.signal });
      if (answer.type === "opaqueredirect") { location.reload(); halt ||= "left"; return came; }
      if (!answer.ok) return came;
      for await (const row of rowsOf(answer.body)) {
        place(row);
        came += 1;
        if (halt) break;
        inHand();
        show();
        tell(progress(), false);
        follow(document.getElementById(row.id));
      }
    } catch { /* cut, or stopped: what is left is told by the rows */ }
    return came;
  }

  // What the record says of the rows that are left, once nothing changes any more.
  async function settle() {
    for (let times = 0, same = 0; times < SETTLE_TIMES && same < 2 && left().length > 0; times += 1) {
      await wait(SETTLE_MS);
      try {
        const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
        const now = left().map((tr) => page.getElementById(tr.id)).filter((tr) => tr && !["waits", "asks"].includes(tr.dataset.state));
        now.forEach((tr) => place(document.adoptNode(tr)));
        same = now.length === 0 ? same + 1 : 0;
        show();
      } catch { return; /* the server is away: the rows wait */ }
    }
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
    const stopped = new Promise((now) => { onStop = now; });
    ask.classList.add("js-hidden");
    resume.hidden = true;
    stop.hidden = false;
    stop.focus({ preventScroll: true });
    address(false);
    inHand();
    let nothing = 0;
    while (!halt && left().length > 0) {
      const came = await askForRest();
      if (halt || left().length === 0) break;
      // The line was cut: the rest is asked for again, a moment later, when what was in hand is signed.
      if (came > 0) {
        nothing = 0;
        await wait(SETTLE_MS);
      } else if (nothing < AGAIN_MS.length) await Promise.race([wait(AGAIN_MS[nothing++]), stopped]);
      else halt = "away";
    }
    if (halt !== "left") await settle();
    rows().forEach((tr) => busy(tr, false));
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

  stop.addEventListener("click", () => {
    halt ||= "stopped";
    // At once: a reload before the last result is there must not go on either.
    address(true);
    cut?.abort();
    onStop();
  });
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
