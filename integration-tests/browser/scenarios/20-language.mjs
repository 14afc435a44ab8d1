// English and back: the switch in the top bar, on every page of everybody's menu.
import assert from "node:assert/strict";

import { findings, hidden, serious } from "../rules.mjs";

export const title = "Tiếng Việt và English";

const VIETNAMESE = /[ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]/i;
const LOGINS = ["vanthu", "giamdoc", "truongphong", "chuyenvien", "thethuc", "luutru", "quantri"];

/** Words of the house on a page: menu, heads, buttons, labels. What people typed (names, subjects) stands elsewhere. */
function ours(page) {
  return page.$$eval("#menu a, .page-head h1, .page-head .soft, .work-head .soft, .block > header h2, thead th, label, summary, button, a.btn, .counts a, .nothing, caption, dt", (all) => all
    .filter((el) => el.checkVisibility() && !el.closest("[data-phrases], .queue ul, .toast-undo, dialog:not([open]), [lang=vi], label.unit, .data, [data-unit]"))
    .map((el) => el.innerText.normalize("NFC").replace(/\s+/g, " ").trim()).filter(Boolean));
}

/** Without what is data or the number of a law: names of the demo, of series and of documents. */
const plain = (words) => words.replace(/NĐ-CP|TT-BKHCN/g, "").replace(/^(Last (incoming|outgoing) number,|Choose) .*/, "$1").replace(/^.*\(demo\)$/, "");

export async function run(play) {
  const guest = await play.guest();

  await play.step("log-in speaks Vietnamese first; the switch turns to English and stays on the page", async () => {
    await guest.go("/dang-nhap?tiep=%2Fso%2Fden");
    assert.equal(await guest.page.getAttribute("html", "lang"), "vi");
    await guest.tabTo("a.tongue");
    await guest.keysSend("Enter");
    assert.equal(guest.where(), "/dang-nhap?tiep=%2Fso%2Fden");
    assert.equal(await guest.page.getAttribute("html", "lang"), "en");
    await guest.sees(/Log in/);
    await guest.look("en-log-in");
    await guest.go("/kiem-tra-chu-ky");
    await guest.sees(/signature/i);
    await guest.look("en-check");
  });

  await play.step("a wrong password is told in English; who logs in keeps the language, log-out too", async () => {
    const clerk = await play.guest("vanthu2");
    await clerk.go("/ngon-ngu/en?tiep=/dang-nhap");
    await clerk.tabTo("input[name=login]");
    await clerk.type("vanthu2");
    await clerk.tabTo("input[name=mat-khau]");
    await clerk.type("khong dung");
    await clerk.keysSend("Enter");
    await clerk.sees(/wrong/, ".note");
    await clerk.logIn();
    assert.equal(await clerk.page.getAttribute("html", "lang"), "en");
    await clerk.sees(/Waiting for me/);
    const gone = await clerk.go("/khong-co-trang-nay");
    assert.equal(gone.status(), 404);
    await clerk.sees(/Not found/);
    await clerk.look("en-not-found");
    await clerk.go("/toi");
    await clerk.keysTo(/^\/dang-nhap/, "G Q");
    await clerk.sees(/Log in/);
  });

  await play.step("a form that comes back keeps what was typed, and its switch leads to a page that opens", async () => {
    const clerk = await play.person("vanthu2");
    await clerk.go("/ngon-ngu/en?tiep=/doi-mat-khau");
    await clerk.tabTo("input[name=mat-khau]");
    await clerk.type("khong dung");
    await clerk.tabTo("input[name=mat-khau-moi]");
    await clerk.type("mot cau du dai 1");
    await clerk.tabTo("input[name=mat-khau-lai]");
    await clerk.type("mot cau du dai 2");
    await clerk.keysSend("Ctrl+Enter");
    await clerk.sees(/not the same/);
    await clerk.tabTo("a.tongue", { back: true });
    await clerk.keysSend("Enter");
    assert.equal(clerk.where(), "/doi-mat-khau");
    await clerk.sees(/Đổi mật khẩu/);
  });

  const seen = new Set();
  for (const login of LOGINS) {
    const person = await play.person(login);
    const { page } = person;
    await person.go("/ngon-ngu/en?tiep=/");
    const links = async () => page.$$eval("#menu a", (all) => all.map((a) => a.getAttribute("href")));
    const menu = new Set(await links());
    for (const first of [...menu]) {
      await page.goto(first);
      for (const to of await links()) menu.add(to);
    }
    for (const to of [...menu, "/phim-tat", "/toi"].filter((to) => !seen.has(to) || to === "/")) {
      seen.add(to);
      await play.step(`${login} in English: ${to}`, async () => {
        const answer = await page.goto(to);
        assert.equal(answer.status(), 200);
        assert.equal(await page.getAttribute("html", "lang"), "en");
        await person.look(`en-${login}${to.replaceAll("/", "-")}`);
        const left = (await ours(page)).filter((words) => VIETNAMESE.test(plain(words)));
        assert.deepEqual(left, [], "words of the house that are not English");
      });
    }
  }

  await play.step("and back: one press, and the same page is Vietnamese", async () => {
    const clerk = await play.person("vanthu");
    await clerk.go("/ngon-ngu/en?tiep=/so/den");
    await clerk.sees(/register/i, "h1");
    await clerk.tabTo("a.tongue");
    await clerk.keysSend("Enter");
    assert.equal(clerk.where(), "/so/den");
    await clerk.sees(/Sổ/, "h1");
    assert.deepEqual(serious(await findings(clerk.page)), []);
    assert.deepEqual(await hidden(clerk.page), []);
  });
}
