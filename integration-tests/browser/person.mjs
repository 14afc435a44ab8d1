// Somebody at a desk: a browser of their own, hands on the keyboard.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { PASSWORD } from "./office.mjs";
import { findings, hidden, serious, watch } from "./rules.mjs";

const SHOTS = path.join(path.dirname(fileURLToPath(import.meta.url)), "screenshots");
const TABS_MAX = 400;
/** How long something that must come may take, in milliseconds: long enough for a busy machine, for nothing waits in vain. */
export const PATIENCE = 30_000;

export class Person {
  constructor(at, login, context, page, faults, tell) {
    Object.assign(this, { at, login, context, page, faults, tell });
  }

  /** Opens a browser for `login` (or for a passer-by without one) at 1366×768; `more` are settings of the browser. */
  static async open(browser, at, login, tell, more = {}) {
    const context = await browser.newContext({
      viewport: { width: 1366, height: 768 }, locale: "vi-VN", timezoneId: "Asia/Ho_Chi_Minh", baseURL: at, acceptDownloads: true, ...more,
    });
    context.setDefaultTimeout(PATIENCE);
    const faults = [];
    watch(context, at, faults);
    const page = await context.newPage();
    // Somebody listens from the start: Chromium then asks us, and never opens a chooser of its own.
    page.on("filechooser", () => {});
    return new Person(at, login, context, page, faults, tell);
  }

  async close() { await this.context.close(); }

  /** Logs in by keyboard alone: the first input has the focus. */
  async logIn(password = PASSWORD) {
    await this.page.goto("/dang-nhap");
    await this.tabTo("input[name=login]");
    await this.type(this.login);
    await this.tabTo("input[name=mat-khau]");
    await this.type(password);
    await this.keys("Enter");
    await this.page.waitForURL((url) => url.pathname !== "/dang-nhap");
  }

  async go(to) {
    const answer = await this.page.goto(to);
    return answer;
  }

  /** Where the browser is: path and query. */
  where() {
    const url = new URL(this.page.url());
    return decodeURIComponent(url.pathname) + url.search;
  }

  // ── Keyboard ──────────────────────────────────────────────────────────────
  /** Presses keys one after the other, named as the screens write them: "Ctrl+Enter", "G D", "J". */
  async keys(...presses) {
    for (const press of presses.flatMap((p) => (p === " " ? [p] : p.split(" ")))) {
      const parts = press.split("+").map((k) => ({ Ctrl: "Control", Space: " " })[k] ?? k);
      const last = parts.at(-1);
      if (press !== "+" && last.length === 1 && !press.startsWith("Shift")) parts[parts.length - 1] = last.toLowerCase();
      await this.page.keyboard.press(press === "+" ? "+" : parts.join("+"));
    }
  }

  /** Keys that lead to another page: waits until it is there. */
  async keysTo(pattern, ...presses) {
    const from = this.page.url();
    await Promise.all([
      this.page.waitForURL((url) => (pattern ? pattern.test(url.pathname + url.search) : true) && url.href !== from, { waitUntil: "load" }),
      this.keys(...presses),
    ]);
  }

  /** Keys that send a form: waits for the page that answers, wherever it is. */
  async keysSend(...presses) {
    await Promise.all([this.page.waitForEvent("load"), this.keys(...presses)]);
  }

  /** Keys that open the chooser of files; the files are taken and the page that follows is waited for. */
  async keysFiles(pattern, files, ...presses) {
    const [chooser] = await Promise.all([this.page.waitForEvent("filechooser"), this.keys(...presses)]);
    const from = this.page.url();
    await Promise.all([
      pattern ? this.page.waitForURL((url) => pattern.test(url.pathname + url.search) && url.href !== from) : null,
      chooser.setFiles(files),
    ]);
  }

  /** Types into what has the focus; a page that opens gives it to its first input a moment later. */
  async type(text) {
    const takes = await this.page.waitForFunction(() => document.activeElement?.matches("input:not([type=checkbox], [type=radio]), textarea"), null, { timeout: PATIENCE }).then(() => true, () => false);
    if (!takes) throw new Error(`nothing takes what is typed on ${this.where()}: the focus is on ${await this.focus()}`);
    await this.page.keyboard.insertText(text);
  }

  /** Opens a summary with Tab and Enter; its first input then has the focus. */
  async unfold(selector, first) {
    await this.tabTo(selector);
    await this.keys("Enter");
    await this.focusIs(first, "what was opened");
  }

