// Unleash's SDK for Node, in each way it can fetch flags.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { Unleash, UnleashEvents } from "unleash-client";

import { admin, backendToken, blueFor, counted, createFlag, eventually, once, switchOff, switchOn, url } from "./quorate.mjs";

const modes = {
  polling: { type: "polling", format: "full" },
  delta: { type: "polling", format: "delta" },
  streaming: { type: "streaming" },
};

for (const [name, experimentalMode] of Object.entries(modes)) {
  test(`unleash-client, ${name}`, { timeout: 60_000 }, async (t) => {
    const flag = `node-${name}`;
    const appName = `e2e-node-${name}`;
    await createFlag(flag, blueFor("ann"));

    const backupPath = mkdtempSync(join(tmpdir(), "quorate-sdk-"));
    const unleash = new Unleash({
      appName,
      instanceId: "e2e",
      url: `${url}/api/`,
      customHeaders: { Authorization: backendToken },
      refreshInterval: 200,
      metricsInterval: 3_600_000, // sent by hand
      metricsJitter: 0,
      experimentalMode,
      backupPath,
      skipInstanceCountWarning: true,
    });
    t.after(() => {
      unleash.destroy();
      rmSync(backupPath, { recursive: true, force: true });
    });
    const problems = [];
    unleash.on(UnleashEvents.Error, (error) => problems.push(error));
    unleash.on(UnleashEvents.Warn, (warning) => problems.push(warning));

    await t.test("gets flags", async () => {
      await once(unleash, UnleashEvents.Synchronized);
      assert.equal(unleash.getFeatureToggleDefinition(flag)?.enabled, false);
      assert.equal(unleash.isEnabled(flag, { userId: "ann" }), false);
    });

    await t.test("registers", async () => {
      const { applications } = await eventually("the application is known", async () => {
        const found = await admin("GET", "/metrics/applications?limit=1000");
        return found.applications.some((a) => a.appName === appName) && found;
      }, 30);
      assert.ok(applications.length > 0);
    });

    await t.test("sees a toggle and evaluates", async () => {
      await switchOn(flag);
      const began = performance.now();
      await eventually("the flag is on", () => unleash.isEnabled(flag, { userId: "ann" }));
      t.diagnostic(`toggle seen after ${(performance.now() - began).toFixed(0)} ms`);
      assert.equal(unleash.isEnabled(flag, { userId: "bob" }), false);
      assert.deepEqual(unleash.getVariant(flag, { userId: "ann" }), {
        name: "blue",
        enabled: true,
        payload: { type: "string", value: "#00f" },
        feature_enabled: true,
        featureEnabled: true,
      });
      await switchOff(flag);
      await eventually("the flag is off", () => !unleash.isEnabled(flag, { userId: "ann" }));
    });

    await t.test("sends metrics, which are counted", async () => {
      await unleash.flushMetrics();
      const before = await counted(flag, appName);
      for (let i = 0; i < 5; i++) unleash.isEnabled(flag, { userId: "ann" });
      unleash.count(flag, true);
      await unleash.flushMetrics();
      const want = { yes: before.yes + 1, no: before.no + 5 };
      await eventually(`the counts are ${JSON.stringify(want)}`, async () => {
        const got = await counted(flag, appName);
        return got.yes >= want.yes && got.no >= want.no;
      });
    });

    assert.deepEqual(problems, []);
  });
}
