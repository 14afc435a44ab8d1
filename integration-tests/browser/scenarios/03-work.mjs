// The unit works: the head hands on, the officer reports and completes; what is not theirs is refused.
import assert from "node:assert/strict";

import { day } from "../calendar.mjs";

export const title = "Trưởng phòng và chuyên viên: xử lý việc được giao";

/** Goes to the row of a document with J and opens it with Enter. */
async function openRow(who, id) {
  const href = `/van-ban/${id}`;
  for (let i = 0; i < 60; i += 1) {
    const here = await who.page.evaluate(() => document.querySelector("tr.here .go, li.here .go")?.getAttribute("href"));
    if (here === href) break;
    await who.keys("J");
  }
  await who.page.evaluate(() => document.activeElement.blur());
  await who.keysTo(new RegExp(`^${href}`), "Enter");
}

export async function run(play) {
  const head = await play.person("truongphong");

  await play.step("the head of the unit sees it among the work and opens it: who gave it sees that", async () => {
    await head.page.goto("/viec/chu-tri");
    await head.look("viec-cua-toi");
    await openRow(head, play.shared.letter);
    await head.sees(/Chủ trì, tham mưu/);
    await head.look("chi-tiet-truong-phong");
  }, { does: ["RecordOpened"] });

  await play.step("the head hands it on to an officer of the unit", async () => {
    await head.page.goto(`/van-ban/${play.shared.letter}`);
    await head.keysTo(/\/giao$/, "I");
    await head.focusIs("#f-person_id", "handing on");
    await head.look("giao-viec");
    await head.pick("#f-person_id", "^Huỳnh Thị Giang");
    await head.fill("#f-due_date", day(12));
    await head.leave("#f-due_date");
    await head.keys("A");
    await head.keysSend("Ctrl+Enter");
    await head.sees(/Đã giao Huỳnh Thị Giang/, "[data-toast]");
    await head.sees(/Huỳnh Thị Giang[^]*chưa mở/);
  }, { does: ["HandOn"] });

  const officer = await play.person("chuyenvien");
  const { page } = officer;

  await play.step("the officer finds it at home, opens it; it counts as opened", async () => {
    await page.goto("/");
    await officer.look("trang-chu-chuyen-vien");
    await page.goto("/viec/chu-tri");
    await openRow(officer, play.shared.letter);
    await head.page.goto(`/van-ban/${play.shared.letter}`);
    await head.sees(/Huỳnh Thị Giang/);
    const row = await head.page.locator(".hold", { hasText: "Huỳnh Thị Giang" }).last().innerText();
    assert.doesNotMatch(row, /chưa mở/);
  });

  await play.step("progress is reported", async () => {
    await page.goto(`/van-ban/${play.shared.letter}`);
    await officer.keysTo(/\/tien-do$/, "B");
    play.shared.officerWork = officer.where().split("/")[2];
    await officer.look("bao-tien-do");
    await officer.type("Đã tổng hợp số liệu của 12 xã");
    await officer.keysSend("Ctrl+Enter");
    await officer.sees(/Đã báo tiến độ/, "[data-toast]");
    await officer.sees(/12 xã/);
  }, { does: ["ReportProgress"] });

  await play.step("an officer does not move the own deadline: no button, and the server refuses", async () => {
    await page.goto(`/van-ban/${play.shared.letter}`);
    assert.equal(await officer.count(".acts a[href$='/gia-han']"), 0);
    await page.goto(`/viec/${play.shared.officerWork}/gia-han`);
    await page.fill("#f-due_date", day(60));
    await page.fill("#f-reason", "muốn thêm thời gian");
    await officer.keysSend("Ctrl+Enter");
    await officer.sees(/Không được|Không có quyền/);
    await officer.look("gia-han-khong-duoc");
  });

  await play.step("the officer completes the other one: it leaves the list", async () => {
    await page.goto(`/van-ban/${play.shared.second}`);
    await officer.keysTo(/\/hoan-thanh$/, "D");
    await officer.look("bao-xong");
    await officer.leave("#f-result");
    await officer.keys("C");
    assert.match(await page.inputValue("#f-result"), /Đã nghiên cứu, lưu/);
    await officer.keysSend("Ctrl+Enter");
    await officer.sees(/Đã báo xong/, "[data-toast]");
    await page.goto("/viec/chu-tri");
    assert.equal(await officer.count(`a.go[href="/van-ban/${play.shared.second}"]`), 0);
  }, { does: ["CompleteAssignment"] });

  await play.step("by mouse: the tabs of the work list", async () => {
    for (const tab of ["Phối hợp", "Nhận để biết", "Đã giao", "Đã xong"]) {
      await page.locator(".tabs a", { hasText: tab }).click();
      await page.waitForLoadState("load");
      assert.equal((await page.locator(".tabs [aria-current]").innerText()).replace(/\d+/g, "").trim(), tab);
    }
    await officer.look("viec-da-xong");
  });
}
