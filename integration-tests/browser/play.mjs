// The play: scenes in order, steps in each; a step that fails is told and the play goes on.

export class Play {
  constructor(office, open) {
    Object.assign(this, { office, open, passed: 0, failed: 0, done: new Map(), shared: {} });
    this.people = new Map();
  }

  /** Plays one file of scenarios/: its title, its people, its steps. */
  async scene({ title, run }) {
    console.log(`\n${title}`);
    this.people = new Map();
    try {
      await run(this);
    } catch (error) {
      this.fail("the scene broke off", error);
    }
    for (const [name, person] of this.people) {
      if (person.faults.length === 0) this.pass(`${name}: nothing on the console, nothing from elsewhere`);
      else this.fail(`${name}: nothing on the console, nothing from elsewhere`, new Error(person.faults.slice(0, 8).join("\n      ")));
      await person.close();
    }
  }

  /** Somebody at a desk, logged in. */
  async person(login) {
    const person = await this.guest(login);
    await person.logIn();
    return person;
  }

  /** Somebody who is not logged in yet; `more` are settings of the browser, `at` another office. */
  async guest(login = "a passer-by", more = {}) {
    const person = await this.open(login, (what, error) => this.fail(what, error), more);
    this.people.set(`${login}${this.people.has(login) ? ` ${this.people.size}` : ""}`, person);
    return person;
  }

  /** One thing that holds. `does` names the commands of the policy that this step does by keyboard alone. */
  async step(what, run, { does = [] } = {}) {
    try {
      await run();
      for (const command of does) this.done.set(command, what);
      this.pass(what);
      return true;
    } catch (error) {
      this.fail(what, error);
      return false;
    }
  }

  /** Each command of the policy was done once by keyboard alone. */
  everyActionWasDone(commands) {
    console.log("\nEvery action of the policy, by keyboard alone");
    const missing = commands.filter((c) => !this.done.has(c));
    const unknown = [...this.done.keys()].filter((c) => !commands.includes(c));
    if (missing.length + unknown.length === 0) this.pass(`${commands.length} actions`);
    else this.fail("every action", new Error(`not done: ${missing.join(", ") || "–"}; not in the policy: ${unknown.join(", ") || "–"}`));
  }

  pass(what) {
    this.passed += 1;
    console.log(`  ok    ${what}`);
  }

  fail(what, error) {
    this.failed += 1;
    const own = (error.stack ?? "").split("\n").find((l) => l.includes("/scenarios/"));
    console.log(`  FAIL  ${what}\n      ${error.message}${own ? `\n      ${own.trim().replace(/file:\/\/\S*\/scenarios/, "scenarios")}` : ""}`);
  }
}
