// One person, two positions: given by the administrator, chosen one at a time.
import assert from "node:assert/strict";

export const title = "Hai chức vụ";

export async function run(play) {
  const admin = await play.person("quantri");
  const both = await play.person("thethuc");

  await play.step("the administrator gives a second position", async () => {
    await admin.go("/quan-tri/nguoi-dung");
    const href = await admin.page.locator("tr", { hasText: "thethuc" }).locator("a.go").getAttribute("href");
    await admin.go(href);
    await admin.page.evaluate(() => { for (const d of document.querySelectorAll("main details")) d.open = true; });
    await admin.fill("[name='position.title']", "Lưu trữ viên kiêm nhiệm");
    await admin.pick("[name='position.unit_id']", "Văn phòng");
    await admin.tabTo("input[name='position.roles'][value='6']");
    await admin.keys("Space");
    await admin.keysSend("Ctrl+Enter");
    await admin.sees(/./, "[data-toast]");
    await admin.sees(/Lưu trữ viên kiêm nhiệm/);
  });

  await play.step("the person sees both, uses the other by its key, and the menu is that position's", async () => {
    await both.go("/");
    await both.seesNot(/Sổ văn bản/, "#menu");
    await both.keysTo(/^\/toi$/, "G M");
    assert.equal(await both.count(".line"), 2);
    await both.sees(/Đang dùng/);
    await both.look("hai-chuc-vu");
    await both.keysTo(/^\/$/, "2");
    await both.sees(/Đang làm việc với chức vụ Lưu trữ viên kiêm nhiệm/, "[data-toast]");
    await both.sees(/Lưu trữ viên kiêm nhiệm/, ".who");
    await both.sees(/Sổ văn bản/, "#menu");
    const answer = await both.go("/so/den");
    assert.equal(answer.status(), 200);
    await both.look("hai-chuc-vu-so-den");
  });

  await play.step("what the first position may, the second may not; it is the same after a new log-in or back", async () => {
    const checks = await both.context.request.get("/van-ban-di/cho-kiem-tra-the-thuc");
    assert.doesNotMatch(await checks.text(), /href="\/van-ban-di\/out_/, "nothing waits for a form check here");
    await both.keysTo(/^\/toi$/, "G M");
    await both.keysTo(/^\/$/, "1");
    await both.seesNot(/Sổ văn bản/, "#menu");
  });
}
