// What waits changes while one looks at the page: somebody else's act shows at once, without a reload. How soon is told, not
// judged: on a busy machine everything takes its time, and long before the minute after which figures are asked for anyway.
import assert from "node:assert/strict";

import { letter } from "../paper.mjs";
import { PATIENCE } from "../person.mjs";

export const title = "Số đếm đổi ngay";

/** The figure of an entry of the menu; 0 where none stands. */
const figure = (page, href) => page.evaluate((h) => Number(document.querySelector(`#menu a[href="${h}"] .n [aria-hidden]`)?.textContent ?? 0), href);

/** Waits until the figure is `n`; answers after how many milliseconds. */
async function becomes(page, href, n) {
  const began = Date.now();
  await page.waitForFunction(([h, want]) => Number(document.querySelector(`#menu a[href="${h}"] .n [aria-hidden]`)?.textContent ?? 0) === want, [href, n], { timeout: PATIENCE });
  return Date.now() - began;
}

const upload = async (clerk, name) => {
  await clerk.go("/tiep-nhan");
  await clerk.keysFiles(/^\/tiep-nhan/, { name: `${name}.pdf`, mimeType: "application/pdf", buffer: letter([name]) }, "U");
};

export async function run(play) {
  const other = await play.person("vanthu2");
  const clerk = await play.person("vanthu");

  await play.step("a document that another clerk receives: the badge changes by itself, the page stays, the focus too", async () => {
    await other.go("/tiep-nhan");
    await other.page.evaluate(() => { window.stays = true; });
    await other.page.focus("#menu a[href='/tiep-nhan']");
    const before = await figure(other.page, "/tiep-nhan");
    await upload(clerk, "live-1");
    const took = await becomes(other.page, "/tiep-nhan", before + 1);
    console.log(`        after ${took} ms`);
    assert.ok(await other.page.evaluate(() => window.stays), "no reload");
    assert.match(await other.page.title(), /Tiếp nhận/, "the title stays the page's own");
    await other.focusIs("#menu a[href='/tiep-nhan']", "the menu was drawn anew");
  });

  await play.step("the counts of the first page follow, and what is for another changes nothing for those it is not for", async () => {
    await other.go("/");
    const count = () => other.page.locator(".counts a[href='/tiep-nhan'] b").innerText();
    const before = Number(await count());
    await upload(clerk, "live-2");
    await other.page.waitForFunction((n) => Number(document.querySelector(".counts a[href='/tiep-nhan'] b")?.textContent) === n, before + 1, { timeout: PATIENCE });
    await other.look("live-home");
  });

  await play.step("a page that was not looked at counts anew when it is looked at again", async () => {
    await other.go("/so/den");
    const hide = (state) => other.page.evaluate((s) => {
      Object.defineProperty(document, "visibilityState", { value: s, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
    const before = await figure(other.page, "/tiep-nhan");
    const first = before === 0 ? await (async () => { await other.go("/tiep-nhan"); return figure(other.page, "/tiep-nhan"); })() : before;
    await hide("hidden");
    await upload(clerk, "live-3");
    await other.page.waitForTimeout(1_500);
    assert.equal(await figure(other.page, "/tiep-nhan"), first, "nobody is told who does not look");
    await hide("visible");
    await becomes(other.page, "/tiep-nhan", first + 1);
  });

  await play.step("where no stream is to be had the figures are asked for each minute", async () => {
    const far = await play.guest("vanthu2");
    await far.page.route("**/thay-doi*", (route) => route.fulfill({ status: 429, body: "" }));
    await far.page.clock.install();
    await far.logIn();
    await far.go("/tiep-nhan");
    const before = await figure(far.page, "/tiep-nhan");
    await upload(clerk, "live-4");
    await far.page.waitForTimeout(300);
    assert.equal(await figure(far.page, "/tiep-nhan"), before);
    await far.page.clock.fastForward("01:20");
    await becomes(far.page, "/tiep-nhan", before + 1);
    far.faults.length = 0;
  });

  await play.step("the stream ends with the session: who logs out in one window is told nothing in the other", async () => {
    const gone = await play.person("vanthu2");
    await gone.go("/tiep-nhan");
    const second = await gone.context.newPage();
    await second.goto("/toi");
    const menu = await gone.page.locator("#menu").innerText();
    const [ended] = await Promise.all([
      gone.page.waitForEvent("requestfinished", { predicate: (r) => r.url().includes("/thay-doi"), timeout: PATIENCE }),
      second.locator("form[action='/dang-xuat'] button").click(),
    ]);
    assert.ok(ended);
    await upload(clerk, "live-5");
    await gone.page.waitForTimeout(2_000);
    assert.equal(await gone.page.locator("#menu").innerText(), menu, "the menu stays as it was");
  });
}
