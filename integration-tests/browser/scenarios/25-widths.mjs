// Narrow windows: 1000 px (half of a wide screen) and 768 px. Nothing is wider than the window, covered or cut off.
import assert from "node:assert/strict";

import { findings, hidden, serious } from "../rules.mjs";

export const title = "Màn hình hẹp";

export async function run(play) {
  for (const login of ["vanthu", "giamdoc", "chuyenvien", "quantri"]) {
    const person = await play.person(login);
    const { page } = person;
    const menu = new Set(await page.$$eval("#menu a", (all) => all.map((a) => a.getAttribute("href"))));
    for (const first of [...menu]) {
      await page.goto(first);
      for (const to of await page.$$eval("#menu a", (all) => all.map((a) => a.getAttribute("href")))) menu.add(to);
    }
    for (const width of [1000, 768]) {
      await page.setViewportSize({ width, height: 768 });
      await play.step(`${login}, ${width} px: every page of the menu`, async () => {
        const wrong = [];
        for (const to of menu) {
          await page.goto(to);
          await person.settled();
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          if (wide > 0) wrong.push(`${to}: ${wide} px wider than the window`);
          wrong.push(...(await hidden(page)).map((w) => `${to}: ${w}`));
          wrong.push(...serious(await findings(page)).map((w) => `${to}: ${w}`));
        }
        assert.deepEqual(wrong, []);
      });
    }
    await person.look(`hep-${login}`);
  }
}
