// Every page of everybody's menu: nothing serious for axe-core, no wider than the window, lists within their weight.
import assert from "node:assert/strict";

import { LIST_BYTES_MAX, findings, hidden, serious, weight } from "../rules.mjs";
import { PATIENCE } from "../person.mjs";

export const title = "Mọi trang của mọi người";

const LISTS = /^\/(van-ban-den|van-ban-di|viec|so|tra-cuu|quan-tri\/(nguoi-dung|don-vi|chuc-vu|day-so)|$)/;

export async function run(play) {
  const seen = new Set();
  const menus = new Map();
  const everybody = new Map();
  for (const login of ["vanthu", "giamdoc", "truongphong", "chuyenvien", "thethuc", "luutru", "quantri"]) {
    const person = await play.person(login);
    const { page } = person;
    const links = async () => page.$$eval("#menu a", (all) => all.map((a) => a.getAttribute("href")));
    const queue = await links();
    for (const first of [...queue]) {
      await page.goto(first);
      queue.push(...await links());
    }
    menus.set(login, new Set(queue));
    everybody.set(login, person);
    for (const to of menus.get(login)) {
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
        await page.emulateMedia({ colorScheme: "dark" });
        const dark = serious(await findings(page));
        await page.emulateMedia({ colorScheme: "light" });
        assert.deepEqual(dark, [], "axe-core in the dark");
        if (LISTS.test(to)) {
          const { bytes, parts } = await weight(person.context, to);
          assert.ok(bytes <= LIST_BYTES_MAX, `${bytes} bytes: ${parts.map(([n, b]) => `${n} ${b}`).join(", ")}`);
        }
      });
    }
  }

  const all = new Set([...menus.values()].flatMap((m) => [...m]));
  await play.step("roles apart: pages of others are refused or empty, never broken; those of the administrator are refused", async () => {
    for (const [login, person] of everybody) {
      for (const to of all) {
        if (menus.get(login).has(to)) continue;
        const answer = await person.context.request.get(to);
        const status = answer.status();
        assert.ok([200, 403, 404].includes(status), `${login} ${to}: ${status}`);
        if (to.startsWith("/quan-tri")) assert.equal(status, 403, `${login} ${to}`);
        if (login === "quantri" && status === 200) {
          assert.doesNotMatch(await answer.text(), /href="\/van-ban(-di)?\/(in|out)_/, `${login} sees documents on ${to}`);
        }
      }
    }
  });

  await play.step("G Q ends the session", async () => {
    const checker = everybody.get("thethuc");
    await checker.page.goto("/toi");
    await checker.keysTo(/^\/dang-nhap/, "G Q");
    await checker.page.goto("/viec/chu-tri");
    assert.match(checker.page.url(), /dang-nhap/);
  });

  const clerk = await play.person("vanthu2");
  await play.step("the rules can fail: what is wrong on purpose is found", async () => {
    await clerk.page.goto("/so/den");
    await clerk.page.evaluate(() => { const i = document.createElement("input"); document.querySelector("main").append(i); });
    const found = await findings(clerk.page);
    assert.ok(found.some((v) => v.id === "label" && v.impact === "critical"), JSON.stringify(found));
    assert.deepEqual(await hidden(clerk.page), []);
    await clerk.page.evaluate(() => { const d = document.createElement("div"); d.style.position = "fixed"; d.style.inset = "0"; document.body.append(d); });
    assert.ok((await hidden(clerk.page)).some((w) => /covered/.test(w)), "what is covered is found");
    const before = clerk.faults.length;
    await clerk.page.evaluate(() => { const s = document.createElement("script"); s.textContent = "1"; document.body.append(s); const i = new Image(); i.src = "https://elsewhere.example/x.png"; });
    const late = Date.now() + PATIENCE;
    while (clerk.faults.length === before && Date.now() < late) await clerk.page.waitForTimeout(50);
    assert.ok(clerk.faults.length > before, "a script in the page is told");
    clerk.faults.length = before;
  });
}
