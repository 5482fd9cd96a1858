// OpenFeature's providers for remote evaluation: on servers, and in browsers.
import assert from "node:assert/strict";
import { test } from "node:test";

import { OFREPProvider } from "@openfeature/ofrep-provider";
import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";
import { OpenFeature as ServerOpenFeature } from "@openfeature/server-sdk";
import { OpenFeature as WebOpenFeature, ProviderEvents } from "@openfeature/web-sdk";

import { backendToken, blueFor, createFlag, eventually, frontendToken, onFor, switchOff, switchOn, url } from "./quorate.mjs";

test("@openfeature/ofrep-provider", { timeout: 60_000 }, async (t) => {
  const [flag, colour] = ["ofrep-server", "ofrep-server-colour"];
  await createFlag(flag, onFor("ann"));
  await createFlag(colour, blueFor("ann"));
  await switchOn(colour);
  await ServerOpenFeature.setProviderAndWait(
    new OFREPProvider({ baseUrl: url, headers: [["Authorization", `Bearer ${backendToken}`]] }),
  );
  t.after(() => ServerOpenFeature.close());
  const client = ServerOpenFeature.getClient();
  const ann = { targetingKey: "ann" };

  await t.test("evaluates, and sees a toggle at once", async () => {
    const off = await client.getBooleanDetails(flag, true, ann);
    assert.equal(off.value, false);
    assert.equal(off.reason, "DISABLED");
    await switchOn(flag);
    const on = await client.getBooleanDetails(flag, false, ann);
    assert.equal(on.value, true);
    assert.equal(on.reason, "TARGETING_MATCH");
    assert.equal(on.errorCode, undefined);
    assert.equal(await client.getBooleanValue(flag, true, { targetingKey: "bob" }), false);
    await switchOff(flag);
    assert.equal(await client.getBooleanValue(flag, true, ann), false);
  });

  await t.test("gets variants, and the default while the flag is off", async () => {
    const details = await client.getStringDetails(colour, "none", ann);
    assert.equal(details.value, "#00f");
    assert.equal(details.variant, "blue");
    assert.equal(details.errorCode, undefined);
    await switchOff(colour);
    assert.equal(await client.getStringValue(colour, "none", ann), "none");
    await switchOn(colour);
  });

  await t.test("tells of a flag that is not there", async () => {
    const details = await client.getBooleanDetails("ofrep-nothing", true, ann);
    assert.equal(details.value, true);
    assert.equal(details.errorCode, "FLAG_NOT_FOUND");
  });

  await t.test("gives the default instead of a value of another type", async () => {
    const details = await client.getNumberDetails(colour, 7, ann);
    assert.equal(details.value, 7);
    assert.equal(details.reason, "ERROR");
  });
});

test("@openfeature/ofrep-web-provider", { timeout: 60_000 }, async (t) => {
  const [flag, colour] = ["ofrep-web", "ofrep-web-colour"];
  await createFlag(flag, onFor("ann"));
  await createFlag(colour, blueFor("ann"));
  await switchOn(colour);
  await WebOpenFeature.setContext({ targetingKey: "ann" });
  await WebOpenFeature.setProviderAndWait(
    new OFREPWebProvider({
      baseUrl: url,
      headers: [["Authorization", `Bearer ${frontendToken}`]],
      pollInterval: 200,
      changeDetection: "polling",
      cacheMode: "disabled",
    }),
  );
  t.after(() => WebOpenFeature.close());
  const client = WebOpenFeature.getClient();
  let changes = 0;
  client.addHandler(ProviderEvents.ConfigurationChanged, () => changes++);

  assert.equal(client.getBooleanValue(flag, true), false);
  await switchOn(flag);
  await eventually("the flag is on", () => client.getBooleanValue(flag, false));
  assert.ok(changes > 0, "the provider told of no change");
  assert.equal(client.getStringValue(colour, "none"), "#00f");

  await WebOpenFeature.setContext({ targetingKey: "bob" });
  assert.equal(client.getBooleanValue(flag, true), false);
  await WebOpenFeature.setContext({ targetingKey: "ann" });
  assert.equal(client.getBooleanValue(flag, false), true);

  await switchOff(flag);
  await switchOff(colour);
  await eventually("the flag is off", () => !client.getBooleanValue(flag, true));
  await eventually("the default counts", () => client.getStringValue(colour, "none") === "none");
});
