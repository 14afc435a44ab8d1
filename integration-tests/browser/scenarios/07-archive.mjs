// The archivist finds what happened: with and without marks, by facets.
import assert from "node:assert/strict";

export const title = "Lưu trữ viên: tra cứu";

export async function run(play) {
  const archivist = await play.person("luutru");
  const { page } = archivist;
  const hits = () => page.locator(".hit .go").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  const search = async (text) => {
    await page.goto("/tra-cuu");
    await archivist.focusIs("input[name=q].find-big", "the search page");
    await archivist.type(text);
    await archivist.keysSend("Enter");
  };

  await play.step("/ from any page, words without marks find what has them", async () => {
    await page.goto("/so/den");
    await archivist.keys("/");
    await archivist.type("quyet toan kinh phi dao tao");
    await archivist.keysSend("Enter");
    assert.ok((await hits()).includes(`/van-ban/${play.shared.letter}`));
    assert.ok(await archivist.count("mark") > 0, "what was found is marked");
    await archivist.look("tra-cuu");
  });

  await play.step("marks that are typed are respected: đường is not dương", async () => {
    await search("duong di va lich tiep");
    assert.ok((await hits()).includes(`/van-ban/${play.shared.paper}`));
    await search("“đường đi và lịch tiếp”");
    assert.ok((await hits()).includes(`/van-ban/${play.shared.paper}`));
    await search("“dương đi và lịch tiếp”");
    assert.ok(!(await hits()).includes(`/van-ban/${play.shared.paper}`));
    await archivist.look("tra-cuu-khong-thay");
  });

  await play.step("by number and notation", async () => {
    await search("771/STC-QLNS");
    assert.equal((await hits())[0], `/van-ban/${play.shared.letter}`);
  });

  await play.step("facets narrow, chips widen again, J K Enter opens", async () => {
    await page.goto("/tra-cuu");
    await archivist.seesNot(/UNSPECIFIED|_/, "nav[aria-label='Thu hẹp kết quả']");
    await archivist.tabTo(".facet a[href*=loai]");
    const label = await page.evaluate(() => document.activeElement.innerText.replace(/\d+\s*$/, "").trim());
    await archivist.keysSend("Enter");
    await archivist.sees(new RegExp(label), ".chip");
    await archivist.look("tra-cuu-loc");
    await archivist.tabTo(".chip a");
    await archivist.keysSend("Enter");
    assert.equal(await archivist.count(".chip"), 0);
    await archivist.tabTo(".find-big", { back: true });
    await archivist.keys("Escape", "J", "J");
    await archivist.keysTo(/^\/van-ban/, "Enter");
    await archivist.look("luu-tru-chi-tiet");
  });

  await play.step("an archivist reads and changes nothing: no button acts", async () => {
    await page.goto(`/van-ban/${play.shared.letter}`);
    const acts = await page.locator(".acts a, .acts button").allInnerTexts();
    assert.deepEqual(acts.filter((a) => !/In phiếu|Tải/.test(a)), []);
  });
}
