// Every page of everybody's menu: nothing serious for axe-core, no wider than the window, lists within their weight.
import assert from "node:assert/strict";

import { findings } from "../rules.mjs";
import { LIST_BYTES_MAX, weight } from "../rules.mjs";

export const title = "Mọi trang của mọi người";

const LISTS = /^\/(van-ban-den|van-ban-di|viec|so|tra-cuu|quan-tri\/(nguoi-dung|don-vi|chuc-vu|day-so)|$)/;

export async function run(play) {
  const seen = new Set();
  for (const login of ["vanthu", "giamdoc", "truongphong", "chuyenvien", "thethuc", "luutru", "quantri"]) {
    const person = await play.person(login);
    const { page } = person;
    const links = async () => page.$$eval("#menu a", (all) => all.map((a) => a.getAttribute("href")));
    const queue = await links();
    for (const first of [...queue]) {
      await page.goto(first);
      queue.push(...await links());
    }
    for (const to of [...new Set(queue)]) {
      // One page of several people is drawn once for each kind of person that has it first.
      if (seen.has(to) && to !== "/") continue;
      seen.add(to);
      await play.step(`${login}: ${to}`, async () => {
        const answer = await page.goto(to);
        assert.equal(answer.status(), 200);
        await person.look(`menu-${login}${to.replaceAll("/", "-")}`);
        const title = await page.title();
        assert.match(title, /\S – Văn Thư$/);
        assert.equal(await page.locator("h1").count(), 1, "one heading of the first rank");
        await person.seesNot(/UNSPECIFIED|\{\{|undefined|NaN|[A-Z]{3,}_[A-Z]{3,}/, "body");
        if (LISTS.test(to)) {
          const { bytes, parts } = await weight(person.context, to);
          assert.ok(bytes <= LIST_BYTES_MAX, `${bytes} bytes: ${parts.map(([n, b]) => `${n} ${b}`).join(", ")}`);
        }
      });
    }
  }

  const clerk = await play.person("vanthu2");
  await play.step("the rules can fail: what is wrong on purpose is found", async () => {
    await clerk.page.goto("/so/den");
    await clerk.page.evaluate(() => { const i = document.createElement("input"); document.querySelector("main").append(i); });
    const found = await findings(clerk.page);
    assert.ok(found.some((v) => v.id === "label" && v.impact === "critical"), JSON.stringify(found));
    const before = clerk.faults.length;
    await clerk.page.evaluate(() => { const s = document.createElement("script"); s.textContent = "1"; document.body.append(s); const i = new Image(); i.src = "https://elsewhere.example/x.png"; });
    await clerk.page.waitForTimeout(200);
    assert.ok(clerk.faults.length > before, "a script in the page is told");
    clerk.faults.length = before;
  });
}
