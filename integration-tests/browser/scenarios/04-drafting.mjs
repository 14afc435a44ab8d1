// A reply is drafted from a template, sent back, revised, reviewed, initialed and checked.
import assert from "node:assert/strict";

import { letter } from "../paper.mjs";

export const title = "Soạn thảo, xin ý kiến, kiểm tra thể thức";

export async function run(play) {
  const officer = await play.person("chuyenvien");
  const { page } = officer;

  await play.step("the reply starts from the document it answers, with the template filled in", async () => {
    await page.goto(`/van-ban/${play.shared.letter}`);
    await officer.keysTo(/^\/van-ban-di\/soan\?tra-loi=/, "S");
    await officer.sees(/Trả lời:/);
    assert.match(await page.inputValue("#f-addressees"), /Sở Tài chính/);
    await officer.look("soan-tra-loi");
  });

  await play.step("a draft without its content is refused at its fields, nothing typed is lost", async () => {
    await officer.fill("#f-facts-subject", "Về việc cung cấp số liệu quyết toán kinh phí đào tạo");
    await officer.keysSend("Ctrl+Enter");
    await officer.sees(/Cần sửa/);
    await officer.focusIs("[aria-invalid=true]", "after a refusal");
    assert.match(await page.inputValue("#f-facts-subject"), /quyết toán/);
    await officer.look("soan-can-sua");
  });

  await play.step("the draft from the template: saved, previewed as the law lays it out", async () => {
    await officer.fill("#f-body", "Phúc đáp Công văn số 771/STC-QLNS, Sở Nội vụ cung cấp số liệu như sau.\nTổng kinh phí đã quyết toán là 1.234,5 triệu đồng.\nTrân trọng./.");
    await officer.pick("#f-signer", "Nguyễn Văn An");
    await officer.fill("#f-nhan-ngoai", "Sở Tài chính tỉnh Minh Giang | H99.11");
    await officer.unfold("details:has(input[name='nhan.don-vi']) > summary", "input[name='nhan.don-vi']");
    await officer.keys("Space");
    await officer.keysSend("Ctrl+Enter");
    await officer.sees(/Đã lưu/, "[data-toast]");
    play.shared.reply = officer.where().match(/out_\d+/)[0];
    await officer.settled();
    assert.ok(await officer.count("[data-viewer] canvas") > 0, "the page is drawn");
    await officer.look("soan-xem-truoc");
  }, { does: ["CreateDraft"] });

  await play.step("Lưu và trình submits it", async () => {
    await officer.tabTo("button[value=trinh]");
    await officer.keysSend("Enter");
    await officer.sees(/Đã lưu và trình/, "[data-toast]");
    await officer.look("du-thao-chi-tiet");
  });

  const head = await play.person("truongphong");
  await play.step("the head of the unit sends it back with a reason", async () => {
    await head.page.goto("/van-ban-di/xin-y-kien");
    await head.look("xin-y-kien");
    assert.ok(await head.count(`a.go[href='/van-ban-di/${play.shared.reply}']`) > 0);
    await head.page.goto(`/van-ban-di/${play.shared.reply}`);
    await head.keysTo(/\/tra-lai$/, "R");
    await head.focusIs("#f-reason", "returning");
    await head.keysSend("Ctrl+Enter");
    await head.sees(/Cần sửa/);
    await head.look("tra-lai-du-thao-can-sua");
    await head.fill("#f-reason", "Bổ sung số liệu của các xã");
    await head.keysSend("Ctrl+Enter");
    await head.sees(/Đã trả lại dự thảo/, "[data-toast]");
  }, { does: ["ReturnDraft"] });

  await play.step("the drafter finds it among what was returned, revises it: a second version", async () => {
    await page.goto("/van-ban-di/bi-tra-lai");
    await officer.sees(/Bổ sung số liệu của các xã/);
    await officer.look("bi-tra-lai");
    await page.goto(`/van-ban-di/${play.shared.reply}`);
    await officer.keysTo(/\/sua$/, "E");
    await officer.sees(/Bị trả lại/);
    const text = await page.inputValue("#f-body");
    await officer.tabTo("#f-body");
    await officer.keys("Ctrl+Home");
    await officer.retype(text.replace("Trân trọng", "Số liệu của 12 xã kèm theo.\nTrân trọng"));
    await officer.fill("#f-note", "Bổ sung số liệu của các xã");
    await officer.tabTo("button[value=luu]:not(.visually-hidden)");
    await officer.keysSend("Enter");
    await officer.sees(/bản 2|Bản 2/);
    await officer.look("du-thao-ban-2");
  }, { does: ["ReviseDraft"] });

  await play.step("the drafter submits it again", async () => {
    await page.goto(`/van-ban-di/${play.shared.reply}`);
    await officer.keysTo(/\/trinh$/, "T");
    await officer.look("trinh-du-thao");
    await officer.type("Đã bổ sung theo ý kiến");
    await officer.keysSend("Ctrl+Enter");
    await officer.sees(/Đã trình dự thảo/, "[data-toast]");
  }, { does: ["SubmitDraft"] });

  await play.step("the head agrees to the content", async () => {
    await head.page.goto(`/van-ban-di/${play.shared.reply}`);
    await head.keysTo(/\/kiem-tra-noi-dung$/, "D");
    await head.look("kiem-tra-noi-dung");
    await head.type("Đồng ý nội dung");
    await head.keysSend("Ctrl+Enter");
    await head.sees(/Đã kiểm tra nội dung/, "[data-toast]");
  }, { does: ["ReviewContent"] });

  await play.step("the head initials it, once", async () => {
    await head.page.goto(`/van-ban-di/${play.shared.reply}`);
    await head.keysTo(/\/ky-nhay$/, "Y");
    await head.keysSend("Ctrl+Enter");
    await head.sees(/Đã ký nháy/, "[data-toast]");
    assert.equal(await head.count("a[href$='/ky-nhay']"), 0);
  }, { does: ["InitialDraft"] });

  const checker = await play.person("thethuc");
  await play.step("the checker of form ticks nine parts by their keys; fewer are refused", async () => {
    await checker.page.goto(`/van-ban-di/${play.shared.reply}`);
    await checker.keysTo(/\/kiem-tra-the-thuc$/, "D");
    await checker.focusIs("input[name=da-xem]", "the page");
    await checker.keys("1", "2", "3");
    assert.equal(await checker.count("[data-parts] input:checked"), 3);
    await checker.keysSend("Ctrl+Enter");
    await checker.sees(/Không được/);
    assert.equal(await checker.count("[data-parts] input:checked"), 3, "what was ticked stays");
    await checker.look("kiem-tra-the-thuc");
    await checker.focusIs(".note", "after a refusal");
    await checker.keys("0");
    assert.equal(await checker.count("[data-parts] input:checked"), 9);
    await checker.keysSend("Ctrl+Enter");
    await checker.sees(/Đã kiểm tra thể thức/, "[data-toast]");
    await checker.page.goto("/van-ban-di/cho-kiem-tra-the-thuc");
    await checker.look("cho-kiem-tra-the-thuc");
  }, { does: ["CheckForm"] });

  await play.step("by mouse: a draft from a PDF, with an attachment, then given up with a reason", async () => {
    await page.goto("/van-ban-di/soan?cach=tep");
    await officer.look("soan-tu-tep");
    await page.fill("#f-facts-subject", "Về việc thử trình bày từ tệp có sẵn");
    await page.selectOption("#f-facts-kind", { label: "Công văn" });
    await page.setInputFiles("#f-tep", { name: "du-thao.pdf", mimeType: "application/pdf", buffer: letter(["So Noi vu", "Du thao cong van"]) });
    await page.locator("#f-signer option", { hasText: "Nguyễn Văn An" }).first().getAttribute("value").then((v) => page.selectOption("#f-signer", v));
    await page.fill("#f-nhan-ngoai", "UBND xã Bình Minh");
    await page.getByText("Thêm: tệp kèm").click();
    await page.setInputFiles("#f-dinh-kem", { name: "phu-luc.xlsx", mimeType: "application/octet-stream", buffer: Buffer.from("phụ lục") });
    await page.click("button[value=luu]:not(.visually-hidden)");
    await officer.sees(/Đã lưu/, "[data-toast]");
    await officer.sees(/phu-luc\.xlsx|1 tệp kèm/);
    play.shared.given = officer.where().match(/out_\d+/)[0];
    await officer.look("du-thao-tu-tep");
  });

  await play.step("a draft is given up with a reason", async () => {
    await page.goto(`/van-ban-di/${play.shared.given}`);
    await officer.keysTo(/\/bo$/, "X");
    await officer.type("Không cần nữa");
    await officer.keysSend("Ctrl+Enter");
    await officer.sees(/Đã bỏ dự thảo/, "[data-toast]");
    await page.goto("/van-ban-di/du-thao");
    assert.equal(await officer.count(`a.go[href='/van-ban-di/${play.shared.given}']`), 0);
  }, { does: ["WithdrawDraft"] });
}
