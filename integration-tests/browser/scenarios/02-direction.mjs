// The leader reads and directs: units by number keys, a deadline, undo, the next one opens.
import assert from "node:assert/strict";

import { day } from "../calendar.mjs";

export const title = "Lãnh đạo: đọc và chỉ đạo";

/** The number key of a unit, as it is written beside it. */
async function keyOf(page, unit) {
  return page.locator(".units li", { hasText: unit }).first().locator("kbd").innerText();
}

export async function run(play) {
  const leader = await play.person("giamdoc");
  const { page } = leader;
  const part = (unit) => page.locator(".units li", { hasText: unit }).first().locator("input:checked").inputValue();

  await play.step("units by number keys: lead, support, for information; there is one lead", async () => {
    await page.goto(`/chi-dao?vb=${play.shared.letter}`);
    const [lead, support, know] = await Promise.all(["Phòng Công chức", "Phòng Cải cách", "Văn phòng Sở"].map((u) => keyOf(page, u)));
    await leader.keys(lead);
    await leader.keys(support, know);
    assert.equal(await part("Phòng Công chức"), "chu-tri");
    assert.equal(await part("Phòng Cải cách"), "phoi-hop");
    await leader.keys(know);
    assert.equal(await part("Văn phòng Sở"), "de-biet");
  });

  await play.step("phrases by letter keys, deadline by H, its day is written out", async () => {
    await leader.keys("A", "B");
    assert.match(await page.inputValue("#f-text"), /^Chủ trì, tham mưu, nghiên cứu/);
    const before = await page.locator(".dues input:checked").getAttribute("id");
    await leader.keys("H");
    assert.notEqual(await page.locator(".dues input:checked").getAttribute("id"), before);
    await leader.sees(/= \d\d\/\d\d \+ \d+ ngày làm việc/, ".dues");
    await leader.look("doc-chi-dao");
  });

  await play.step("Ctrl+Enter sends and opens the next; Ctrl+Z takes it back; it is sent again", async () => {
    await leader.keysSend("Ctrl+Enter");
    await leader.sees(new RegExp(`Đã chuyển ${play.shared.letterNumber} cho Phòng Công chức`), "[data-toast]");
    await leader.look("doc-chi-dao-hoan-tac");
    await leader.keysSend("Ctrl+Z");
    await leader.sees(/Đã hoàn tác/, "[data-toast]");
    assert.equal(leader.where(), `/chi-dao?vb=${play.shared.letter}`);
  }, { does: ["UndoDirection"] });

  await play.step("a direction without anybody to do it is refused at its place", async () => {
    await page.goto(`/chi-dao?vb=${play.shared.letter}`);
    await leader.keysSend("Ctrl+Enter");
    await leader.sees(/Cần sửa|Chưa được|Không được/);
    await leader.look("doc-chi-dao-can-sua");
  });

  await play.step("the direction, by keyboard alone", async () => {
    await page.goto(`/chi-dao?vb=${play.shared.letter}`);
    await leader.keys("A", await keyOf(page, "Phòng Công chức"), "H");
    await leader.keysSend("Ctrl+Enter");
    await leader.sees(/Đã chuyển/, "[data-toast]");
    await leader.sees(/Chờ cho ý kiến · \d+ trong \d+/, ".work-head");
    await leader.focusIs("section.pane-form", "the next document");
  }, { does: ["DirectIncoming"] });

  await play.step("a person is found by typing a name without its marks", async () => {
    await page.goto(`/chi-dao?vb=${play.shared.second}`);
    await leader.keys("G N");
    await leader.focusIs("input[data-filter=nguoi]", "G N");
    await leader.type("huynh thi giang");
    assert.equal(await page.locator("#nguoi > li:visible").count(), 1);
    await leader.tabTo("#nguoi input[type=radio]");
    for (let i = 0; i < 4 && await page.evaluate(() => document.activeElement.value) !== "chu-tri"; i += 1) await leader.keys("ArrowRight");
    await leader.look("doc-chi-dao-nguoi");
    await leader.keysSend("Ctrl+Enter");
    await leader.sees(/Đã chuyển \d+ cho Huỳnh Thị Giang/, "[data-toast]");
  });

  await play.step("by mouse: the third, with another day, and stays", async () => {
    await page.goto(`/chi-dao?vb=${play.shared.third}`);
    await page.locator(".units li", { hasText: "Phòng Công chức" }).first().getByText("Chủ trì").click();
    await page.getByText("nghiên cứu, đề xuất").click();
    await page.getByText("Ngày khác…").click();
    await page.fill("#f-han-khac", day(30));
    await page.click("button[name=o-lai]");
    await leader.sees(/Đã chuyển/, "[data-toast]");
    assert.equal(leader.where(), `/van-ban/${play.shared.third}`);
    await leader.sees(new RegExp(day(30).slice(0, 5)));
    await leader.look("chi-tiet-da-chi-dao");
  });

  await play.step("who gave the work moves its deadline, with a reason", async () => {
    await page.goto(`/van-ban/${play.shared.letter}`);
    await leader.tabTo("a[href$='/gia-han']");
    await leader.keysTo(/\/gia-han$/, "Enter");
    play.shared.unitWork = leader.where().split("/")[2];
    await leader.look("gia-han");
    await leader.focusIs("#f-due_date", "extending");
    await leader.type(day(45));
    await leader.fill("#f-reason", "Chờ số liệu của các xã");
    await leader.keysSend("Ctrl+Enter");
    await leader.sees(new RegExp(`Đã gia hạn tới ${day(45)}`), "[data-toast]");
  }, { does: ["ExtendDeadline"] });
}
