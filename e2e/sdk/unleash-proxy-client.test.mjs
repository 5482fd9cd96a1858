// Unleash's SDK for browsers, with GET and with POST.
import assert from "node:assert/strict";
import { test } from "node:test";

import { InMemoryStorageProvider, UnleashClient } from "unleash-proxy-client";

import { blueFor, counted, createFlag, eventually, frontendToken, once, switchOn, url } from "./quorate.mjs";

for (const usePOSTrequests of [false, true]) {
  const method = usePOSTrequests ? "post" : "get";
  test(`unleash-proxy-client, ${method}`, { timeout: 60_000 }, async (t) => {
    const flag = `browser-${method}`;
    const appName = `e2e-browser-${method}`;
    await createFlag(flag, blueFor("ann"));

    const client = new UnleashClient({
      url: `${url}/api/frontend`,
      clientKey: frontendToken,
      appName,
      context: { userId: "ann", properties: { plan: "gold" } },
      refreshInterval: 0.2,
      metricsInterval: 3600, // sent by hand
      metricsIntervalInitial: 0,
      storageProvider: new InMemoryStorageProvider(),
      usePOSTrequests,
      fetch,
    });
    t.after(() => client.stop());
    const problems = [];
    client.on("error", (error) => problems.push(error));

    await t.test("gets flags", async () => {
      const ready = once(client, "ready");
      await client.start();
      await ready;
      assert.equal(client.isEnabled(flag), false);
    });

    await t.test("sees a toggle and evaluates", async () => {
      await switchOn(flag);
      await eventually("the flag is on", () => client.isEnabled(flag));
      const variant = client.getVariant(flag);
      assert.equal(variant.name, "blue");
      assert.deepEqual(variant.payload, { type: "string", value: "#00f" });
      await client.updateContext({ userId: "bob" });
      await eventually("the flag is off for somebody else", () => !client.isEnabled(flag));
      await client.updateContext({ userId: "ann" });
      await eventually("the flag is on again", () => client.isEnabled(flag));
    });

    await t.test("sends metrics, which are counted", async () => {
      await client.sendMetrics();
      const before = await counted(flag, appName);
      for (let i = 0; i < 7; i++) client.isEnabled(flag);
      await client.sendMetrics();
      await eventually("the uses are counted", async () => (await counted(flag, appName)).yes >= before.yes + 7);
    });

    assert.deepEqual(problems, []);
  });
}
