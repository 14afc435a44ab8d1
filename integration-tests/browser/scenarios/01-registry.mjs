// The clerk receives, corrects, registers, returns, submits; the register is read and printed.
import assert from "node:assert/strict";

import { day } from "../calendar.mjs";
import { letter } from "../paper.mjs";

export const title = "Văn thư: tiếp nhận, vào sổ, sổ văn bản đến";

const PDF = letter(["SO TAI CHINH TINH MINH GIANG", "So: 771/STC-QLNS", "Ve viec bao cao quyet toan kinh phi dao tao", "Kinh gui: So Noi vu"]);
const SUBJECT = "Báo cáo quyết toán kinh phí đào tạo, bồi dưỡng cán bộ năm trước";

export async function run(play) {
  const clerk = await play.guest("vanthu");
  const { page } = clerk;

  await play.step("logs in by keyboard, the first input has the focus", async () => {
    await page.goto("/");
    await page.waitForURL(/\/dang-nhap/);
    await clerk.focusIs("#f-login", "log-in");
    await clerk.look("dang-nhap");
    await clerk.logIn("sai-mat-khau").catch(() => {});
    await clerk.sees(/không đúng|sai/i);
    await clerk.logIn();
    await clerk.sees(/Đang chờ tôi/);
    await clerk.look("trang-chu-van-thu");
  });

  await play.step("the table of keys opens with ?, says every key, closes with Esc", async () => {
    await clerk.keys("?");
    await clerk.sees(/Tiếp nhận & vào sổ/, "dialog[open]");
    await clerk.look("bang-phim-tat");
    await clerk.keys("Escape");
    assert.equal(await clerk.count("dialog[open]"), 0);
  });

  await play.step("every G of the table leads where it says, and / to the search", async () => {
    const leads = { "G T": /^\/$/, "G D": /^\/van-ban-den|^\/tiep-nhan/, "G I": /^\/van-ban-di/, "G V": /^\/viec/, "G S": /^\/so/, "G C": /^\/ky-so/, "G K": /^\/kiem-tra-chu-ky/, "G M": /^\/toi/ };
    await page.goto("/phim-tat");
    const told = (await page.locator("kbd").allInnerTexts()).filter((k) => k.startsWith("G "));
    assert.deepEqual(told.sort(), Object.keys(leads).sort());
    for (const [keys, to] of Object.entries(leads)) {
      await page.goto("/phim-tat");
      await clerk.keysTo(to, keys);
    }
    await page.goto("/toi");
    await clerk.look("tai-khoan");
    await clerk.keysTo(/^\/$/, "G T");
    await clerk.keys("/");
    await clerk.focusIs("input[type=search]", "the key /");
    await clerk.keys("Escape");
  });

  await play.step("N goes to receiving; U takes a PDF, which opens at once", async () => {
    await page.goto("/");
    await clerk.keysTo(/^\/tiep-nhan/, "N");
    await clerk.keysFiles(/\/tiep-nhan\?vb=in_/, { name: "771-STC-QLNS.pdf", mimeType: "application/pdf", buffer: PDF }, "U");
    play.shared.letter = new URL(page.url()).searchParams.get("vb");
    await clerk.sees(/Đã tiếp nhận 1 văn bản/, "[data-toast]");
    await clerk.look("tiep-nhan");
    await clerk.focusIs("section.pane-form", "after receiving");
  }, { does: ["ReceiveIncoming"] });

  await play.step("what is missing is told at its field, which takes the focus; what was typed stays", async () => {
    await clerk.fill("#f-facts-issuer", "");
    await clerk.fill("#f-facts-subject", SUBJECT);
    await clerk.fill("#f-facts-issued_date", "31/02/2026");
    await clerk.keysSend("Ctrl+Enter");
    await clerk.sees(/Cần sửa/);
    await clerk.focusIs("[aria-invalid=true]", "after a refusal");
    const wrong = await page.$$eval("[aria-invalid=true]", (all) => all.map((e) => e.id));
    for (const id of ["f-facts-issuer", "f-facts-issued_date"]) assert.ok(wrong.includes(id), `${id} is told together with ${wrong}`);
    assert.equal(await page.inputValue("#f-facts-subject"), SUBJECT);
    assert.equal(await page.inputValue("#f-facts-issued_date"), "31/02/2026");
    await clerk.look("tiep-nhan-can-sua");
  });

  await play.step("the fields are corrected and Ctrl+Enter registers; the next one opens by itself", async () => {
    await page.goto(`/tiep-nhan?vb=${play.shared.letter}`);
    await clerk.fill("#f-facts-issuer", "Sở Tài chính tỉnh Minh Giang");
    await clerk.fill("#f-facts-notation", "771/STC-QLNS");
    await clerk.pick("#f-facts-kind", "^Công văn");
    await clerk.fill("#f-facts-issued_date", day(-1));
    await clerk.pick("#f-facts-urgency", "^Khẩn");
    await clerk.fill("#f-facts-subject", SUBJECT);
    await clerk.fill("#f-facts-reply_due", day(20));
    await clerk.pick("#f-submit_to", "^Nguyễn Văn An");
    await clerk.keysSend("Ctrl+Enter");
    await clerk.sees(/Đã vào sổ, số đến \d+, đã trình Nguyễn Văn An/, "[data-toast]");
    play.shared.letterNumber = (await clerk.text("[data-toast]")).match(/số đến (\d+)/)[1];
    await clerk.sees(/Chờ vào sổ · \d+ trong \d+/, ".work-head");
    assert.notEqual(new URL(page.url()).searchParams.get("vb"), play.shared.letter);
    await clerk.focusIs("section.pane-form", "the next document");
    assert.match(await page.$eval("#f-submit_to", (s) => s.selectedOptions[0].textContent), /Nguyễn Văn An/, "the same leader is proposed");
  }, { does: ["RegisterIncoming"] });

  await play.step("a document that the machine read is registered as it stands", async () => {
    await page.goto("/tiep-nhan");
    for (let i = 0; i < 6; i += 1) {
      const ready = await page.evaluate(() => ["issuer", "subject"].every((f) => document.querySelector(`#f-facts-${f}`)?.value) && document.querySelector("#f-facts-kind").value !== "0" && !document.querySelector("#trung .note"));
      if (ready) break;
      await clerk.keysTo(/^\/tiep-nhan\?vb=/, "J");
    }
    const here = await page.$eval("input[name=vb]", (i) => i.value);
    await clerk.look("tiep-nhan-may-doc");
    await clerk.pick("#f-submit_to", "^Nguyễn Văn An");
    await clerk.keysSend("Ctrl+Enter");
    await clerk.sees(/Đã vào sổ, số đến \d+/, "[data-toast]");
    play.shared.second = here;
  });

  await play.step("the same file once more is told as a possible duplicate and returned to its sender with a reason", async () => {
    await page.goto("/tiep-nhan");
    await clerk.keysFiles(/\/tiep-nhan\?vb=in_/, { name: "lan-hai.pdf", mimeType: "application/pdf", buffer: PDF }, "U");
    await clerk.sees(new RegExp(`Có thể trùng[^]*${play.shared.letterNumber}`), "#trung");
    await clerk.look("tiep-nhan-trung");
    await clerk.sees(/cùng tệp/, "#trung");
    await clerk.fill("#f-facts-subject", "Đang gõ dở");
    await clerk.leave();
    await clerk.keys("D");
    await clerk.sees(new RegExp(`Số đến ${play.shared.letterNumber}`), ".pane-twin");
    await clerk.sees(/cùng tệp với văn bản đang vào sổ/, ".pane-twin");
    await page.waitForFunction(() => document.querySelector(".pane-twin .leaf canvas") !== null);
    await clerk.look("tiep-nhan-doi-chieu");
    await clerk.keys("D");
    await page.waitForFunction(() => document.querySelector(".pane-twin") === null && document.querySelector("nav.queue") !== null);
    assert.equal(await page.inputValue("#f-facts-subject"), "Đang gõ dở", "what was typed stays");
    await clerk.keysTo(/\/tra-lai$/, "T");
    await clerk.look("tra-lai-noi-gui");
    await clerk.focusIs("#f-reason", "returning");
    await clerk.type("Văn bản này đã nhận và vào sổ trước đó");
    await clerk.keysSend("Ctrl+Enter");
    await clerk.sees(/Đã trả lại nơi gửi/, "[data-toast]");
  }, { does: ["ReturnIncoming"] });

  await play.step("a paper without a file: B, facts, Ctrl+Enter", async () => {
    await page.goto("/tiep-nhan");
    await clerk.keysTo(/\/tiep-nhan\?vb=in_/, "B");
    play.shared.paper = new URL(page.url()).searchParams.get("vb");
    await clerk.fill("#f-facts-issuer", "Hội Cựu chiến binh tỉnh Minh Giang");
    await clerk.fill("#f-facts-notation", "18/CCB");
    await clerk.pick("#f-facts-kind", "^Thông báo");
    await clerk.fill("#f-facts-subject", "Đường đi và lịch tiếp đoàn đại biểu");
    await clerk.keys("Escape", "M");
    await clerk.focusIs("details.more input", "what was opened");
    await clerk.fill("#f-facts-note", "Bản giấy, lưu tủ số 3");
    await clerk.pick("#f-submit_to", "^Trình sau");
    await clerk.keysSend("Ctrl+Enter");
    await clerk.sees(/Đã vào sổ, số đến \d+\./, "[data-toast]");
    play.shared.paperNumber = (await clerk.text("[data-toast]")).match(/số đến (\d+)/)[1];
  });

  await play.step("the book: gapless, newest first, J K choose, Enter opens", async () => {
    await page.goto("/");
    await clerk.keysTo(/^\/so/, "G S");
    await clerk.sees(/Liền mạch 01/);
    await clerk.look("so-den");
    const first = await page.locator("tr.here .num").innerText();
    assert.equal(first, play.shared.paperNumber);
    await clerk.keys("J", "J", "K");
    assert.equal(Number(await page.locator("tr.here .num").innerText()), Number(first) - 1);
    assert.ok(await page.evaluate(() => document.activeElement.closest("tr.here") !== null), "the row has the focus");
    await clerk.keys("K");
    await clerk.keysTo(/^\/van-ban\/in_/, "Enter");
    assert.equal(clerk.where(), `/van-ban/${play.shared.paper}`);
  });

  await play.step("facts are corrected with a reason; number and day of arrival stay", async () => {
    await page.goto(`/van-ban/${play.shared.paper}`);
    await clerk.look("chi-tiet-den");
    await clerk.keysTo(/\/sua$/, "E");
    await clerk.look("sua-thong-tin");
    await clerk.fill("#f-facts-subject", "Đường đi và lịch tiếp đoàn đại biểu cựu chiến binh");
    await clerk.fill("#f-reason", "Bổ sung trích yếu cho đủ");
    await clerk.keysSend("Ctrl+Enter");
    await clerk.sees(/Đã sửa thông tin/, "[data-toast]");
    await clerk.focusIs("#main", "after an act");
    await clerk.sees(/cựu chiến binh/, "h1");
  }, { does: ["CorrectIncoming"] });

  await play.step("a registered document is submitted to a leader", async () => {
    await page.goto(`/van-ban/${play.shared.paper}`);
    await clerk.keysTo(/\/trinh$/, "T");
    await clerk.focusIs("#f-leader_id", "submitting");
    await clerk.pick("#f-leader_id", "^Nguyễn Văn An");
    await clerk.fill("#f-note", "Kính trình Giám đốc");
    await clerk.keysSend("Ctrl+Enter");
    await clerk.sees(/Đã trình Nguyễn Văn An/, "[data-toast]");
  }, { does: ["SubmitIncoming"] });

  await play.step("a number is voided with its reason and stays in the book, struck through", async () => {
    await page.goto("/tiep-nhan");
    await clerk.keysTo(/\/tiep-nhan\?vb=in_/, "B");
    const id = new URL(page.url()).searchParams.get("vb");
    await clerk.fill("#f-facts-issuer", "UBND xã Bình Minh");
    await clerk.pick("#f-facts-kind", "^Báo cáo");
    await clerk.fill("#f-facts-subject", "Báo cáo gửi nhầm cơ quan");
    await clerk.pick("#f-submit_to", "^Trình sau");
    await clerk.keysSend("Ctrl+Enter");
    const number = (await clerk.text("[data-toast]")).match(/số đến (\d+)/)[1];
    await page.goto(`/van-ban/${id}`);
    await clerk.keysTo(/\/huy-so$/, "X");
    await clerk.look("huy-so");
    await clerk.type("Văn bản gửi nhầm, nơi gửi đề nghị huỷ");
    await clerk.keysSend("Ctrl+Enter");
    await clerk.sees(new RegExp(`Đã huỷ số ${number}`), "[data-toast]");
    await page.goto("/so/den");
    await clerk.sees(/Số huỷ[^]*nơi gửi đề nghị huỷ/, "tr.void");
    const line = await page.$eval("tr.void .x", (e) => getComputedStyle(e).textDecorationLine);
    assert.equal(line, "line-through");
    await clerk.look("so-den-so-huy");
  }, { does: ["VoidNumber"] });

  await play.step("P opens the printed register, a PDF of ten columns", async () => {
    await page.goto("/so/den");
    const href = await page.getAttribute("[data-key=p]", "href");
    const [popup] = await Promise.all([clerk.context.waitForEvent("page"), clerk.keys("P")]);
    await popup.close();
    const answer = await clerk.context.request.get(href);
    assert.equal(answer.status(), 200);
    assert.equal((await answer.body()).subarray(0, 5).toString(), "%PDF-");
    assert.match(answer.headers()["content-type"], /application\/pdf/);
  });

  await play.step("the slip (phiếu giải quyết) is a PDF", async () => {
    const answer = await clerk.context.request.get(`/van-ban/${play.shared.letter}/phieu`);
    assert.equal((await answer.body()).subarray(0, 5).toString(), "%PDF-");
  });

  await play.step("the registers prove themselves", async () => {
    await page.goto("/so/den");
    await clerk.keysTo(/^\/so\/kiem-chung/, "C");
    await clerk.sees(/đủ \d+ số/);
    await clerk.look("kiem-chung-so");
  });

  await play.step("by mouse: a PDF is dropped, filled in and registered", async () => {
    await page.goto("/tiep-nhan");
    const buffer = letter(["UBND XA DONG TIEN", "So: 5/UBND", "Bao cao thang"]).toString("base64");
    const data = await page.evaluateHandle((b64) => {
      const bytes = Uint8Array.from(atob(b64), (c) => c.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], "5-UBND.pdf", { type: "application/pdf" }));
      return transfer;
    }, buffer);
    await page.dispatchEvent("form[data-drop]", "dragover", { dataTransfer: data });
    await Promise.all([page.waitForURL(/\/tiep-nhan\?vb=in_/), page.dispatchEvent("form[data-drop]", "drop", { dataTransfer: data })]);
    play.shared.third = new URL(page.url()).searchParams.get("vb");
    await page.fill("#f-facts-issuer", "UBND xã Đồng Tiến");
    await page.fill("#f-facts-notation", "5/BC-UBND");
    await page.selectOption("#f-facts-kind", { label: "Báo cáo" });
    await page.fill("#f-facts-subject", "Tình hình thu, chi ngân sách xã quý III");
    await page.selectOption("#f-submit_to", { label: "Nguyễn Văn An (demo), Giám đốc" });
    await page.click("button[form=vao-so]");
    await clerk.sees(/Đã vào sổ, số đến \d+/, "[data-toast]");
    await page.click("[data-toast] [data-close]");
    assert.equal(await clerk.count("[data-toast]"), 0);
  });
}