  /** Leaves the input that has the focus, so that keys are keys again. */
  async leave(selector) {
    if (selector) await this.focusIs(selector, "the page");
    await this.keys("Escape");
  }

  /** Replaces what stands in the input that has the focus. */
  async retype(text) {
    await this.page.keyboard.press("Control+a");
    if (text === "") await this.page.keyboard.press("Delete"); else await this.type(text);
  }

  /** Goes to an element with the Tab key alone. */
  async tabTo(selector, { back = false } = {}) {
    const is = () => this.page.evaluate((s) => document.activeElement?.matches(s) ?? false, selector);
    if (await is()) return;
    for (let i = 0; i < TABS_MAX; i += 1) {
      await this.page.keyboard.press(back ? "Shift+Tab" : "Tab");
      if (await is()) return;
    }
    throw new Error(`${selector} cannot be reached with the Tab key on ${this.where()}`);
  }

  /** Goes to an input with Tab and writes into it. */
  async fill(selector, text) {
    await this.tabTo(selector);
    await this.retype(text);
  }

  /** Goes to a select with Tab and takes the option that `wanted` matches, with the arrow keys. */
  async pick(selector, wanted) {
    await this.tabTo(selector);
    const steps = await this.page.evaluate(([s, w]) => {
      const select = document.querySelector(s);
      const options = [...select.options];
      const to = options.findIndex((o) => new RegExp(w).test(o.textContent) || o.value === w);
      return to < 0 ? null : to - select.selectedIndex;
    }, [selector, wanted]);
    if (steps === null) throw new Error(`no option ${wanted} in ${selector} on ${this.where()}`);
    for (let i = 0; i < Math.abs(steps); i += 1) await this.page.keyboard.press(steps > 0 ? "ArrowDown" : "ArrowUp");
  }

  /** What has the focus, in words for a failure. */
  focus() {
    return this.page.evaluate(() => {
      const el = document.activeElement;
      return el ? `${el.tagName.toLowerCase()}${el.id ? `#${el.id}` : ""}${el.name ? `[name="${el.name}"]` : ""}` : "";
    });
  }

  async focusIs(selector, why) {
    const held = await this.page.waitForFunction((s) => document.activeElement?.matches(s), selector, { timeout: PATIENCE }).then(() => true, () => false);
    assert.ok(held, `${why}: the focus is on ${await this.focus()}, not on ${selector}`);
  }

  // ── Reading ───────────────────────────────────────────────────────────────
  async text(selector = "main") { return (await this.page.locator(selector).first().innerText()).normalize("NFC"); }

  async sees(pattern, selector = "main") {
    const found = await this.page.waitForFunction(
      ([s, p, f]) => [...document.querySelectorAll(s)].some((el) => new RegExp(p, f).test((el.innerText ?? "").normalize("NFC"))),
      [selector, pattern.source, pattern.flags], { timeout: PATIENCE },
    ).then(() => true, () => false);
    if (!found) {
      const told = await this.page.locator(".note, .why").allInnerTexts();
      const there = (await this.text(selector).catch(() => "")).replace(/\s+/g, " ").slice(0, 300);
      throw new Error(`${pattern} is not on ${this.where()}: ${there}${told.length ? `\n      told: ${told.join(" | ").slice(0, 400)}` : ""}`);
    }
  }

  async seesNot(pattern, selector = "main") {
    const text = await this.text(selector);
    assert.ok(!pattern.test(text), `${pattern} should not be on ${this.where()}`);
  }

  count(selector) { return this.page.locator(selector).count(); }

  // ── Rules of every page ───────────────────────────────────────────────────
  /** A picture of the page under `name`, then the rules of every page; what breaks them is told, and the play goes on. */
  async look(name) {
    await mkdir(SHOTS, { recursive: true });
    await this.settled();
    await this.page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    const broken = [
      ...serious(await findings(this.page)),
      ...(wide > 0 ? [`${wide} px wider than the window`] : []),
      ...await hidden(this.page),
    ];
    if (broken.length > 0) this.tell(`${name}: the rules of every page`, new Error(`${this.where()}\n      ${broken.join("\n      ")}`));
  }

  /** The first page of a document that is being drawn is there. */
  async settled() {
    await this.page.waitForLoadState("load");
    await this.page.waitForFunction(() => {
      const panes = [...document.querySelectorAll("[data-viewer]")];
      return panes.every((pane) => pane.querySelector(".leaf canvas, .nothing h2"));
    }, null, { timeout: PATIENCE }).catch(() => {});
  }
}
