// The first start: an empty store, the one-time code, the agency and its first administrator.
import assert from "node:assert/strict";

import { openEmptyOffice } from "../office.mjs";

export const title = "Khởi tạo cơ quan";

const FIELDS = {
  "founding.agency.name": "Sở Nội vụ tỉnh Minh Giang",
  "founding.agency.abbreviation": "SNV",
  "founding.agency.place": "Minh Giang",
  "founding.agency.head_title": "Giám đốc",
  "founding.unit.name": "Văn phòng Sở",
  "founding.unit.abbreviation": "VP",
  "founding.person.full_name": "Nguyễn Quản Trị (demo)",
  "founding.title": "Quản trị hệ thống",
  "founding.person.login": "quantri",
};

export async function run(play) {
  const office = await openEmptyOffice();
  try {
    const code = office.said().match(/one-time code:\s*\n(\S+)/)?.[1];
    const first = await play.guest("the first", { at: office.at });
    const { page } = first;
    const write = async (fields) => {
      for (const [name, text] of Object.entries(fields)) {
        await first.tabTo(`[name='${name}']`);
        await first.retype(text);
      }
    };

    await play.step("whatever one opens leads to the founding; the code was printed", async () => {
      assert.ok(code, `no code in what was printed:\n${office.said().slice(-400)}`);
      for (const to of ["/", "/dang-nhap", "/so/den"]) {
        await page.goto(to);
        assert.equal(first.where(), "/khoi-tao", to);
      }
      await first.look("khoi-tao");
    });

    await play.step("a wrong code founds nothing; what was typed stays", async () => {
      await write({ code: "sai-ma", ...FIELDS, "mat-khau": "mot cau du dai", "mat-khau-lai": "mot cau du dai" });
      await first.keysSend("Ctrl+Enter");
      await first.sees(/Mã khởi tạo không đúng/, ".note");
      assert.equal(await page.inputValue("[name='founding.agency.name']"), FIELDS["founding.agency.name"]);
      assert.equal(await page.inputValue("[name='mat-khau']"), "", "a password is never sent back");
    });

    await play.step("all faults are told at once, by their fields", async () => {
      await write({ code, "founding.agency.name": "", "mat-khau": "mot cau du dai", "mat-khau-lai": "mot cau khac" });
      await first.keysSend("Ctrl+Enter");
      await first.sees(/không giống nhau|Cần nhập/);
      await first.look("khoi-tao-chua-dung");
    });

    await play.step("with the code the agency is founded, and its administrator logs in", async () => {
      await write({ code, ...FIELDS, "mat-khau": "mot cau du dai", "mat-khau-lai": "mot cau du dai" });
      await first.keysTo(/^\/dang-nhap/, "Ctrl+Enter");
      await first.sees(/Đã khởi tạo cơ quan/);
      await first.sees(/Sở Nội vụ tỉnh Minh Giang/);
      first.login = "quantri";
      await first.logIn("mot cau du dai");
      await first.sees(/Quản trị/, "#menu");
      await first.look("khoi-tao-xong");
    });

    await play.step("once is enough: the code is worth nothing any more", async () => {
      const late = await play.guest("too late", { at: office.at });
      await late.page.goto("/khoi-tao");
      assert.equal(late.where(), "/dang-nhap");
      await Promise.all([late, first].map((who) => who.page.goto("about:blank")));
    });
  } finally {
    await office.stop();
  }
}
