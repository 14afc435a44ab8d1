// Keys that the server never sees: this page asks the agent on the user's own machine (vanthu agent, on the loopback),
// the agent asks its user on a page of its own, and what the key made of it goes to the server. Nothing is signed by
// opening or reloading a page: a run that begins is named so by its address, once.

// ── Forms that choose a certificate: the password of one whose key is outside is asked where that key is ────────────
for (const form of document.querySelectorAll("form[data-outside]")) {
  const outside = form.dataset.outside.split(" ");
  const choice = form.querySelector("[name=certificate_id]");
  const password = form.querySelector("[name=mat-khau]")?.closest(".field");
  const note = form.querySelector("[data-outside-note]");
  if (!choice || !password || !note) continue;
  const show = () => {
    const is = outside.includes(choice.value);
    password.hidden = is;
    note.hidden = !is;
  };
  choice.addEventListener("change", show);
  show();
}

const fill = (words, ...values) => values.reduce((text, value, i) => text.replaceAll(`#${i + 1}`, String(value)), words);
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const TITLE_MAX = 300;
const short = (text) => [...text.trim()].slice(0, TITLE_MAX).join("");

/** Something that the page has a sentence for. */
class Told extends Error {}

// ── The agent ───────────────────────────────────────────────────────────────────────────────────────────────────────
const STORE = "vt-agent";
const POLL_MS = 700;
const AWAY_MAX = 5;

/** What the browser says of a page that reaches for programs of this machine; null where it has no such permission. */
async function permission() {
  for (const name of ["loopback-network", "local-network-access"]) {
    try { return await navigator.permissions.query({ name }); } catch { /* an older or another browser */ }
  }
  return null;
}

class Agent {
  constructor(box) {
    this.box = box;
    this.words = box.dataset;
    this.said = box.querySelector("[data-agent-said]");
    this.absent = box.querySelector("[data-agent-absent]");
    this.unknown = box.querySelector("[data-agent-unknown]");
    this.blocked = box.querySelector("[data-agent-blocked]");
    this.pairing = box.querySelector("[data-agent-pair]");
    for (const at of box.querySelectorAll("[data-origin]")) at.textContent = location.origin;
  }

  get session() { try { return localStorage.getItem(STORE) ?? ""; } catch { return this.kept ?? ""; } }
  set session(value) { this.kept = value; try { localStorage.setItem(STORE, value); } catch { /* for this page only */ } }

  say(words, busy = false) {
    this.said.textContent = words;
    this.said.classList.toggle("is-busy", busy);
  }

