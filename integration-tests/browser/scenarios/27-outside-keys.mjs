// Keys that the server never sees: a leader's and the agency's, each with the agent on the own machine. By keyboard.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

import { AGENT, keyFile, startAgent } from "../agent.mjs";

export const title = "Khóa nằm ngoài máy chủ: chương trình ký trên máy người dùng";

const run_ = promisify(execFile);

export async function run(play) {
  const leader = await play.person("giamdoc");
  const { page } = leader;
  // The agent's own page opens in a browser window of the same machine; here in one of its own.
  const machine = await play.guest("the machine", { at: AGENT });
  const own = await keyFile(play.office.folder, "khoa-ngoai", "Nguyễn Văn An");
  let agent = null;

  /** Pairs the page that asks for a code. */
  async function pair(person) {
    await person.focusIs("#f-ma-ghep", "pairing");
    await person.type(await agent.code());
    await person.keys("Enter");
  }

  /** Answers the agent's page of confirmation, by keyboard. */
  async function answer(after, decision, look) {
    await machine.page.goto(await agent.confirm(after));
    if (look) await machine.look(look);
    const said = await machine.text("body");
    await machine.tabTo(`button[value=${decision}]`);
    await machine.keysSend("Enter");
    return said;
  }

  try {
    await play.step("nobody answers: the page says how to start the agent, with its own address in the command", async () => {
      await page.goto("/ky-so/chung-thu");
      await leader.tabTo("[data-outside-enrol] button");
      await leader.keys("Enter");
      await leader.sees(/Chưa thấy chương trình ký/, "[data-agent-said]");
      await leader.sees(new RegExp(`vanthu agent --origin ${play.office.at} --key`), "[data-agent-absent]");
      await leader.focusIs("[data-agent-absent] button", "looking again");
      await leader.look("khoa-ngoai-chua-thay");
    });

    await play.step("a browser that keeps the page away says so here, with what to do; allowed, the page looks again by itself", async () => {
      const { targetInfo } = await (await page.context().newCDPSession(page)).send("Target.getTargetInfo");
      const browser = await page.context().browser().newBrowserCDPSession();
      const reach = (setting) => browser.send("Browser.setPermission", {
        origin: play.office.at, permission: { name: "loopback-network" }, setting, browserContextId: targetInfo.browserContextId,
      });
      await reach("denied");
      await leader.keys("Enter");
      await leader.sees(/Trình duyệt không cho trang này/, "[data-agent-said]");
      await leader.sees(/Cho phép trang này dùng chương trình trên máy/, "[data-agent-blocked]");
      assert.ok(await page.locator("[data-agent-unknown]").isHidden(), "no word of starting what may be running");
      await leader.focusIs("[data-agent-absent] button", "looking again");
      await leader.look("khoa-ngoai-trinh-duyet-chan");
      await reach("granted");
      await leader.sees(/Chưa thấy chương trình ký/, "[data-agent-said]");
    });

    await play.step("an agent that was started for another page is not there for this one", async () => {
      agent = await startAgent("http://127.0.0.1:9", own);
      await leader.keys("Enter");
      await leader.sees(/Chưa thấy chương trình ký/, "[data-agent-said]");
      await leader.sees(new RegExp(`được mở cho trang khác.*--origin.*${play.office.at}`), "[data-agent-absent]");
      assert.equal(agent.asked(), 0);
      await agent.stop();
    });

    await play.step("pairing: a wrong code is told, the right one is taken", async () => {
      agent = await startAgent(play.office.at, own);
      await leader.focusIs("[data-agent-absent] button", "looking again");
      await leader.keys("Enter");
      await leader.focusIs("#f-ma-ghep", "pairing");
      await leader.type("khong-phai");
      await leader.keys("Enter");
      await leader.sees(/Mã không đúng hoặc đã dùng/, "[data-agent-pair]");
      await leader.look("khoa-ngoai-ghep-noi");
      await leader.retype("");
      await pair(leader);
      await leader.sees(/đã mở trang xác nhận/, "[data-agent-said]");
    });

    await play.step("not confirmed: nothing is enrolled; confirmed: the certificate is, its key has proved itself", async () => {
      await answer(0, "no");
      await leader.sees(/Bạn đã chọn Không ký/, "[data-why]");
      await leader.look("khoa-ngoai-khong-ky");
      await leader.focusIs("[data-outside-enrol] button", "after a refusal");
      await leader.keys("Enter");
      const [said] = await Promise.all([answer(1, "yes", "chuong-trinh-ky-xac-nhan"), page.waitForEvent("load")]);
      assert.match(said, /Chứng tỏ khóa là của Nguyễn Văn An/);
      await leader.sees(/Đã đăng ký chứng thư/, "[data-toast]");
      await leader.sees(/khóa ngoài máy chủ/);
      await leader.look("khoa-ngoai-da-dang-ky");
    });

    let chosen = "";
    await play.step("what was looked at is signed through the agent: no password here, one confirmation there", async () => {
      await page.goto("/ky-so");
      await leader.keys("Space");
      await page.waitForFunction(() => !document.querySelector("[data-big=seen]").disabled);
      await leader.keys("Space", "Escape");
      chosen = await page.locator("input[name=vb]:checked").first().inputValue();
      if (await leader.count("select[name=certificate_id]")) await leader.pick("select[name=certificate_id]", "khóa ngoài máy chủ");
      await leader.sees(/Khóa nằm ngoài máy chủ/, "[data-outside-note]");
      assert.ok(await page.locator("input[name=mat-khau]").isHidden(), "no password is asked here");
      await leader.look("khoa-ngoai-chon");
      const before = agent.asked();
      await leader.keysTo(/^\/ky-so\/ngoai/, "Ctrl+Enter");
      await leader.sees(/đã mở trang xác nhận/, "[data-agent-said]");
      await leader.look("khoa-ngoai-dang-ky");
      await answer(before, "no");
      await leader.sees(/Bạn đã chọn Không ký/, "[data-agent-said]");
      assert.equal(await leader.count("tr[data-state=waits]"), 1);
      await leader.focusIs("[data-go]", "going on");
    });

    await play.step("a server that is away after the confirmation costs no second one", async () => {
      const before = agent.asked();
      let cut = 0;
      await page.route(`**/ky-so/ngoai/${chosen}`, (route) => { cut += 1; return route.abort(); });
      await leader.keys("Ctrl+Enter");
      await leader.sees(/đã mở trang xác nhận/, "[data-agent-said]");
      await answer(before, "yes");
      await leader.sees(/Máy chủ tạm thời không trả lời/, "[data-agent-said]");
      assert.equal(cut, 1);
      await leader.look("khoa-ngoai-mat-may-chu");
      await page.unroute(`**/ky-so/ngoai/${chosen}`);
      await leader.focusIs("[data-go]", "going on");
      await leader.keys("Ctrl+Enter");
      await leader.sees(/Xong: 1 thành công, 0 không thành công/);
      assert.equal(agent.asked(), before + 1, "it was confirmed once");
      await leader.look("khoa-ngoai-ket-qua");
      await page.reload();
      await leader.sees(/Xong: 1 thành công/);
      assert.equal(agent.asked(), before + 1, "a reload asks for nothing");
    });

    await agent.stop();

    await play.step("the agency's seal outside: enrolled by the administrator, put by the clerk, issued in one act", async () => {
      const seal = await keyFile(play.office.folder, "dau-ngoai", "Sở Nội vụ, con dấu ở ngoài");
      agent = await startAgent(play.office.at, seal);
      const admin = await play.person("quantri");
      await admin.page.goto("/quan-tri/chung-thu");
      await admin.look("khoa-ngoai-quan-tri");
      await admin.tabTo("[data-outside-enrol] button");
      await admin.keys("Enter");
      await admin.sees(/Chọn khóa của ai/, "[data-why]");
      await admin.tabTo("#f-person_id", { back: true });
      await admin.pick("#f-person_id", "dau");
      await admin.tabTo("[data-outside-enrol] button");
      await admin.keys("Enter");
      await pair(admin);
      await Promise.all([answer(0, "yes"), admin.page.waitForEvent("load")]);
      await admin.sees(/Đã đăng ký chứng thư/, "[data-toast]");
      withoutAgent(admin);

      const clerk = await play.person("vanthu");
      await clerk.page.goto(`/van-ban-di/${chosen}/ban-hanh`);
      await clerk.pick("#f-certificate_id", "con dấu ở ngoài");
      await clerk.sees(/Khóa nằm ngoài máy chủ/, "[data-outside-note]");
      await clerk.look("khoa-ngoai-dong-dau");
      await clerk.keysTo(/^\/van-ban-di\/khoa-ngoai/, "Ctrl+Enter");
      await pair(clerk);
      const said = await answer(1, "yes");
      assert.match(said, /Đóng dấu 1 văn bản/);
      await clerk.sees(/Xong: 1 thành công, 0 không thành công/);
      await clerk.look("khoa-ngoai-dong-dau-xong");
      await clerk.page.goto(`/van-ban-di/${chosen}`);
      await clerk.sees(/Đã phát hành/);
      const [download] = await Promise.all([clerk.page.waitForEvent("download"), clerk.keys("T")]);
      const file = path.join(play.office.folder, "khoa-ngoai.pdf");
      await download.saveAs(file);
      const pdfsig = (await run_("pdfsig", ["-nocert", file]).catch((e) => e)).stdout ?? "";
      assert.equal(pdfsig.match(/Signature Validation: Signature is Valid\./g)?.length, 2, pdfsig);
      assert.match(pdfsig, /Nguyễn Văn An/);
      withoutAgent(clerk);
    });
  } finally {
    await agent?.stop();
    withoutAgent(leader);
    await machine.page.goto("about:blank");
  }
}

/** What the browser says of calls to an agent that is not there, not paired or for another page is no fault of a page. */
function withoutAgent(person) {
  const known = [`request to elsewhere: ${AGENT}/v1/`, "ERR_CONNECTION_REFUSED", "ERR_FAILED", "status of 401", "blocked by CORS policy"];
  const left = person.faults.filter((fault) => !known.some((words) => fault.includes(words)));
  person.faults.splice(0, person.faults.length, ...left);
}
