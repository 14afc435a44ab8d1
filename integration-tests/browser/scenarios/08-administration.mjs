// The administrator: agency, units, people, positions, delegations, series, holidays, certificates. No documents.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

import { day, year } from "../calendar.mjs";
import { Person } from "../person.mjs";

export const title = "Quản trị";

const run_ = promisify(execFile);

/** A key of somebody's own, made on the spot. */
async function key(folder, name, password) {
  const at = (end) => path.join(folder, `khoa-thu.${end}`);
  await run_("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", at("key"), "-out", at("pem"), "-days", "400", "-nodes", "-subj", `/CN=${name}/C=VN`, "-addext", "keyUsage=digitalSignature,nonRepudiation"]);
  await run_("openssl", ["pkcs12", "-export", "-inkey", at("key"), "-in", at("pem"), "-out", at("p12"), "-passout", `pass:${password}`]);
  const bytes = await readFile(at("p12"));
  await Promise.all(["key", "pem", "p12"].map((end) => rm(at(end))));
  return bytes;
}

export async function run(play) {
  const admin = await play.person("quantri");
  const { page } = admin;
  const send = async (...presses) => admin.keysSend(...(presses.length ? presses : ["Ctrl+Enter"]));

  await play.step("the administrator sees no document: no menu, no page, no file, no hit", async () => {
    await page.goto("/");
    await admin.look("quan-tri-trang-chu");
    await admin.seesNot(/Văn bản đến|Văn bản đi|Sổ văn bản/, "#menu");
    for (const to of [`/van-ban/${play.shared.letter}`, `/van-ban-di/${play.shared.reply}`, `/tep/${play.shared.letter}/0`]) {
      const answer = await admin.context.request.get(to);
      assert.ok([403, 404].includes(answer.status()), `${to}: ${answer.status()}`);
    }
    const found = await admin.context.request.get("/tra-cuu?q=quyet+toan");
    assert.ok(!(await found.text()).includes(play.shared.letter), "the search shows nothing");
    const book = await admin.context.request.get("/so/den");
    assert.ok(!(await book.text()).includes("771/STC"), "the book shows nothing");
  });

  await play.step("the facts of the agency", async () => {
    await page.goto("/quan-tri/co-quan");
    await admin.look("quan-tri-co-quan");
    await admin.fill("[name='agency.organ_id']", "H99.02.01");
    await send();
    await admin.sees(/Đã sửa thông tin cơ quan/, "[data-toast]");
  }, { does: ["ChangeAgency"] });

  await play.step("registering of secret documents is switched on and off, with a reason", async () => {
    for (const said of [/./, /./]) {
      await page.goto("/quan-tri/co-quan");
      await admin.fill("#f-reason", "Thử theo quyết định của Giám đốc");
      await admin.keysSend("Enter");
      await admin.sees(said, "[data-toast]");
    }
    await admin.sees(/Đang tắt/);
  }, { does: ["SwitchSecretRegistration"] });

  await play.step("a unit is added", async () => {
    await page.goto("/quan-tri/don-vi");
    await admin.look("quan-tri-don-vi");
    await admin.fill("[name='unit.name']", "Phòng Thử nghiệm");
    await admin.fill("[name='unit.abbreviation']", "TN");
    await admin.fill("[name='unit.rank']", "50");
    await send();
    await admin.sees(/Phòng Thử nghiệm/);
  }, { does: ["AddUnit"] });

  await play.step("a unit is changed", async () => {
    await page.goto("/quan-tri/don-vi");
    const href = await page.locator("a.go", { hasText: "Phòng Thử nghiệm" }).getAttribute("href");
    await admin.tabTo(`a[href='${href}']`);
    await admin.keysTo(/don-vi\/unit_/, "Enter");
    await admin.fill("[name='unit.name']", "Phòng Kiểm thử");
    await send();
    await admin.sees(/Phòng Kiểm thử/);
  }, { does: ["ChangeUnit"] });

  let first;
  await play.step("a person is added; the first password is shown once", async () => {
    await page.goto("/quan-tri/nguoi-dung");
    await admin.look("quan-tri-nguoi-dung");
    await admin.fill("[name='person.full_name']", "Đinh Thị Thử");
    await admin.fill("[name='person.login']", "thu.dinh");
    await send();
    first = await admin.text("code.secret");
    assert.ok(first.length >= 10);
    await admin.look("quan-tri-nguoi-moi");
  }, { does: ["AddPerson"] });

  const person = () => page.url();
  let home;
  await play.step("the person is appointed to a position with roles", async () => {
    await page.goto("/quan-tri/nguoi-dung");
    home = await page.locator("a.go", { hasText: "Đinh Thị Thử" }).getAttribute("href");
    await page.goto(home);
    await admin.look("quan-tri-nguoi");
    await admin.fill("[name='position.title']", "Chuyên viên");
    await admin.pick("[name='position.unit_id']", "Phòng Kiểm thử");
    await admin.tabTo("input[name='position.roles']");
    const officer = await page.locator("label.tick", { hasText: /^\s*Chuyên viên/ }).locator("input").getAttribute("value");
    await admin.tabTo(`input[name='position.roles'][value='${officer}']`);
    await admin.keys("Space");
    await admin.fill("[name='position.valid_from']", day());
    await send();
    await admin.sees(/Đã bổ nhiệm/, "[data-toast]");
  }, { does: ["Appoint"] });

  await play.step("the person logs in, must choose a password, and works", async () => {
    const fresh = await play.guest("thu.dinh");
    await fresh.page.goto("/dang-nhap");
    await fresh.fill("input[name=login]", "thu.dinh");
    await fresh.fill("input[name=mat-khau]", first);
    await fresh.keysSend("Enter");
    await fresh.page.waitForURL(/doi-mat-khau/);
    await fresh.look("doi-mat-khau");
    const inputs = await fresh.page.locator("form input[type=password]").evaluateAll((all) => all.map((i) => i.name));
    await fresh.fill(`input[name='${inputs[0]}']`, first);
    await fresh.fill(`input[name='${inputs[1]}']`, "mot cau dai de nho");
    await fresh.fill(`input[name='${inputs[2]}']`, "mot cau dai de nho");
    await fresh.keysSend("Ctrl+Enter");
    await fresh.sees(/Đã đổi mật khẩu/, "[data-toast]");
    await fresh.look("trang-chu-nguoi-moi");
  });

  await play.step("a password is reset: the old one is dead at once", async () => {
    await page.goto(home);
    await admin.tabTo("form[action$='/mat-khau'] button");
    await admin.keysSend("Enter");
    assert.notEqual(await admin.text("code.secret"), first);
    await admin.look("quan-tri-dat-lai-mat-khau");
    const other = play.people.get("thu.dinh");
    const answer = await other.context.request.get("/", { maxRedirects: 0 });
    assert.equal(answer.status(), 303, "the session has ended");
  }, { does: ["SetCredential"] });

  await play.step("facts of a person are changed", async () => {
    await page.goto(home);
    await admin.fill("[name='person.email']", "thu.dinh@minhgiang.example");
    await admin.tabTo("form:has([name='person.email']) button");
    await admin.keysSend("Enter");
    await admin.sees(/Đã sửa thông tin/, "[data-toast]");
  }, { does: ["ChangePerson"] });

  await play.step("a delegation is written down, and ended early", async () => {
    await page.goto("/quan-tri/uy-quyen");
    await admin.look("quan-tri-uy-quyen");
    await admin.pick("[name='delegation.from_position_id'], [name='delegation.delegator_position_id'], form select:first-of-type", "Nguyễn Văn An");
    const selects = await page.locator("form[action='/quan-tri/uy-quyen'] select").evaluateAll((all) => all.map((s) => s.name));
    await admin.pick(`[name='${selects[1]}']`, "Hoàng Minh Đạt");
    await admin.fill("[name='delegation.basis']", "Giấy uỷ quyền số 01/GUQ-SNV");
    await admin.fill("[name='delegation.scope']", "Ký công văn hướng dẫn nghiệp vụ");
    await admin.fill("[name='delegation.valid_from']", day());
    await admin.fill("[name='delegation.valid_to']", day(30));
    await send();
    await admin.sees(/Đã ghi uỷ quyền/, "[data-toast]");
    await admin.look("quan-tri-uy-quyen-da-ghi");
  }, { does: ["Delegate"] });

  await play.step("a delegation is ended early", async () => {
    await page.goto("/quan-tri/uy-quyen");
    await admin.unfold(".list details > summary", "input[name=reason]");
    await admin.type("Đã hết đợt công tác");
    await admin.keysSend("Enter");
    await admin.sees(/Đã kết thúc uỷ quyền/, "[data-toast]");
  }, { does: ["EndDelegation"] });

  await play.step("a position is ended with a reason", async () => {
    await page.goto(home);
    await admin.tabTo("a[href$='/ket-thuc']");
    await admin.keysTo(/ket-thuc$/, "Enter");
    await admin.look("quan-tri-ket-thuc-chuc-vu");
    await admin.type("Chuyển công tác");
    await send();
    await admin.sees(/Đã kết thúc chức vụ/, "[data-toast]");
    await admin.look("quan-tri-chuc-vu");
  }, { does: ["EndPosition"] });

  await play.step("a series is opened", async () => {
    await page.goto("/quan-tri/day-so");
    await admin.look("quan-tri-day-so");
    await admin.fill("[name='series.name']", "Giấy giới thiệu");
    await admin.pick("[name='series.book']", "đi");
    await admin.unfold("details.more > summary", "details.more input[type=checkbox]");
    await admin.keys("Space");
    await send();
    await admin.sees(/Đã mở dãy số/, "[data-toast]");
  }, { does: ["DefineSeries"] });

  await play.step("a series is closed with a reason; its line stays", async () => {
    await page.goto("/quan-tri/day-so");
    const row = page.locator("tr", { hasText: "Giấy giới thiệu" });
    const action = await row.locator("form").getAttribute("action");
    await admin.unfold(`details:has(form[action='${action}']) > summary`, "tr input[name=reason]");
    await admin.type("Gộp vào dãy chung");
    await admin.keysSend("Enter");
    await admin.sees(/Đã đóng dãy số/, "[data-toast]");
    await admin.sees(/Giấy giới thiệu[^]*Đã đóng/);
    await admin.look("quan-tri-day-so-da-dong");
  }, { does: ["CloseSeries"] });

  await play.step("days off of a year", async () => {
    await page.goto("/quan-tri/ngay-nghi");
    await admin.look("quan-tri-ngay-nghi");
    const january = Array.from({ length: 31 }, (_, i) => new Date(Date.UTC(year + 2, 0, i + 1)));
    const told = (days) => days.slice(0, 2).map((d) => `${String(d.getUTCDate()).padStart(2, "0")}/01/${year + 2}`);
    const weekends = told(january.filter((d) => d.getUTCDay() % 6 === 0));
    const weekdays = told(january.filter((d) => d.getUTCDay() % 6 !== 0));
    await admin.fill("[name='table.year']", String(year + 2));
    await admin.fill("[name='table.basis']", "Thông báo thử");
    await admin.fill("[name='table.days_off']", weekends.join("\n"));
    await admin.fill("[name='table.days_worked']", "");
    await send();
    await admin.sees(/thứ Bảy hoặc Chủ nhật/);
    await admin.fill("[name='table.days_off']", weekdays.join("\n"));
    await admin.fill("[name='table.days_worked']", "");
    await send();
    await admin.sees(new RegExp(`Đã ghi ngày nghỉ năm ${year + 2}`), "[data-toast]");
  }, { does: ["SetHolidays"] });

  await play.step("a certificate is enrolled", async () => {
    const p12 = await key(play.office.folder, "Hoang Minh Dat", "khoa-thu-2026");
    await page.goto("/quan-tri/chung-thu");
    await admin.look("quan-tri-chung-thu");
    await admin.pick("#f-person_id", "Hoàng Minh Đạt");
    await admin.tabTo("#f-pkcs12");
    await admin.keysFiles(null, { name: "khoa.p12", mimeType: "application/x-pkcs12", buffer: p12 }, "Enter");
    await admin.fill("#f-mat-khau", "khoa-thu-2026");
    await send();
    await admin.sees(/Đã đăng ký chứng thư/, "[data-toast]");
  }, { does: ["EnrolCertificate"] });

  await play.step("a certificate is withdrawn with a reason", async () => {
    await page.goto("/quan-tri/chung-thu");
    const action = await page.locator("li", { hasText: "Hoang Minh Dat" }).locator("form").getAttribute("action");
    await admin.unfold(`details:has(form[action='${action}']) > summary`, "li input[name=reason]");
    await admin.type("Mất khóa");
    await admin.keysSend("Enter");
    await admin.sees(/Đã thu hồi chứng thư/, "[data-toast]");
    await admin.look("quan-tri-chung-thu-thu-hoi");
  }, { does: ["WithdrawCertificate"] });

  await play.step("the health of the system", async () => {
    await page.goto("/quan-tri/suc-khoe");
    await admin.sees(/mọi phần đều trả lời/);
    await admin.look("quan-tri-suc-khoe");
  });
}
