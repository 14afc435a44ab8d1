// Sittings in a real browser: one undisturbed, whose time is told; one whose connection is cut in the middle and which the
// person stops. Every document is signed, each once, and the page says so.
//   node signing-run.mjs ADDRESS LOGIN PASSWORD KEY-PASSWORD IDS IDS
import assert from "node:assert/strict";
import { createServer, connect } from "node:net";
import { once } from "node:events";
import { chromium } from "playwright-core";

const [at, login, password, keyPassword, quiet, disturbed] = process.argv.slice(2);
const ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
const PATIENCE_MS = 120_000;
// Documents that the server signs at once.
const IN_HAND = 3;
// Rows after which the person stops the run.
const STOPPED_AFTER = 4;

/** A wire to the office that can be cut: after so many rows of a run have passed, once. */
async function wire(to) {
  const { hostname, port } = new URL(to);
  const seen = { runs: 0, cuts: 0, rows: 0, cutAfter: 0 };
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    const end = () => { near.destroy(); far.destroy(); };
    near.on("error", end).on("close", end);
    far.on("error", end).on("close", end);
    near.on("data", (bytes) => {
      if (bytes.includes("POST /ky-so/loat/tiep ")) seen.runs += 1;
      far.write(bytes);
    });
    far.on("data", (bytes) => {
      near.write(bytes);
      const rows = bytes.toString("latin1").split(/data: +<tr/).length - 1;
      seen.rows += rows;
      if (rows > 0 && seen.cutAfter > 0 && seen.rows >= seen.cutAfter) {
        Object.assign(seen, { cuts: seen.cuts + 1, cutAfter: 0 });
        end();
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { at: `http://127.0.0.1:${server.address().port}`, seen, close: () => server.close() };
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });
const cable = await wire(at);

async function seat(address) {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "vi-VN", baseURL: address });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  await page.goto("/dang-nhap");
  await page.fill("input[name=login]", login);
  await page.fill("input[name=mat-khau]", password);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname !== "/dang-nhap");
  return { context, page };
}

/** Everything is looked at; the password is typed and sent. */
async function begin({ context, page }, ids) {
  // Each file comes whole from the server, which notes that in the cookie; the page notes in its tab what was looked at.
  for (const id of ids) assert.ok((await context.request.get(`/ky-so/tep/${id}`)).ok());
  const named = `/ky-so?${ids.map((id) => `vb=${id}`).join("&")}`;
  await page.goto(named);
  await page.evaluate(() => {
    const thumbs = [...document.querySelectorAll(".thumb")];
    sessionStorage.setItem("vanthu-ky", JSON.stringify({ seen: Object.fromEntries(thumbs.map((t) => [t.dataset.id, t.dataset.digest])), out: [] }));
  });
  await page.goto(named);
  const ticked = await page.locator("input[name=vb]:checked").evaluateAll((all) => all.map((box) => box.value));
  assert.deepEqual(ticked.sort(), [...ids].sort(), "what was asked for is ticked");
  await page.fill("input[name=mat-khau]", keyPassword);
  const began = performance.now();
  await page.keyboard.press("Control+Enter");
  return began;
}

const states = (page) => page.locator("tr[data-state]").evaluateAll((all) => all.map((tr) => tr.dataset.state));
const done = (page, count) => page.waitForFunction((n) => document.querySelectorAll("tr[data-state=good]").length === n, count);

try {
  {
    const ids = quiet.split(",");
    const leader = await seat(at);
    const began = await begin(leader, ids);
    await leader.page.waitForURL(/\/ky-so\/loat\?/);
    const page = performance.now();
    await leader.page.waitForFunction(() => document.querySelector("tr[data-state=good]"));
    const first = performance.now();
    await done(leader.page, ids.length);
    const last = performance.now();
    await leader.page.waitForFunction((n) => document.querySelector("[data-shown]").textContent.startsWith(`Xong: ${n} thành công`), ids.length);
    const ms = (from, to) => (to - from).toFixed(0);
    console.log(`${ids.length} documents: ${ms(began, last)} ms from the password to the last result (${ms(began, page)} ms until the page, ${ms(began, first)} ms until the first), ${((last - page) / ids.length).toFixed(1)} ms each`);
    await leader.context.close();
  }
  {
    const ids = disturbed.split(",");
    const leader = await seat(cable.at);
    const { page } = leader;
    cable.seen.cutAfter = 2;
    await begin(leader, ids);
    // The wire is cut after two rows; the run goes on by itself. Then the person stops it, as fast as a hand never is.
    await page.waitForURL(/\/ky-so\/loat\?/);
    await page.evaluate((many) => new Promise((stopped) => {
      const stop = document.querySelector("[data-stop]");
      const look = () => {
        if (document.querySelectorAll("tr[data-state=good]").length < many) return;
        watch.disconnect();
        if (!stop.hidden) stop.click();
        stopped();
      };
      const watch = new MutationObserver(look);
      watch.observe(document.querySelector("[data-run] tbody"), { childList: true });
      look();
    }), STOPPED_AFTER);
    assert.equal(cable.seen.cuts, 1, "the wire was cut");
    await page.waitForFunction(() => document.querySelector("[data-stop]")?.hidden !== false);
    assert.ok(cable.seen.runs >= 2, "what was left was asked for again");
    const stopped = await states(page);
    if (stopped.includes("waits")) {
      // Stopped stays stopped when the page is loaded again; what was in hand is all that may have been signed since.
      const good = stopped.filter((state) => state === "good").length;
      const { runs } = cable.seen;
      await page.reload();
      await page.waitForFunction(() => document.querySelector("[data-go-on]") && !document.querySelector("[data-go-on]").hidden);
      const now = (await states(page)).filter((state) => state === "good").length;
      assert.ok(now >= good && now <= good + IN_HAND, `stopped with ${good} signed, then ${now}`);
      assert.equal(cable.seen.runs, runs, "nothing was asked for by loading the page");
      assert.ok(await page.evaluate(() => document.activeElement.matches("[data-go-on]")), "the way on has the focus");
      await page.keyboard.press("Control+Enter");
    }
    await done(page, ids.length);
    await page.waitForFunction((n) => document.querySelector("[data-shown]").textContent.startsWith(`Xong: ${n} thành công, 0 không`), ids.length);
    console.log(`${ids.length} documents: cut once, stopped with ${stopped.filter((state) => state === "waits").length} left, all signed`);
    await leader.context.close();
  }
} finally {
  cable.close();
  await browser.close();
}
process.exit(0);
