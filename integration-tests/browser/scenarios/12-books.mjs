// The registers: void numbers, days, and tables as files that a spreadsheet opens.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { day, year } from "../calendar.mjs";

export const title = "Sổ văn bản: số huỷ, khoảng ngày, xuất CSV";

const FORMULA = "=HYPERLINK(\"http://x.example\",\"Sở\")";

/** What a key downloads: its name and its text. */
async function downloaded(person, key) {
  const [file] = await Promise.all([person.page.waitForEvent("download"), person.keys(key)]);
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

/** Rows of RFC 4180. */
function rows(text) {
  const found = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    found.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\r\n") found.push([]);
    if (end === "") break;
  }
  return found.filter((row) => row.length > 1);
}

export async function run(play) {
  const clerk = await play.person("vanthu");
  const { page } = clerk;

  await play.step("a number is drawn for what looks like a formula, and voided", async () => {
    await page.goto("/tiep-nhan");
    await clerk.keysTo(/\/tiep-nhan\?vb=in_/, "B");
    const id = new URL(page.url()).searchParams.get("vb");
    await clerk.fill("#f-facts-issuer", FORMULA);
    await clerk.pick("#f-facts-kind", "^Báo cáo");
    await clerk.fill("#f-facts-subject", "+84 là số điện thoại, không phải phép tính");
    await clerk.pick("#f-submit_to", "^Trình sau");
    await clerk.keysSend("Ctrl+Enter");
    play.shared.formula = (await clerk.text("[data-toast]")).match(/số đến (\d+)/)[1];
    await page.goto(`/van-ban/${id}`);
    await clerk.keysTo(/\/huy-so$/, "X");
    await clerk.type("Gõ thử công thức");
    await clerk.keysSend("Ctrl+Enter");
    await clerk.sees(/Đã huỷ số/, "[data-toast]");
  });

  await play.step("H lists the void numbers of the year with reason, who and when", async () => {
    await page.goto("/so/den");
    await clerk.keysTo(/^\/so\/huy/, "H");
    await clerk.sees(/Gõ thử công thức/);
    const line = page.locator("tr", { hasText: "Gõ thử công thức" });
    assert.match(await line.innerText(), new RegExp(`${play.shared.formula}[^]*Sổ đến`));
    assert.match(await line.locator("td").last().innerText(), /\S+ \S+[^]*\d\d:\d\d/);
    await clerk.look("so-huy");
    await clerk.keys("J");
    await clerk.keysTo(/^\/van-ban/, "Enter");
    await page.goto(`/so/huy?nam=${year - 5}`);
    await clerk.sees(/Không có số huỷ/);
  });

  await play.step("E exports the register: a mark for Excel, one row a number, no formula", async () => {
    await page.goto("/so/den");
    const { name, bytes } = await downloaded(clerk, "E");
    assert.equal(name, `so-den-${year}.csv`);
    assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
    const table = rows(bytes.subarray(3).toString("utf8"));
    const last = Number((await page.locator(".page-head .good").innerText()).match(/–([\d.]+)/)[1].replace(".", ""));
    assert.equal(table[0][1], "Số đến");
    assert.equal(table.length - 1, last, "every number of the year, in order");
    assert.deepEqual(table.slice(1).map((r) => Number(r[1])), Array.from({ length: last }, (_, i) => i + 1));
    assert.ok(table.every((row) => row.length === table[0].length));
    assert.ok(table.flat().every((cell) => !/^[=+\-@]/.test(cell)));
    const row = table.find((r) => Number(r[1]) === Number(play.shared.formula));
    assert.equal(row[2], `'${FORMULA}`);
    assert.equal(row.at(-1), "Số huỷ");
  });

  await play.step("days narrow the register, its print and its file; a day that is none is told", async () => {
    await page.goto("/so/den");
    await clerk.fill("#tu", day());
    await clerk.fill("#toi", day());
    await clerk.keysSend("Enter");
    assert.match(clerk.where(), /tu=/);
    const shown = await page.locator("tr .num").count();
    const { bytes } = await downloaded(clerk, "E").catch(async () => { await clerk.leave(); return downloaded(clerk, "E"); });
    const table = rows(bytes.subarray(3).toString("utf8"));
    assert.ok(table.length > 1 && (shown === 50 || table.length - 1 === shown), `${table.length - 1} rows, ${shown} lines`);
    await page.goto("/so/den?tu=31%2F02%2F2026");
    await clerk.sees(/Chưa lọc được/);
    assert.equal((await clerk.context.request.get("/so/den/xuat?tu=31%2F02%2F2026")).status(), 422);
  });

  await play.step("E exports the outgoing register and what was searched for", async () => {
    await page.goto("/so/di");
    const book = await downloaded(clerk, "E");
    assert.equal(rows(book.bytes.subarray(3).toString("utf8"))[0][0], "Số, ký hiệu văn bản");
    await page.goto("/tra-cuu?q=771%2FSTC-QLNS");
    const found = await downloaded(clerk, "E");
    const table = rows(found.bytes.subarray(3).toString("utf8"));
    assert.match(found.name, /^tra-cuu-.*\.csv$/);
    const total = Number((await page.locator("#h-kq").innerText()).match(/^([\d.]+)/)[1].replace(".", ""));
    assert.equal(table.length - 1, total);
  });

  await play.step("both languages: the register and its file", async () => {
    await clerk.context.addCookies([{ name: "vanthu-ngon-ngu", value: "en", url: clerk.at }]);
    await page.goto("/so/den");
    await clerk.sees(/Incoming register/);
    await clerk.look("so-den-en");
    const { bytes } = await downloaded(clerk, "E");
    assert.equal(rows(bytes.subarray(3).toString("utf8"))[0][1], "Incoming no.");
    for (const to of ["/tiep-nhan", "/so/huy", "/so/kiem-chung", "/tra-cuu", "/van-ban-den/tat-ca", "/viec/chu-tri"]) {
      await page.goto(to);
      await clerk.look(`en${to.replaceAll("/", "-")}`);
    }
    await clerk.context.clearCookies({ name: "vanthu-ngon-ngu" });
  });
}
