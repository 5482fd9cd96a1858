// The Quorate under test, as the tests see it: where it is, its tokens, and a few
// calls of the admin API. The Go test beside this folder starts it and sets the
// environment.
import { env } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

export const url = required("QUORATE_URL");
export const backendToken = required("QUORATE_BACKEND_TOKEN");
export const frontendToken = required("QUORATE_FRONTEND_TOKEN");
const adminToken = required("QUORATE_ADMIN_TOKEN");

function required(name) {
  if (!env[name]) throw new Error(`${name} is not set; run these tests with go test ./e2e -run SDKs`);
  return env[name];
}

// admin calls the admin API and returns what it answers. Any refusal throws.
export async function admin(method, path, body) {
  const response = await fetch(`${url}/api/admin${path}`, {
    method,
    headers: { authorization: adminToken, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

const inDevelopment = (name) => `/projects/default/features/${name}/environments/development`;

// createFlag makes a flag with strategies in development, switched off.
export async function createFlag(name, ...strategies) {
  await admin("POST", "/projects/default/features", { name, type: "release" });
  for (const strategy of strategies) await admin("POST", `${inDevelopment(name)}/strategies`, strategy);
}

export const switchOn = (name) => admin("POST", `${inDevelopment(name)}/on`);
export const switchOff = (name) => admin("POST", `${inDevelopment(name)}/off`);

// onFor is a strategy that is on for users with one of the ids.
export const onFor = (...userIds) => ({
  name: "flexibleRollout",
  parameters: { rollout: "100", stickiness: "default", groupId: "e2e" },
  constraints: [{ contextName: "userId", operator: "IN", values: userIds, caseInsensitive: false, inverted: false }],
});

// blueFor is onFor with the variant blue.
export const blueFor = (...userIds) => ({
  ...onFor(...userIds),
  variants: [{ name: "blue", weight: 1000, weightType: "variable", stickiness: "default", payload: { type: "string", value: "#00f" } }],
});

// counted returns how often an application has reported a flag as on and as off.
export async function counted(name, appName) {
  const { data } = await admin("GET", `/client-metrics/features/${name}/raw`);
  return data
    .filter((row) => row.appName === appName && row.environment === "development")
    .reduce((sum, row) => ({ yes: sum.yes + row.yes, no: sum.no + row.no }), { yes: 0, no: 0 });
}

// eventually waits until a check gives a truthy value, and returns it.
export async function eventually(what, check, seconds = 20) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s for this: ${what}`);
    await sleep(20);
  }
}

// once waits for an event of an emitter.
export function once(emitter, event, seconds = 20) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`waited ${seconds} s for the event ${event}`)), seconds * 1000);
    emitter.once(event, (value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
