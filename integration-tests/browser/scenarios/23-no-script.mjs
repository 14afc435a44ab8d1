// A walk without JavaScript: log in, receive, register, read, log out. Everything a script does only helps.
import assert from "node:assert/strict";

import { letter } from "../paper.mjs";

export const title = "Không có JavaScript";

export async function run(play) {
  const clerk = await play.guest("vanthu", { javaScriptEnabled: false });
  const { page } = clerk;
  const send = (locator) => Promise.all([page.waitForEvent("load"), locator.click()]);

  await play.step("log in, in English and back", async () => {
    await page.goto("/dang-nhap");
    await send(page.locator("a.tongue"));
    assert.match(await page.content(), /<html lang="en">/);
    await send(page.locator("a.tongue"));
    await page.fill("input[name=login]", "vanthu");
    await page.fill("input[name=mat-khau]", "vanthu-demo-2026");
    await send(page.locator("form[action='/dang-nhap'] button"));
    assert.equal(clerk.where(), "/");
    assert.match(await page.locator("h1").innerText(), /Trang chủ/);
  });

  await play.step("a file is chosen and sent with a button, the document registered and read", async () => {
    await page.goto("/tiep-nhan");
    await page.setInputFiles("#tep", { name: "khong-script.pdf", mimeType: "application/pdf", buffer: letter(["khong script"]) });
    await send(page.locator("form.drop button[type=submit]"));
    assert.match(clerk.where(), /^\/tiep-nhan\?vb=in_/);
    const id = new URL(page.url()).searchParams.get("vb");
    await page.fill("[name='facts.issuer']", "Sở Tài chính");
    await page.fill("[name='facts.notation']", "4711/STC-KS");
    await page.selectOption("[name='facts.kind']", { label: "Công văn" });
    await page.fill("[name='facts.issued_date']", "16/11/2026");
    await page.fill("[name='facts.subject']", "kiểm tra trang không có script");
    await send(page.locator("button[form=vao-so]"));
    await page.goto(`/van-ban/${id}`);
    assert.match(await page.locator("main").innerText(), /4711\/STC-KS/);
    const open = page.locator("a:has-text('Mở tệp PDF')");
    assert.equal(await open.count(), 1, "the file is a link where no viewer draws it");
    const file = await clerk.context.request.get(await open.getAttribute("href"));
    assert.equal(file.headers()["content-type"], "application/pdf");
    assert.ok((await file.body()).subarray(0, 5).equals(Buffer.from("%PDF-")));
  });

  await play.step("a wrong form comes back with what was typed and what is wrong with it", async () => {
    await page.goto("/tiep-nhan");
    await send(page.locator("form.paper button"));
    await page.fill("[name='facts.issued_date']", "31/11/2026");
    await page.fill("[name='facts.subject']", "ngày không có thật");
    await send(page.locator("button[form=vao-so]"));
    assert.match(await page.locator("main").innerText(), /Ngày này không có trong lịch/);
    assert.equal(await page.inputValue("[name='facts.issued_date']"), "31/11/2026");
    assert.equal(await page.inputValue("[name='facts.subject']"), "ngày không có thật");
  });

  await play.step("the book, the search, the account, log out", async () => {
    await page.goto("/so/den");
    assert.match(await page.locator("main").innerText(), /4711\/STC-KS/);
    await page.fill(".top-find input", "4711/STC-KS");
    await Promise.all([page.waitForEvent("load"), page.press(".top-find input", "Enter")]);
    assert.match(clerk.where(), /^\/tra-cuu/);
    assert.match(await page.locator("main").innerText(), /4711\/STC-KS/);
    await page.goto("/toi");
    await send(page.locator("form[action='/dang-xuat'] button"));
    assert.match(clerk.where(), /^\/dang-nhap/);
  });
}
