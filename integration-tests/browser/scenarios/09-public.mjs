// A passer-by checks the signatures of any PDF, without logging in.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { letter } from "../paper.mjs";

export const title = "Người ngoài: kiểm tra chữ ký";

export async function run(play) {
  const guest = await play.guest();
  const { page } = guest;

  await play.step("a PDF is dropped: one verdict, seven facts for each signature", async () => {
    await page.goto("/kiem-tra-chu-ky");
    await guest.look("kiem-tra-chu-ky");
    const b64 = (await readFile(play.shared.issuedFile)).toString("base64");
    const data = await page.evaluateHandle((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], "da-phat-hanh.pdf", { type: "application/pdf" }));
      return transfer;
    }, b64);
    await page.dispatchEvent("form[data-drop]", "drop", { dataTransfer: data });
    await guest.sees(/Hợp lệ|Không xác định/, ".verdict");
    assert.equal(await guest.count(".tbl-facts thead th"), 3);
    assert.equal(await guest.count(".tbl-facts tbody tr"), 8);
    await guest.sees(/Nguyễn Văn An/);
    // Revision by revision: the newest first, each to be had as it was signed, cut in the browser.
    assert.ok(await guest.count(".revisions > li") >= 3);
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("[data-revision]").nth(1).click()]);
    const revision = await readFile(await download.path());
    const whole = await readFile(play.shared.issuedFile);
    assert.ok(revision.length < whole.length && whole.subarray(0, revision.length).equals(revision));
    await guest.look("kiem-tra-chu-ky-ket-qua");
  });

  await play.step("one byte changed: not valid, and it says so", async () => {
    const bytes = await readFile(play.shared.issuedFile);
    const at = bytes.indexOf("/MediaBox");
    assert.ok(at > 0);
    bytes[at + 12] = bytes[at + 12] === 0x31 ? 0x32 : 0x31;
    await page.goto("/kiem-tra-chu-ky");
    await guest.keysFiles(null, { name: "sua.pdf", mimeType: "application/pdf", buffer: bytes }, "U");
    await guest.sees(/Không hợp lệ/, ".verdict");
    await guest.look("kiem-tra-chu-ky-bi-sua");
  });

  await play.step("a PDF without a signature, and a file that is none, are told apart", async () => {
    await page.goto("/kiem-tra-chu-ky");
    await guest.keysFiles(null, { name: "khong-ky.pdf", mimeType: "application/pdf", buffer: letter(["khong ky"]) }, "U");
    await guest.sees(/không có chữ ký|chưa ký/i, ".verdict");
    await guest.look("kiem-tra-chu-ky-khong-ky");
    await page.goto("/kiem-tra-chu-ky");
    await guest.keysFiles(null, { name: "anh.pdf", mimeType: "application/pdf", buffer: Buffer.from("đây không phải PDF") }, "U");
    await guest.sees(/không đọc được|không phải PDF|Không đọc/i);
    await guest.look("kiem-tra-chu-ky-khong-doc-duoc");
  });

  await play.step("nothing else is open to who is not logged in", async () => {
    for (const to of ["/", "/so/den", "/tra-cuu?q=a", `/van-ban/${play.shared.letter}`, `/tep/${play.shared.letter}/0`, "/quan-tri/nguoi-dung"]) {
      const answer = await guest.context.request.get(to, { maxRedirects: 0 });
      assert.equal(answer.status(), 303, to);
      assert.match(answer.headers().location, /^\/dang-nhap/);
    }
  });
}
