// What holds on every page: nothing serious for axe-core, nothing on the console, nothing from elsewhere, light lists.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const BAD = new Set(["serious", "critical"]);

/** Bytes that a page of a list may take over the wire, with everything it needs and nothing in the cache. */
export const LIST_BYTES_MAX = 80 * 1024;

/** Serious and critical findings of axe-core (WCAG 2.2 A and AA, best practice) on a page. */
export async function findings(page) {
  // Through the protocol, not as a script of the page: the page's policy stays as it is.
  const client = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await client.send("Page.getFrameTree");
    const { executionContextId } = await client.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
    await client.send("Runtime.evaluate", { expression: AXE, contextId: executionContextId });
    const expression = `axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
      .then((r) => JSON.stringify(r.violations.map((v) => ({ id: v.id, impact: v.impact, help: v.help, at: v.nodes.slice(0, 3).map((n) => n.target.join(" ") + ": " + n.html.slice(0, 160)) }))))`;
    const answer = await client.send("Runtime.evaluate", { expression, contextId: executionContextId, awaitPromise: true });
    if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description ?? "axe did not run");
    return JSON.parse(answer.result.value);
  } finally {
    await client.detach().catch(() => {});
  }
}

/** Words for the serious findings; empty when there are none. */
export function serious(found) {
  return found.filter((v) => BAD.has(v.impact)).map((v) => `${v.impact} ${v.id}: ${v.help}\n      ${v.at.join("\n      ")}`);
}

/** What can be clicked but is covered by something else, or cut off at a side. */
export function hidden(page) {
  return page.evaluate(() => {
    const wrong = [];
    const top = document.querySelector("dialog[open]") ?? document.body;
    const name = (el) => `${el.tagName.toLowerCase()}${el.id ? `#${el.id}` : ""} “${(el.innerText || el.getAttribute("aria-label") || el.name || "").replace(/\s+/g, " ").trim().slice(0, 40)}”`;
    for (const el of top.querySelectorAll("button, a[href], summary, select, textarea, input:not([type=hidden]):not([type=file])")) {
      const r = el.getBoundingClientRect();
      if (r.width < 4 || r.height < 4 || r.right < 0 || r.bottom < 0 || getComputedStyle(el).opacity === "0") continue;
      if (!el.checkVisibility({ visibilityProperty: true })) continue;
      // What is left of it within every pane that clips: what has scrolled away is not covered.
      const seen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
      for (let up = el.parentElement; up; up = up.parentElement) {
        const style = getComputedStyle(up);
        if (style.overflowX === "visible" && style.overflowY === "visible") continue;
        if (style.display.includes("-webkit-box") || style.textOverflow === "ellipsis") continue;
        const c = up.getBoundingClientRect();
        // A pane that scrolls sideways shows the rest: what has scrolled away at its side is not covered.
        if (up.scrollWidth > up.clientWidth + 1 && /auto|scroll/.test(style.overflowX) && (r.right > c.right + 1 || r.left < c.left - 1)) seen.away = true;
        if (up.scrollWidth <= up.clientWidth + 1 || style.overflowX === "hidden" || style.overflowX === "clip") {
          seen.left = Math.max(seen.left, c.left);
          seen.right = Math.min(seen.right, c.right);
        }
        seen.top = Math.max(seen.top, c.top);
        seen.bottom = Math.min(seen.bottom, c.bottom);
      }
      if (seen.away) continue;
      const middle = (r.top + r.bottom) / 2;
      if (middle < seen.top + 2 || middle > seen.bottom - 2) continue;
      if (r.left < seen.left - 1 || r.right > seen.right + 1) { wrong.push(`${name(el)} is cut off at a side`); continue; }
      const box = el.getClientRects()[0];
      const at = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
      if (!at || at === el || el.contains(at) || at.contains(el) || at.closest("label")?.control === el) continue;
      // What floats over the page for ten seconds, what stands at the head or foot of a list, and the boxes on a page do
      // so by design; so does the head of the page over what has scrolled away under it.
      if (at.closest("[data-toast], .paging, thead, .s-place, .bar") || (scrollY > 0 && at.closest("header.top"))) continue;
      wrong.push(`${name(el)} is covered by ${name(at)}`);
    }
    return wrong;
  });
}

/** Notes everything a page of `context` should not do: words on the console, errors, requests to other hosts. */
export function watch(context, at, faults) {
  context.on("page", (page) => {
    page.on("console", (message) => {
      if (!["error", "warning"].includes(message.type())) return;
      // A page that is refused says so by its status: Chromium writes that down for the page itself, too.
      if (/the server responded with a status of 4\d\d/.test(message.text()) && message.location().url === page.url()) return;
      faults.push(`console ${message.type()} on ${page.url()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => faults.push(`error on ${page.url()}: ${error.message}`));
  });
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${at}/`) && !/^(data|blob|about|chrome-extension):/.test(url)) faults.push(`request to elsewhere: ${url}`);
  });
  context.on("response", (response) => {
    if (response.status() >= 500) faults.push(`answer ${response.status()} from ${response.url()}`);
  });
}

/** Bytes over the wire of `url` in a fresh cache, and of what: opened in a page of its own. */
export async function weight(context, url) {
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  await client.send("Network.enable");
  await client.send("Network.setCacheDisabled", { cacheDisabled: true });
  const names = new Map();
  const parts = [];
  client.on("Network.responseReceived", (e) => names.set(e.requestId, e.response.url));
  client.on("Network.loadingFinished", (e) => parts.push([new URL(names.get(e.requestId) ?? "about:blank").pathname, e.encodedDataLength]));
  try {
    await page.goto(url, { waitUntil: "load" });
    // The stream of changes stays open: the network never rests.
    await page.waitForTimeout(700);
  } finally {
    await page.close();
  }
  return { bytes: parts.reduce((sum, [, n]) => sum + n, 0), parts };
}