  /** One call; null where nothing answers, or answers for another page. */
  async call(path, body) {
    const headers = { authorization: `Bearer ${this.session}` };
    if (body) headers["content-type"] = "application/json";
    try {
      const answer = await fetch(this.words.agent + path, {
        method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body),
        mode: "cors", credentials: "omit", cache: "no-store", referrerPolicy: "origin",
      });
      return { status: answer.status, body: await answer.json() };
    } catch { return null; }
  }

  /** Waits until the agent is there and paired; gives what it says of its certificate. */
  async ready() {
    for (;;) {
      this.say(this.words.looking, true);
      if ((await permission())?.state === "prompt") this.say(this.words.asking, true);
      const answer = await this.call("/v1/certificate");
      if (answer?.status === 200) { this.say(""); return answer.body; }
      if (answer?.status === 401) await this.pair();
      else await this.appear();
    }
  }

  /** Waits for the person, who starts the agent, or lets the page reach it where the browser keeps it away. */
  async appear() {
    const allowed = await permission();
    const blocked = allowed?.state === "denied";
    this.say(blocked ? this.words.kept : this.words.missing);
    this.unknown.hidden = blocked;
    this.blocked.hidden = !blocked;
    this.absent.hidden = false;
    const retry = this.absent.querySelector("button");
    retry.focus();
    await new Promise((done) => {
      retry.addEventListener("click", done, { once: true });
      if (blocked) allowed.addEventListener("change", done, { once: true });
    });
    this.absent.hidden = true;
  }

  async pair() {
    const input = this.pairing.querySelector("input");
    const wrong = this.pairing.querySelector("[data-agent-wrong]");
    this.say(this.words.unpaired);
    this.pairing.hidden = false;
    wrong.hidden = true;
    input.value = "";
    input.focus();
    for (;;) {
      await new Promise((done) => this.pairing.addEventListener("submit", (event) => { event.preventDefault(); done(); }, { once: true }));
      const answer = await this.call("/v1/pair", { code: input.value.trim().toLowerCase() });
      if (answer?.status === 200) { this.session = answer.body.session; break; }
      if (!answer) break;
      wrong.hidden = false;
      input.setAttribute("aria-invalid", "true");
      input.select();
      input.focus();
    }
    input.removeAttribute("aria-invalid");
    this.pairing.hidden = true;
  }

  /** Has the agent sign: a result for each file, in their order. */
  async sign(title, files) {
    const asked = files.map((file) => ({
      title: short(file.title), digest_algorithm: file.digest_algorithm, document_digest: file.document_digest,
      to_be_signed: file.to_be_signed, scheme: file.scheme,
    }));
    const taken = await this.call("/v1/requests", { title: short(title), files: asked });
    if (taken?.status !== 200) throw new Told(taken ? fill(this.words.objects, taken.body.text ?? taken.status) : this.words.gone);
    this.say(this.words.confirm, true);
    let away = 0;
    for (;;) {
      await wait(POLL_MS);
      const told = await this.call(`/v1/requests/${taken.body.id}`);
      if (told?.status === 200) {
        away = 0;
        if (told.body.state === "signed") { this.say(""); return told.body.files; }
        if (told.body.state === "refused") throw new Told(this.words.refused);
        if (told.body.state === "expired") throw new Told(this.words.expired);
      } else if (told || (away += 1) >= AWAY_MAX) throw new Told(this.words.gone);
    }
  }
}

/** A POST to the server; a session that has ended leads away. */
async function post(path, csrf, body, kind) {
  const answer = await fetch(path, { method: "POST", headers: { "x-csrf": csrf, "content-type": kind }, body, redirect: "manual" });
  if (answer.type === "opaqueredirect" || answer.status === 401) { location.reload(); await new Promise(() => {}); }
  return answer;
}
const JSON_KIND = "application/json";
const FORM_KIND = "application/x-www-form-urlencoded";

// ── A run: documents are prepared, signed by the agent, completed ───────────────────────────────────────────────────
const run = document.querySelector("[data-outside-run]");
if (run) startRun(run);

