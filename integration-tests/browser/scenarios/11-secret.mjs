// Secret documents: switched on by the administrator, registered by the clerk on paper alone, found and seen by nobody else.
import assert from "node:assert/strict";

import { day, year } from "../calendar.mjs";

export const title = "Văn bản mật";

const SUBJECT = "Kế hoạch diễn tập phòng thủ khu vực";
const ISSUER = "Bộ Chỉ huy quân sự tỉnh Minh Giang";

export async function run(play) {
  const clerk = await play.person("vanthu");
  const admin = await play.person("quantri");
  const { page } = clerk;
  const answer = (person, to) => person.context.request.get(to);
  const switching = async (said) => {
    await admin.page.goto("/quan-tri/co-quan");
    await admin.fill("#f-reason", "Quyết định số 5/QĐ-SNV của Giám đốc Sở");
    await admin.keysSend("Enter");
    await admin.sees(said, "[data-toast]");
    // Names and facts of the agency are kept for ten seconds.
    await page.waitForTimeout(10_500);
  };

  await play.step("off: no way leads to it, and its address is refused", async () => {
    await page.goto("/tiep-nhan");
    assert.equal(await clerk.count("a[href='/tiep-nhan/mat'], a[href='/so/mat']"), 0);
    assert.equal((await answer(clerk, "/tiep-nhan/mat")).status(), 409);
  });

  await play.step("on: the administrator switches it on; S leads the clerk to the form, which takes no file", async () => {
    await switching(/Đã mở đăng ký văn bản mật/);
    await page.goto("/tiep-nhan");
    await clerk.keysTo(/^\/tiep-nhan\/mat$/, "S");
    await clerk.sees(/Không đính kèm tệp/);
    assert.equal(await clerk.count("input[type=file]"), 0);
    assert.equal((await answer(admin, "/tiep-nhan/mat")).status(), 409, "clerks alone");
    await clerk.look("van-ban-mat");
  });

  await play.step("every fault is told at once and nothing typed is lost", async () => {
    await clerk.fill("#f-facts-notation", "12/KH-BCH");
    await clerk.fill("#f-facts-issued_date", "31/11/2026");
    await clerk.keysSend("Ctrl+Enter");
    const wrong = await page.$$eval("[aria-invalid=true]", (all) => all.map((e) => e.id).sort());
    assert.deepEqual(wrong, ["f-facts-issued_date", "f-facts-issuer", "f-facts-kind"]);
    assert.equal(await page.inputValue("#f-facts-notation"), "12/KH-BCH");
    assert.equal(await page.inputValue("#f-facts-issued_date"), "31/11/2026");
    await clerk.look("van-ban-mat-can-sua");
  });

  await play.step("Ctrl+Enter registers it in a register of its own; the next form is ready", async () => {
    await clerk.pick("#f-facts-marking", "^Tối mật");
    await clerk.fill("#f-facts-issuer", ISSUER);
    await clerk.pick("#f-facts-kind", "^Kế hoạch");
    await clerk.fill("#f-facts-issued_date", day(-1));
    await clerk.fill("#f-facts-subject", SUBJECT);
    await clerk.keysSend("Ctrl+Enter");
    await clerk.sees(/Đã vào sổ văn bản mật, số đến \d+/, "[data-toast]");
    play.shared.secretNumber = (await clerk.text("[data-toast]")).match(/số đến (\d+)/)[1];
    assert.equal(await page.inputValue("#f-facts-issuer"), "");
  });

  await play.step("S opens its register: it is printed, never exported; the subject may be left out", async () => {
    await clerk.fill("#f-facts-issuer", "Công an tỉnh Minh Giang");
    await clerk.pick("#f-facts-kind", "^Công văn");
    await clerk.keysSend("Ctrl+Enter");
    await clerk.sees(/Đã vào sổ văn bản mật/, "[data-toast]");
    await clerk.leave();
    await clerk.keysTo(/^\/so\/mat/, "S");
    await clerk.sees(new RegExp(SUBJECT));
    await clerk.sees(/Không ghi trích yếu/);
    await clerk.sees(/Chỉ văn thư thấy sổ này/);
    assert.equal(await clerk.count("[data-key=e]"), 0);
    assert.equal((await answer(clerk, "/so/mat/xuat")).status(), 404);
    const pdf = await answer(clerk, await page.getAttribute("[data-key=p]", "href"));
    assert.equal((await pdf.body()).subarray(0, 5).toString(), "%PDF-");
    await clerk.look("so-mat");
  });

  await play.step("its page says what it is; it is not submitted; its metadata are corrected by keyboard", async () => {
    const row = page.locator("tr", { hasText: SUBJECT }).locator("a.go");
    play.shared.secret = await row.getAttribute("href");
    await page.goto(play.shared.secret);
    await clerk.sees(/Tối mật\.[^]*không có tệp/);
    assert.equal(await clerk.count("a[href$='/trinh']"), 0);
    await clerk.look("van-ban-mat-chi-tiet");
    await clerk.keysTo(/\/sua$/, "E");
    await clerk.pick("#f-facts-marking", "^Mật");
    await clerk.fill("#f-reason", "Đóng dấu lại độ mật");
    await clerk.keysSend("Ctrl+Enter");
    await clerk.sees(/Đã sửa thông tin/, "[data-toast]");
    await clerk.sees(/Mật\./, ".note");
  });

  await play.step("nobody else sees it; no search, list or table holds it", async () => {
    for (const login of ["luutru", "giamdoc", "chuyenvien"]) {
      const other = await play.person(login);
      assert.equal((await answer(other, play.shared.secret)).status(), 404, login);
      assert.equal((await answer(other, "/so/mat")).status(), 404, login);
    }
    for (const person of [clerk, admin]) {
      for (const to of ["/tra-cuu?q=dien+tap+phong+thu", "/tra-cuu/xuat?q=dien+tap+phong+thu"]) {
        const found = await answer(person, to);
        assert.ok(!(await found.text()).includes(SUBJECT), `${person.login} ${to}`);
      }
    }
    for (const to of ["/tra-cuu/xuat", "/so/den/xuat", "/so/den", "/van-ban-den/cho-trinh", "/van-ban-den/tat-ca", `/so/huy?nam=${year}`]) {
      assert.ok(!(await (await answer(clerk, to)).text()).includes(SUBJECT), to);
    }
  });

  await play.step("off again: nothing leads to it, what was registered stays", async () => {
    await switching(/Đã tắt đăng ký văn bản mật/);
    await page.goto("/tiep-nhan");
    assert.equal(await clerk.count("a[href='/tiep-nhan/mat']"), 0);
    await page.goto("/so/mat");
    await clerk.sees(new RegExp(SUBJECT));
  });
}
