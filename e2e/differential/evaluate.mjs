// Evaluates flags with Unleash's official Node SDK, offline. Each line of standard
// input is a JSON object {features, segments, contexts}; each line of standard
// output answers one of them with a list per context of one [enabled, variant] per
// feature, or with the text of the error that the SDK threw. The SDK is that of
// ../sdk/node_modules.
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const { Unleash } = createRequire(new URL('../sdk/package.json', import.meta.url))('unleash-client');

// Lines stands in for the SDK's repository: it holds the flags of the current line.
class Lines extends EventEmitter {
  features = new Map();
  segments = new Map();

  hold({ features, segments }) {
    this.features = new Map(features.map((feature) => [feature.name, feature]));
    this.segments = new Map(segments.map((segment) => [segment.id, segment]));
  }

  getToggle(name) {
    return this.features.get(name);
  }

  getSegment(id) {
    return this.segments.get(id);
  }
}

const repository = new Lines();
const unleash = new Unleash({
  url: 'http://unused.invalid/api/',
  appName: 'differential',
  repository,
  disableAutoStart: true,
  disableMetrics: true,
});
const ready = new Promise((resolve) => unleash.once('ready', resolve));
repository.emit('ready');
await ready;

function answer({ features, segments, contexts }) {
  repository.hold({ features, segments });
  return contexts.map((context) =>
    features.map(({ name }) => {
      const { name: variant, enabled, payload, feature_enabled } = unleash.getVariant(name, context);
      return [unleash.isEnabled(name, context), { name: variant, enabled, payload, feature_enabled }];
    }),
  );
}

for await (const line of createInterface({ input: process.stdin })) {
  let reply;
  try {
    reply = answer(JSON.parse(line));
  } catch (error) {
    reply = String(error.stack);
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