function startRun(run) {
  const AT_ONCE = 3;
  // What the agent takes at once.
  const FILES_MAX = 200;
  const agent = new Agent(run.querySelector("[data-agent]"));
  const go = run.querySelector("[data-go]");
  const shown = run.querySelector("[data-shown]");
  const bar = run.querySelector("progress");
  const rows = () => [...run.querySelectorAll("tr[data-state]")];
  const left = () => rows().filter((tr) => ["waits", "asks", "away", "again"].includes(tr.dataset.state));
  const count = (state) => rows().filter((tr) => tr.dataset.state === state).length;
  const path = (tr) => run.dataset.path.replace("#", tr.dataset.id);
  // What is prepared, and what the key made of it, by document: kept while it is good, so that a failure costs no
  // second confirmation.
  const held = new Map();
  let tried = 0;
  let going = false;

  function show() {
    run.querySelector("[data-good]").textContent = String(count("good"));
    run.querySelector("[data-bad]").textContent = String(count("bad"));
    const mark = run.querySelector("[data-bad-mark]");
    mark.classList.toggle("stop", count("bad") > 0);
    mark.classList.toggle("soft", count("bad") === 0);
    bar.value = rows().length - left().length;
  }

  function busy(tr, on) {
    tr.querySelector("[data-idle]")?.toggleAttribute("hidden", on);
    tr.querySelector("[data-busy]")?.toggleAttribute("hidden", !on);
    tr.classList.toggle("is-busy", on);
  }

  /** Puts the row that the server answers in the place of the old one. */
  function put(tr, html) {
    const table = document.createElement("table");
    table.innerHTML = html;
    const next = table.querySelector("tr[data-state]");
    if (!next) return;
    const within = tr.contains(document.activeElement);
    tr.replaceWith(next);
    if (within) next.querySelector(".go")?.focus({ preventScroll: true });
    if (next.dataset.state !== "away") held.delete(next.dataset.id);
    show();
  }

  async function several(list, each) {
    const waiting = [...list];
    let failed = null;
    const hand = async () => {
      while (waiting.length > 0 && !failed) {
        const one = waiting.shift();
        busy(one, true);
        try { await each(one); } catch (error) { failed = error; } finally { busy(one, false); }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, hand));
    if (failed) throw failed instanceof Told ? failed : new Told(run.dataset.away);
  }

  async function prepare(tr) {
    tried += 1;
    const body = new URLSearchParams({ ma: `${run.dataset.ma}-c${tried}`, ct: run.dataset.certificate });
    const answer = await post(`${path(tr)}/chuan-bi`, run.dataset.csrf, body, FORM_KIND);
    if (!answer.ok) throw new Told(run.dataset.away);
    if (!answer.headers.get("content-type").startsWith(JSON_KIND)) { put(tr, await answer.text()); return; }
    const { title, files } = await answer.json();
    for (const file of files) file.title = files.length > 1 ? `${title} – ${file.name}` : title;
    held.set(tr.dataset.id, { files, answers: null, until: Math.min(...files.map((file) => file.expires_ms)) });
  }

  async function complete(tr) {
    tried += 1;
    const { files, answers } = held.get(tr.dataset.id);
    const sent = files.map(({ digest, state }, i) => ({ digest, state, answer: answers[i] }));
    const body = JSON.stringify({ ma: `${run.dataset.ma}-x${tried}`, viec: run.dataset.act, files: sent });
    const answer = await post(path(tr), run.dataset.csrf, body, JSON_KIND);
    if (!answer.ok) throw new Told(run.dataset.away);
    put(tr, await answer.text());
  }

  const good = (it) => it && Date.now() < it.until;
  const signed = (tr) => good(held.get(tr.dataset.id)) && held.get(tr.dataset.id).answers;

  /** As many as the agent takes at once. */
  function batch() {
    const list = [];
    let files = 0;
    for (const tr of left()) {
      const it = held.get(tr.dataset.id);
      if (!it || it.answers) continue;
      files += it.files.length;
      if (files > FILES_MAX && list.length > 0) break;
      list.push(tr);
    }
    return list;
  }

  async function ask() {
    const list = batch();
    if (list.length === 0) return;
    const files = list.flatMap((tr) => held.get(tr.dataset.id).files);
    const results = await agent.sign(run.dataset.ask.replace("#", String(list.length)), files);
    let at = 0;
    for (const tr of list) {
      const it = held.get(tr.dataset.id);
      const own = results.slice(at, at += it.files.length);
      if (own.length === it.files.length && own.every((one) => one.outcome === "signed")) it.answers = own.map((one) => one.signature);
      else { held.delete(tr.dataset.id); throw new Told(fill(run.dataset.keyFailed, own.find((one) => one.reason)?.reason ?? "")); }
    }
  }

  async function all() {
    const certificate = await agent.ready();
    if (certificate.sha256.toLowerCase() !== run.dataset.sha256) throw new Told(fill(run.dataset.other, certificate.subject));
    while (left().length > 0) {
      const before = left().length;
      const fresh = left().filter((tr) => !good(held.get(tr.dataset.id)));
      agent.say(fill(run.dataset.prepares, before), true);
      await several(fresh, prepare);
      await ask();
      agent.say(run.dataset.writes, true);
      await several(left().filter(signed), complete);
      // What did not get further waits for the person.
      if (left().length >= before) throw new Told(run.dataset.stays);
    }
  }

  async function begin() {
    if (going) return;
    going = true;
    go.hidden = true;
    agent.say("");
    try {
      await all();
      agent.say("");
      shown.textContent = fill(run.dataset.done, count("good"), count("bad"));
      run.querySelector("[data-agent]").closest("section").hidden = true;
      const again = run.querySelector("[data-again]");
      if (again && count("bad") > 0) {
        const url = new URL(again.href);
        for (const tr of rows().filter((one) => one.dataset.state === "bad")) url.searchParams.append("vb", tr.dataset.id);
        again.href = url;
        again.hidden = false;
        again.focus({ preventScroll: true });
      } else run.querySelector("[data-back]").focus({ preventScroll: true });
      document.body.dispatchEvent(new Event("vt:counts"));
    } catch (error) {
      if (!(error instanceof Told)) console.warn("the run broke off", error);
      agent.say(error instanceof Told ? error.message : run.dataset.away);
      shown.textContent = fill(run.dataset.progress, count("good"), rows().length);
      go.hidden = false;
      go.focus({ preventScroll: true });
    }
    going = false;
  }

  go?.addEventListener("click", begin);
  const url = new URL(location.href);
  const begins = url.searchParams.has("bat-dau");
  url.searchParams.delete("bat-dau");
  history.replaceState(null, "", url);
  show();
  if (left().length === 0) run.querySelector("[data-back]").focus({ preventScroll: true });
  else if (begins) begin();
  else { go.hidden = false; go.focus({ preventScroll: true }); }
}

