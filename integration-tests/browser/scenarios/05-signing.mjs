// The leader approves and signs: several under one mandate, only what was looked at, a result for each.
import assert from "node:assert/strict";

import { KEY_PASSWORD } from "../office.mjs";

export const title = "Lãnh đạo: duyệt và ký số";

export async function run(play) {
  const leader = await play.person("giamdoc");
  const { page } = leader;

  await play.step("the list of what waits for approval leads to the draft", async () => {
    await page.goto("/van-ban-di/trinh-ky");
    await leader.look("trinh-ky");
    assert.ok(await leader.count(`a[href='/van-ban-di/${play.shared.reply}/duyet']`) > 0);
  });

  await play.step("approving: the places are known; a place is moved by the arrow keys", async () => {
    await page.goto(`/van-ban-di/${play.shared.reply}/duyet`);
    await leader.sees(/đã biết cả 4/);
    await leader.settled();
    await leader.look("duyet");
    await leader.keys("V");
    await leader.focusIs("[data-places] input", "the places");
    await leader.tabTo("tr[data-place] button", { back: true });
    await leader.keys("Enter");
    await leader.focusIs(".s-place", "the box on the page");
    const name = await page.evaluate(() => document.activeElement.dataset.name);
    const before = await page.inputValue(`[name='o.${name}.trai']`);
    await leader.keys("ArrowRight");
    assert.notEqual(await page.inputValue(`[name='o.${name}.trai']`), before);
    await leader.keys("ArrowLeft");
    assert.equal(await page.inputValue(`[name='o.${name}.trai']`), before);
    await leader.look("duyet-dat-vi-tri");
  });

  await play.step("approved; it stands first among what waits for the signature", async () => {
    await page.goto(`/van-ban-di/${play.shared.reply}/duyet`);
    await leader.keysSend("Ctrl+Enter");
    await leader.sees(/Đã duyệt/, "[data-toast]");
    assert.match(leader.where(), /^\/ky-so\?vb=out_/);
  }, { does: ["ApproveDraft"] });

  await play.step("nothing can be signed that was not looked at", async () => {
    await page.goto("/ky-so");
    await page.waitForFunction(() => document.querySelectorAll("[data-thumb] canvas").length > 3);
    await leader.look("ky-so");
    assert.ok(await page.isDisabled("[data-go]"));
    assert.ok(await page.locator("input[name=vb]").evaluateAll((all) => all.every((b) => b.disabled && !b.checked)));
    // The server does not believe the page.
    const form = await page.evaluate(() => {
      const f = document.querySelector("form#ky");
      const id = f.querySelector("input[name=vb]").value;
      return { csrf: f.querySelector("[name=csrf]").value, ma: f.querySelector("[name=ma]").value, vb: id, [`bam.${id}`]: f.querySelector(`[name='bam.${id}']`).value, certificate_id: f.querySelector("[name=certificate_id]").value };
    });
    const answer = await leader.context.request.post("/ky-so/ky", { form: { ...form, "mat-khau": KEY_PASSWORD }, headers: { origin: leader.at } });
    assert.match(await answer.text(), /chưa (được )?(mở|xem)/i);
    const still = await leader.context.request.get("/ky-so");
    assert.match(await still.text(), new RegExp(`data-id="${form.vb}"`));
  });

  await play.step("Space opens, Space says looked at and opens the next; X takes out", async () => {
    await page.goto(`/ky-so?vb=${play.shared.reply}`);
    await page.goto("/ky-so");
    const total = await leader.count(".thumb");
    await leader.keys("Space");
    await page.waitForSelector("dialog.big[open] canvas");
    await leader.look("ky-so-mo-to");
    for (let i = 0; i < 2; i += 1) {
      await page.waitForFunction(() => !document.querySelector("[data-big=seen]").disabled);
      await leader.keys("Space");
    }
    await page.waitForFunction(() => !document.querySelector("[data-big=seen]").disabled);
    await leader.keys("X");
    await leader.keys("Escape");
    await page.waitForFunction(() => !document.querySelector("dialog.big[open]"));
    assert.equal(await page.locator("[data-opened]").innerText(), "2");
    assert.equal(await page.locator("[data-out]").innerText(), "1");
    assert.match(await page.locator("[data-why]").innerText(), new RegExp(`Còn ${total - 3} văn bản chưa xem`));
    assert.match(await page.locator("[data-go]").innerText(), /Ký 2 văn bản/);
    await leader.look("ky-so-hai-van-ban");
  });

  await play.step("a wrong password of the key: told at its field, what was looked at stays", async () => {
    await leader.fill("input[name=mat-khau]", "sai-roi");
    await leader.keysSend("Ctrl+Enter");
    await leader.sees(/Cần sửa|Chưa được|Không được/);
    assert.equal(await page.locator("[data-opened]").innerText(), "2");
    await leader.look("ky-so-sai-mat-khau");
  });

  await play.step("two are signed under one mandate; each has its result", async () => {
    await leader.fill("input[name=mat-khau]", KEY_PASSWORD);
    await leader.keysSend("Ctrl+Enter");
    assert.match(leader.where(), /^\/ky-so\/loat/);
    await leader.sees(/Xong: 2 thành công, 0 không thành công/);
    assert.equal(await page.locator("tbody tr[data-state=good]", { hasText: "Ký số thành công" }).count(), 2);
    await leader.look("ky-so-ket-qua");
    // What is signed is on the record: the page tells the same when it is loaded again, and signs nothing.
    await page.reload();
    await leader.sees(/Xong: 2 thành công/);
    // Nothing failed: the list of failures says so.
    await page.goto("/ky-so/that-bai");
    await leader.sees(/Không có văn bản nào/);
    await leader.look("ky-so-that-bai");
  }, { does: ["RecordSigned"] });

  await play.step("the reply is signed: opened with Enter, by keyboard alone", async () => {
    await page.goto(`/ky-so?vb=${play.shared.reply}`);
    if (await leader.count(`.thumb[data-id='${play.shared.reply}']`) === 0) return;
    await leader.keys("Enter");
    await page.waitForFunction(() => !document.querySelector("[data-big=seen]").disabled);
    await leader.keys("Space", "Escape");
    await leader.fill("input[name=mat-khau]", KEY_PASSWORD);
    await leader.keysSend("Ctrl+Enter");
    await leader.sees(/Xong: 1 thành công/);
  });

  await play.step("R returns one to its drafter with a reason, without leaving the screen", async () => {
    await page.goto("/ky-so");
    const before = await leader.count(".thumb");
    await leader.keys("R");
    await leader.focusIs("#f-ly-do", "returning");
    await leader.type("Xem lại căn cứ");
    await leader.look("ky-so-tra-lai");
    await leader.keysSend("Ctrl+Enter");
    await leader.sees(/Đã trả lại dự thảo/, "[data-toast]");
    assert.equal(await leader.count(".thumb"), before - 1);
  });

  await play.step("by mouse: one is opened, looked at and signed", async () => {
    await page.goto("/ky-so");
    await page.locator(".thumb .sheet-wrap").first().click();
    await page.waitForFunction(() => !document.querySelector("[data-big=seen]").disabled);
    await page.click("[data-big=seen]");
    await page.waitForFunction(() => !document.querySelector("[data-big=seen]").disabled);
    await page.click("[data-big=close]");
    await page.fill("input[name=mat-khau]", KEY_PASSWORD);
    await page.click("[data-go]");
    await leader.sees(/Xong: 1 thành công/);
  });

  await play.step("what was signed is listed", async () => {
    await page.goto("/ky-so/da-ky");
    assert.ok(await leader.count(`a.go[href='/van-ban-di/${play.shared.reply}']`) > 0);
    await leader.look("da-ky");
    await page.goto("/ky-so/chung-thu");
    await leader.look("chung-thu-cua-toi");
  });

  await play.step("a signature that fails is told with its reason, is listed, and can be tried again", async () => {
    await page.goto("/ky-so");
    assert.ok(await leader.count(".thumb") > 0, "something waits");
    await leader.keys("Space");
    await page.waitForFunction(() => !document.querySelector("[data-big=seen]").disabled);
    await leader.keys("Space", "Escape");
    // The certificate is withdrawn while the key is open, before the first document is reached.
    await page.route("**/ky-so/loat/tiep", async (route) => {
      const other = await leader.context.newPage();
      await other.goto("/ky-so/chung-thu");
      const form = other.locator("li:not(.void) details").first();
      if (await form.count()) {
        await form.locator("summary").click();
        await form.locator("input[name=reason]").fill("Mất thiết bị");
        await form.locator("button").click();
        await other.waitForSelector("[data-toast]");
      }
      await other.close();
      await route.continue();
    });
    await leader.fill("input[name=mat-khau]", KEY_PASSWORD);
    await leader.keysSend("Ctrl+Enter");
    await leader.sees(/Xong: 0 thành công, 1 không thành công/);
    await page.unroute("**/ky-so/loat/tiep");
    await leader.look("ky-so-that-bai-ket-qua");
    await page.goto("/ky-so/that-bai");
    assert.equal(await leader.count("tbody tr"), 1);
    assert.match(await page.locator("tbody a.btn").getAttribute("href"), /^\/ky-so\?vb=out_/);
    await leader.look("ky-so-that-bai-danh-sach");
  }, { does: ["RecordSigningFailed"] });
}
