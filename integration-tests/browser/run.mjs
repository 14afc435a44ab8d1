// The screens in headless Chromium, by keyboard and by mouse: every desk in turn, on one demo agency.
//   node run.mjs [name of a scenario…]
import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

import { openOffice } from "./office.mjs";
import { Person } from "./person.mjs";
import { Play } from "./play.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ARGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const POLICY = path.join(HERE, "../../services/domain/tests/snapshots/policy.txt");

const wanted = process.argv.slice(2);
const names = (await readdir(path.join(HERE, "scenarios"))).filter((n) => n.endsWith(".mjs")).sort();
const chosen = names.filter((n) => wanted.length === 0 || wanted.some((w) => n.includes(w)));

await rm(path.join(HERE, "screenshots"), { recursive: true, force: true });
const began = Date.now();
const given = process.env.OFFICE;
const office = given ? { at: given, folder: "/tmp", said: () => "", stop: async () => {} } : await openOffice();
const seconds = () => `${((Date.now() - began) / 1000).toFixed(0)} s`;
console.log(`the office is open after ${seconds()}`);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });
const play = new Play(office, (login, tell, { at = office.at, ...more }) => Person.open(browser, at, login, tell, more));
try {
  for (const name of chosen) {
    const scenario = await import(path.join(HERE, "scenarios", name));
    await play.scene(scenario);
  }
  if (wanted.length === 0) {
    const policy = (await readFile(POLICY, "utf8")).split("\n").map((line) => line.split(/\s+/)).filter(([name]) => name);
    play.everyActionWasDone(policy.filter(([, , ...who]) => !who.join(" ").startsWith("the service alone")).map(([name]) => name));
  }
} finally {
  await browser.close();
  await office.stop();
}
console.log(`${seconds()}`);
console.log(`${play.passed} passed, ${play.failed} failed`);
process.exitCode = play.failed > 0 ? 1 : 0;
