// The signing agent (`vanthu agent`) that a person runs on the own machine: a process of its own, with a key of its own.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import { binary } from "./office.mjs";

const run = promisify(execFile);
const PASSWORD = "khoa-o-ngoai-2026";

/** Where the pages look for it. */
export const AGENT = "http://127.0.0.1:27127";

/** A key in a file, with a certificate for `name`. */
export async function keyFile(folder, slug, name) {
  const at = (end) => path.join(folder, `${slug}.${end}`);
  await run("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", at("key"), "-out", at("pem"), "-days", "400", "-nodes", "-utf8", "-subj", `/CN=${name}/C=VN`, "-addext", "keyUsage=digitalSignature,nonRepudiation"]);
  await run("openssl", ["pkcs12", "-export", "-inkey", at("key"), "-in", at("pem"), "-out", at("p12"), "-passout", `pass:${PASSWORD}`]);
  await writeFile(at("password"), `${PASSWORD}\n`, { mode: 0o600 });
  return { key: at("p12"), password: at("password") };
}

/** Starts an agent for the page at `origin`: what it says at its terminal is read as it comes. */
export async function startAgent(origin, { key, password }) {
  const args = ["agent", "--origin", origin, "--key", key, "--password-file", password, "--browser", ""];
  const child = spawn(await binary(), args, { stdio: ["ignore", "pipe", "inherit"] });
  const told = { code: [], confirm: [], address: [] };
  createInterface({ input: child.stdout }).on("line", (line) => {
    for (const [what, value] of Object.entries(JSON.parse(line))) told[what]?.push(value);
  });
  const next = async (what, after) => {
    for (let i = 0; i < 200; i += 1) {
      if (told[what].length > after) return told[what].at(-1);
      if (child.exitCode !== null) throw new Error(`the agent ended (${child.exitCode})`);
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`the agent did not say its ${what}`);
  };
  await next("address", 0);
  return {
    /** The newest code of pairing. */
    code: () => next("code", 0),
    /** How many confirmations it has asked for. */
    asked: () => told.confirm.length,
    /** The address of the confirmation that comes after so many. */
    confirm: (after) => next("confirm", after),
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}
