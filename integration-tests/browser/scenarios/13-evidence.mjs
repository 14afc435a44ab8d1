// What was issued waits while the time-stamp service is down, and is raised at a key once it is up.
import assert from "node:assert/strict";
import { copyFile, mkdir } from "node:fs/promises";
import path from "node:path";

import { makeStamps, serveStamps } from "../stamps.mjs";

export const title = "Bằng chứng ký số: hàng chờ và thử lại";

export async function run(play) {
  const clerk = await play.person("vanthu");
  const admin = await play.person("quantri");
  const { page } = clerk;
  const folder = path.join(play.office.folder, "stamps");
  await mkdir(folder, { recursive: true });
  await copyFile(await makeStamps(folder), path.join(play.office.folder, "data", "trust", "stamp-root.pem"));

  await play.step("the clerk sees which documents wait, and why", async () => {
    await page.goto("/bang-chung");
    await clerk.sees(/văn bản chờ/);
    await clerk.sees(/không trả lời/);
    assert.ok(await clerk.count("tbody tr") > 0);
    await clerk.look("bang-chung-cho");
  });

  await play.step("the document says that it has no time stamp yet", async () => {
    await page.goto("/bang-chung");
    await page.locator("tbody a.go").first().click();
    await clerk.sees(/B-B, chưa có dấu thời gian/);
  });

  await play.step("the administrator sees it on the page of health, without the documents", async () => {
    await admin.page.goto("/quan-tri/suc-khoe");
    await admin.sees(/văn bản chờ/);
    await admin.look("suc-khoe-bang-chung");
    await admin.page.goto("/bang-chung");
    assert.equal(await admin.count("tbody a.go"), 0);
  });

  const stamps = await serveStamps(folder, play.office.stampPort);
  try {
    await play.step("the service is up: one key, and all are raised", async () => {
      await page.goto("/bang-chung");
      // A try is answered after half a minute at the latest; on a slow machine a second one is needed.
      for (let tries = 0; tries < 5 && await clerk.count("tbody tr") > 0; tries += 1) {
        await clerk.keysSend("K");
        await clerk.sees(/Đã thử lại/, "[data-toast]");
      }
      await clerk.sees(/Mọi văn bản đã phát hành đều đạt mức B-T/);
      assert.ok(stamps.given() > 0);
      await clerk.look("bang-chung-xong");
    });

    await play.step("the document tells its level and, in its history, that the system did it", async () => {
      await page.goto("/van-ban-di/da-phat-hanh");
      await page.locator("tbody a.go").first().click();
      await clerk.sees(/B-T, bổ sung lần cuối/);
      await clerk.sees(/Hệ thống bổ sung bằng chứng/);
      await clerk.look("bang-chung-van-ban");
    });
  } finally {
    await stamps.stop();
  }
}
