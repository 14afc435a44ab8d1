// The demo agency that the browser walks through: made in a folder of its own, served on a free loopback port.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const DOCUMENTS = 90;
const READY_SECONDS_MAX = 150;

/** Password of every person of the demo. */
export const PASSWORD = "vanthu-demo-2026";
/** Password of every key of the demo. */
export const KEY_PASSWORD = "demo-khoa-ky";

/** The program under test. */
export async function binary() {
  const target = process.env.CARGO_TARGET_DIR ?? path.join(ROOT, "target");
  const file = process.env.VANTHU ?? path.join(target, "debug", "vanthu");
  await access(file).catch(() => { throw new Error(`${file} is not there: run cargo build -p vanthu first`); });
  return file;
}

/** A loopback port that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Makes the agency and serves it; answers its address, its folder and how to stop it. */
export async function openOffice() {
  // Nobody listens there until a scenario starts the service: the office signs and issues all the same.
  const stampPort = await freePort();
  const office = await open(["demo", "--documents", String(DOCUMENTS), "--level", "b-t", "--tsa", `http://127.0.0.1:${stampPort}/`]);
  return { ...office, stampPort };
}

/** A small agency that asks authorities about the signatures of what it receives. */
export const openAskingOffice = () => open(["demo", "--documents", "40", "--online-evidence"]);

/** Serves an office that nobody has founded yet. */
export const openEmptyOffice = () => open(["serve"]);

async function open(command) {
  const vanthu = await binary();
  const folder = await mkdtemp(path.join(tmpdir(), "vanthu-browser-"));
  const port = await freePort();
  const at = `http://127.0.0.1:${port}`;
  const args = [...command, "--data", path.join(folder, "data"), "--listen", `127.0.0.1:${port}`];
  const child = spawn(vanthu, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, RUST_LOG: "warn" } });
  const said = [];
  const keep = (chunk) => { said.push(chunk.toString()); if (said.length > 400) said.splice(0, 200); };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await once(child, "exit");
      clearTimeout(late);
    }
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + READY_SECONDS_MAX * 1000;
  for (;;) {
    if (child.exitCode !== null) {
      await stop();
      throw new Error(`the office did not open (exit ${child.exitCode}):\n${said.join("").slice(-2000)}`);
    }
    const answers = await fetch(`${at}/dang-nhap`).then((r) => r.ok, () => false);
    if (answers) break;
    if (Date.now() > deadline) { await stop(); throw new Error("the office did not open in time"); }
    await new Promise((done) => setTimeout(done, 200));
  }
  return { at, folder, said: () => said.join(""), stop };
}
