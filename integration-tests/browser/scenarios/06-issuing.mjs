// The clerk numbers, seals and issues; the issued file is taken away and judged by pdfsig; one is recalled.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

import { KEY_PASSWORD } from "../office.mjs";

export const title = "Văn thư: cấp số, đóng dấu, phát hành, thu hồi";

const run_ = promisify(execFile);

/** What pdfsig says of a file. */
async function pdfsig(file) {
  return (await run_("pdfsig", ["-nocert", file]).catch((e) => e)).stdout ?? "";
}

export async function run(play) {
  const clerk = await play.person("vanthu");
  const { page } = clerk;
  const reply = () => `/van-ban-di/${play.shared.reply}`;

  await play.step("the queue: what was signed first stands first, with the number it may get", async () => {
    await page.goto("/van-ban-di/cho-cap-so");
    await clerk.look("cho-cap-so");
    const all = await clerk.count("input[name=vb]:checked");
    await clerk.keys("X");
    assert.equal(await clerk.count("input[name=vb]:checked"), all - 1);
    assert.match(await clerk.text(".pane-confirm"), new RegExp(`phát hành ${all - 1} văn bản`));
  });

  await play.step("only the number", async () => {
    await page.goto(`${reply()}/ban-hanh`);
    await clerk.sees(/Dự kiến \d+/);
    await clerk.look("cap-so-dong-dau-phat-hanh");
    await clerk.tabTo("button[value=cap-so]");
    await clerk.keysSend("Enter");
    await clerk.sees(/cấp số/i, "[data-toast]");
    await page.goto(reply());
    await clerk.sees(/\d+\/SNV-/);
  }, { does: ["AssignNumber"] });

  await play.step("a wrong password of the seal is told; then only the seal", async () => {
    await page.goto(`${reply()}/ban-hanh`);
    await clerk.fill("input[name=mat-khau]", "sai-roi");
    await clerk.tabTo("button[value=dong-dau]");
    await clerk.keysSend("Enter");
    await clerk.sees(/Cần sửa|Chưa được|Không được|Dừng/);
    await clerk.look("dong-dau-sai-mat-khau");
    await clerk.fill("input[name=mat-khau]", KEY_PASSWORD);
    await clerk.tabTo("button[value=dong-dau]");
    await clerk.keysSend("Enter");
    await clerk.sees(/đóng dấu/i, "[data-toast]");
  }, { does: ["RecordSealed"] });

  await play.step("issued: it goes to those inside, and the document it answers is complete", async () => {
    await page.goto(`${reply()}/ban-hanh`);
    await clerk.keysSend("Ctrl+Enter");
    await clerk.sees(/phát hành/i, "[data-toast]");
    await page.goto(reply());
    await clerk.sees(/Đã phát hành/);
    await clerk.look("van-ban-di-da-phat-hanh");
    await page.goto(`/van-ban/${play.shared.letter}`);
    await clerk.sees(/Trả lời bằng/);
    await clerk.sees(/đã hoàn thành|hoàn thành/i);
    await clerk.look("van-ban-den-da-tra-loi");
  }, { does: ["Issue"] });

  await play.step("T takes the issued file away; pdfsig calls both signatures valid", async () => {
    await page.goto(reply());
    const [download] = await Promise.all([page.waitForEvent("download"), clerk.keys("T")]);
    const file = path.join(play.office.folder, "da-phat-hanh.pdf");
    await download.saveAs(file);
    play.shared.issuedFile = file;
    const said = await pdfsig(file);
    assert.equal(said.match(/Signature Validation: Signature is Valid\./g)?.length, 2, said);
    assert.match(said, /Total document signed/);
  });

  await play.step("the page says what is true of both signatures", async () => {
    await page.goto(reply());
    await clerk.sees(/Nguyễn Văn An/, ".trail");
    await clerk.sees(/Sở Nội vụ/, ".trail");
    assert.equal(await clerk.count(".trail > li"), 2);
  });

  await play.step("the state of delivery outside is written down", async () => {
    await page.goto(reply());
    await clerk.unfold(".receivers summary", "select[name=delivery]");
    await clerk.pick("select[name=delivery]", "Đã nhận|Đã gửi");
    await clerk.fill("input[name=note]", "Gửi qua trục liên thông");
    await clerk.tabTo("form.deliver button");
    await clerk.keysSend("Enter");
    await clerk.sees(/Đã ghi tình trạng gửi/, "[data-toast]");
    await clerk.sees(/Gửi qua trục liên thông/, ".receivers");
  }, { does: ["UpdateDelivery"] });

  await play.step("all three in one act, for what is chosen; a result for each", async () => {
    await page.goto("/van-ban-di/cho-cap-so");
    const all = await clerk.count("input[name=vb]:checked");
    assert.ok(all >= 2, `${all} wait`);
    await clerk.fill("input[name=mat-khau]", KEY_PASSWORD);
    await clerk.keysSend("Ctrl+Enter");
    assert.match(clerk.where(), /^\/van-ban-di\/ket-qua/);
    await clerk.look("ban-hanh-ket-qua");
    assert.equal(await page.locator("tbody tr", { hasText: "Xong" }).count(), all);
  });

  await play.step("an issued document is recalled with a reason: frozen, its facts stay, those inside are told", async () => {
    await page.goto("/van-ban-di/da-phat-hanh");
    await clerk.look("da-phat-hanh");
    const href = await page.locator("tbody .go").first().getAttribute("href");
    await page.goto(href);
    await clerk.keysTo(/\/thu-hoi$/, "X");
    await clerk.look("thu-hoi");
    await clerk.type("Sai số liệu, sẽ thay thế");
    await clerk.keysSend("Ctrl+Enter");
    await clerk.sees(/Đã thu hồi/, "[data-toast]");
    await page.goto(href);
    await clerk.sees(/Đã thu hồi/);
    await clerk.look("van-ban-di-thu-hoi");
  }, { does: ["Recall"] });

  await play.step("a number is kept ahead, with a reason", async () => {
    await page.goto("/van-ban-di/cho-cap-so");
    await clerk.keysTo(/\/giu-so$/, "S");
    await clerk.look("giu-so");
    await clerk.fill("[name=reason]", "Quyết định ký trong ngày");
    await clerk.keysSend("Ctrl+Enter");
    await clerk.sees(/Đã giữ số \d+/, "[data-toast]");
    assert.equal(await clerk.count("tbody details"), 1);
    await clerk.look("giu-so-mot-so");
  }, { does: ["ReserveNumber"] });

  await play.step("it is given up with a reason and is never given again", async () => {
    await clerk.unfold("tbody details > summary", "tbody input[name=reason]");
    await clerk.type("Không ban hành nữa");
    await clerk.keysSend("Enter");
    await clerk.sees(/Đã trả số/, "[data-toast]");
    assert.equal(await clerk.count("tbody details"), 0);
  }, { does: ["ReleaseNumber"] });

  await play.step("the book of what went out", async () => {
    await page.goto("/so/di");
    await clerk.sees(/Liền mạch 01/);
    await clerk.look("so-di");
    const answer = await clerk.context.request.get(await page.getAttribute("[data-key=p]", "href"));
    assert.equal((await answer.body()).subarray(0, 5).toString(), "%PDF-");
  });

  const head = await play.person("truongphong");
  await play.step("those inside have it in Nhận để biết, which is not work and never late", async () => {
    await head.page.goto("/viec/de-biet");
    await head.look("nhan-de-biet");
  });
}
