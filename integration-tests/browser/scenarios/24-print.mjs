// The register as the browser prints it: its legal columns on paper, nothing of the screen around it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

export const title = "In sổ từ trình duyệt";

const run_ = promisify(execFile);

export async function run(play) {
  const clerk = await play.person("vanthu");
  const { page } = clerk;

  for (const [to, columns] of [["/so/den", /Số đến|Ngày đến/], ["/so/di", /Nơi nhận/]]) {
    await play.step(`${to} on paper: columns, no menu, no button, nothing cut off`, async () => {
      await page.goto(to);
      await page.emulateMedia({ media: "print" });
      try {
        const shown = await page.$$eval("nav.side, header.top, .acts, .paging, form, button, .btn, [data-toast]", (all) => all.filter((el) => el.checkVisibility() && el.getBoundingClientRect().height > 0).map((el) => el.outerHTML.slice(0, 80)));
        assert.deepEqual(shown, [], "what is for the screen only");
        const heads = await page.$$eval("thead th", (all) => all.filter((el) => el.checkVisibility()).map((el) => el.innerText));
        assert.match(heads.join(" "), columns);
        const cut = await page.$$eval("tbody td, tbody th", (all) => all.filter((el) => el.checkVisibility() && getComputedStyle(el).overflow === "hidden" && el.scrollWidth > el.clientWidth + 1).length);
        assert.equal(cut, 0, "cells that are cut off");
        // The subject stands whole: no clamp on paper.
        const clamped = await page.$$eval("tbody .two", (all) => all.filter((el) => el.checkVisibility() && el.scrollHeight > el.clientHeight + 2).length);
        assert.equal(clamped, 0, "subjects that are cut short");
      } finally {
        await page.emulateMedia({ media: null });
      }
      const bytes = await page.pdf({ preferCSSPageSize: true });
      const folder = await mkdtemp(path.join(tmpdir(), "vanthu-print-"));
      try {
        const file = path.join(folder, "so.pdf");
        await writeFile(file, bytes);
        const { stdout: info } = await run_("pdfinfo", [file]);
        assert.match(info, /Page size:.*A4/);
        const size = info.match(/Page size:\s+([\d.]+) x ([\d.]+)/).slice(1).map(Number);
        assert.ok(size[0] > size[1], `a register lies across: ${size}`);
        const { stdout: words } = await run_("pdftotext", ["-layout", file, "-"]);
        assert.match(words.normalize("NFC"), columns);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  }
}
