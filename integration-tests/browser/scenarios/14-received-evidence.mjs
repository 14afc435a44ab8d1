// A clerk receives signed letters: what their issuer says of the certificates comes a moment later, shows by itself, and is
// kept with the document.
import assert from "node:assert/strict";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import path from "node:path";

import { makeAuthority } from "../authority.mjs";
import { day } from "../calendar.mjs";
import { freePort, openAskingOffice } from "../office.mjs";

export const title = "Văn bản đến: hỏi nơi cấp chứng thư và lưu bằng chứng";

const SUBJECT = "Giao chỉ tiêu đào tạo cán bộ năm sau";

export async function run(play) {
  const office = await openAskingOffice();
  let issuer = null;
  try {
    const folder = path.join(office.folder, "authority");
    await mkdir(folder);
    const authority = await makeAuthority(folder, await freePort());
    await copyFile(authority.root, path.join(office.folder, "data", "trust", "senders.pem"));
    const clerk = await play.guest("vanthu", { at: office.at });
    const other = await play.guest("vanthu2", { at: office.at });
    await clerk.logIn();
    await other.logIn();
    const { page } = clerk;
    const received = async (who, lines) => {
      const file = { name: `${who}.pdf`, mimeType: "application/pdf", buffer: await authority.signed(who, lines) };
      await page.goto("/tiep-nhan");
      await clerk.keysFiles(/\/tiep-nhan\?vb=in_/, file, "U");
      return new URL(page.url()).searchParams.get("vb");
    };
    let good = "";

    await play.step("the issuer does not answer: the form says that it is being asked, and waits for nobody", async () => {
      good = await received("good", ["SO TAI CHINH TINH MINH GIANG", "So: 512/STC-NS"]);
      await clerk.sees(/Chữ ký không xác định/, "#chu-ky");
      await clerk.sees(/Đang chờ hỏi nơi cấp chứng thư/, "#chu-ky");
      await clerk.look("bang-chung-den-cho");
    });

    await play.step("Bằng chứng ký số tells that it waits, and why", async () => {
      await other.page.goto("/bang-chung");
      // It is asked within seconds; the page is asked again until it was.
      for (let times = 0; times < 60 && !/đã thử \d+ lần/.test(await other.text()); times += 1) {
        await other.page.waitForTimeout(500);
        await other.page.reload();
      }
      await other.sees(/đã thử \d+ lần/);
      await other.sees(/không trả lời|không kết nối/);
      await other.look("bang-chung-den-hang-cho");
    });

    await play.step("the answer comes while the clerk types: the line changes by itself, the focus and the words stay", async () => {
      issuer = await authority.serve();
      await clerk.fill("#f-facts-subject", "Giao chỉ tiêu");
      await page.evaluate(() => { window.stays = true; document.activeElement.setSelectionRange(5, 5); });
      await other.keysSend("H");
      await other.sees(/Đã hỏi lại: không còn văn bản đến nào chờ/, "[data-toast]");
      await other.sees(/Mọi văn bản đến có chữ ký đã được hỏi và lưu bằng chứng/);
      await other.look("bang-chung-den-xong");
      await clerk.sees(/Chữ ký hợp lệ/, "#chu-ky");
      assert.deepEqual(await page.evaluate(() => [window.stays, document.activeElement.id, document.activeElement.value, document.activeElement.selectionStart]),
        [true, "f-facts-subject", "Giao chỉ tiêu", 5]);
      assert.equal(await page.getAttribute("#chu-ky", "role"), "status", "a reader hears it");
      assert.ok(issuer.asked.includes("/ocsp"), `asked: ${issuer.asked}`);
      await clerk.look("bang-chung-den-tiep-nhan");
    });

    await play.step("what was typed before the answer is registered without a word of a change", async () => {
      await clerk.fill("#f-facts-issuer", "Sở Tài chính tỉnh Minh Giang");
      await clerk.fill("#f-facts-notation", "512/STC-NS");
      await clerk.pick("#f-facts-kind", "^Công văn");
      await clerk.fill("#f-facts-issued_date", day(-1));
      await clerk.fill("#f-facts-subject", SUBJECT);
      await clerk.keysSend("Ctrl+Enter");
      await clerk.sees(/Đã vào sổ, số đến \d+/, "[data-toast]");
    });

    await play.step("the document's page tells who spoke of revocation, and when; the evidence is to be had", async () => {
      await page.goto(`/van-ban/${good}`);
      await clerk.sees(/Đã hỏi nơi cấp chứng thư và lưu lại lúc/);
      await clerk.sees(/Kết luận tính tại thời điểm nhận văn bản: \d\d\/\d\d\/\d{4} \d\d:\d\d/);
      await clerk.sees(/Trả lời OCSP của .*OCSP nơi gửi.*, lập lúc \d\d\/\d\d\/\d{4} \d\d:\d\d/);
      await clerk.seesNot(/đã bị thu hồi/);
      const take = `a[href="/van-ban/${good}/bang-chung"]`;
      await clerk.tabTo(take);
      const [download] = await Promise.all([page.waitForEvent("download"), clerk.keys("Enter")]);
      assert.equal(download.suggestedFilename(), `bang-chung-${good}.zip`);
      const zip = await readFile(await download.path());
      assert.equal(zip.subarray(0, 2).toString(), "PK");
      await page.locator(take).scrollIntoViewIfNeeded();
      await clerk.look("bang-chung-den-van-ban");
    });

    await play.step("checked again by keyboard: it is kept anew, and the history says so", async () => {
      const lines = () => page.locator("section[aria-labelledby=h-ls] li").count();
      const before = await lines();
      await clerk.tabTo("#kiem-tra-lai");
      await clerk.keysSend("Enter");
      await clerk.sees(/Đã kiểm tra lại và lưu bằng chứng/, "[data-toast]");
      assert.equal(await lines(), before + 1);
      await clerk.sees(/Trả lời OCSP của/);
    });

    await play.step("a sender whose certificate was revoked: the form warns by itself, the document warns", async () => {
      const revoked = await received("revoked", ["SO XAY DUNG TINH MINH GIANG", "So: 77/SXD-QLN"]);
      await clerk.sees(/Chữ ký không hợp lệ/, "#chu-ky");
      await clerk.sees(/đã bị thu hồi/, "#chu-ky");
      await clerk.look("bang-chung-den-thu-hoi");
      await page.goto(`/van-ban/${revoked}`);
      await clerk.sees(/Chứng thư số của người ký đã bị thu hồi hoặc tạm dừng/);
      await clerk.look("bang-chung-den-thu-hoi-van-ban");
    });

    await play.step("a page of a document that is being asked about follows, too", async () => {
      await issuer.stop();
      issuer = null;
      const late = await received("good", ["SO TAI CHINH TINH MINH GIANG", "So: 513/STC-NS"]);
      await page.goto(`/van-ban/${late}`);
      await clerk.sees(/Đang chờ hỏi nơi cấp chứng thư/);
      await clerk.tabTo("#kiem-tra-lai");
      issuer = await authority.serve();
      await other.page.goto("/bang-chung");
      await other.keysSend("H");
      await clerk.sees(/Trả lời OCSP của/);
      await clerk.focusIs("#kiem-tra-lai", "the section was drawn anew");
    });
  } finally {
    await issuer?.stop();
    await office.stop();
  }
}