// ── A certificate comes in: its key answers a challenge ─────────────────────────────────────────────────────────────
const enrol = document.querySelector("[data-outside-enrol]");
if (enrol) startEnrol(enrol);

function startEnrol(form) {
  const agent = new Agent(document.querySelector("[data-agent]"));
  const button = form.querySelector("button[type=submit]");
  const image = form.querySelector("input[type=file]");
  const why = form.querySelector("[data-why]");
  let tried = 0;

  const pem = (der) => `-----BEGIN CERTIFICATE-----\n${der.replaceAll("\n", "").replace(/(.{64})/g, "$1\n").trimEnd()}\n-----END CERTIFICATE-----\n`;

  async function base64(file) {
    if (!file) return "";
    let text = "";
    for (const byte of new Uint8Array(await file.arrayBuffer())) text += String.fromCharCode(byte);
    return btoa(text);
  }

  async function told(path, message) {
    const answer = await post(path, form.dataset.csrf, JSON.stringify(message), JSON_KIND);
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Told(said.why ?? form.dataset.away);
    return said;
  }

  async function all() {
    const owner = form.dataset.owner || document.querySelector("[name=person_id]")?.value || "";
    if (!owner) throw new Told(form.dataset.whose);
    const { subject, certificates: path } = await agent.ready();
    const certificates = path.map(pem).join("");
    const challenge = await told(form.dataset.challenge, { owner, certificates });
    const [result] = await agent.sign(form.dataset.ask, [{ ...challenge, title: fill(form.dataset.askFile, subject) }]);
    if (result?.outcome !== "signed") throw new Told(fill(form.dataset.keyFailed, result?.reason ?? ""));
    tried += 1;
    const image_png = await base64(image.files[0]);
    await told(form.dataset.enrol, { ma: `${form.dataset.ma}-${tried}`, owner, certificates, image: image_png, state: challenge.state, answer: result.signature });
    location.assign(form.dataset.then);
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    why.hidden = true;
    try { await all(); } catch (error) {
      if (!(error instanceof Told)) console.warn("the enrolment broke off", error);
      agent.say("");
      why.textContent = error instanceof Told ? error.message : form.dataset.away;
      why.hidden = false;
      button.disabled = false;
      button.focus({ preventScroll: true });
    }
  });
}
