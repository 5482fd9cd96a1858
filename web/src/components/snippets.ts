/** How an application asks for flags, in the words of an SDK. */
export interface Snippet {
  name: string;
  /** What is entered first, to have the SDK. */
  install?: string;
  /** Writes the code, for the address of the server and a token. */
  code: (url: string, token: string) => string;
}

const app = 'my-app';
const flag = 'my-flag';

/** SDKs that get the rules and evaluate flags themselves. The address ends in /api/. */
const backend: Snippet[] = [
  {
    name: 'Node.js',
    install: 'npm install unleash-client',
    code: (url, token) => `import { initialize } from 'unleash-client';

const unleash = initialize({
  url: '${url}',
  appName: '${app}',
  customHeaders: { Authorization: '${token}' },
});
unleash.on('synchronized', () => {
  console.log(unleash.isEnabled('${flag}', { userId: '7' }));
});`,
  },
  {
    name: 'Go',
    install: 'go get github.com/Unleash/unleash-go-sdk/v5',
    code: (url, token) => `package main

import (
	"fmt"
	"net/http"

	"github.com/Unleash/unleash-go-sdk/v5"
)

func main() {
	err := unleash.Initialize(
		unleash.WithUrl("${url}"),
		unleash.WithAppName("${app}"),
		unleash.WithCustomHeaders(http.Header{"Authorization": {"${token}"}}),
	)
	if err != nil {
		panic(err)
	}
	unleash.WaitForReady()
	fmt.Println(unleash.IsEnabled("${flag}"))
}`,
  },
  {
    name: 'Java',
    code: (url, token) => `// Maven: io.getunleash:unleash-client-java

import io.getunleash.DefaultUnleash;
import io.getunleash.Unleash;
import io.getunleash.util.UnleashConfig;

UnleashConfig config = UnleashConfig.builder()
    .appName("${app}")
    .unleashAPI("${url}")
    .apiKey("${token}")
    .synchronousFetchOnInitialisation(true)
    .build();
Unleash unleash = new DefaultUnleash(config);
boolean on = unleash.isEnabled("${flag}");`,
  },
  {
    name: 'Python',
    install: 'pip install UnleashClient',
    code: (url, token) => `from UnleashClient import UnleashClient

client = UnleashClient(
    url="${url}",
    app_name="${app}",
    custom_headers={"Authorization": "${token}"},
)
client.initialize_client()
print(client.is_enabled("${flag}", {"userId": "7"}))`,
  },
  {
    name: '.NET',
    install: 'dotnet add package Unleash.Client',
    code: (url, token) => `using Unleash;
using Unleash.ClientFactory;

var settings = new UnleashSettings()
{
    AppName = "${app}",
    UnleashApi = new Uri("${url}"),
    CustomHttpHeaders = new Dictionary<string, string> { { "Authorization", "${token}" } }
};
var unleash = await new UnleashClientFactory().CreateClientAsync(settings, synchronousInitialization: true);
var on = unleash.IsEnabled("${flag}");`,
  },
  {
    name: 'Ruby',
    install: 'gem install unleash',
    code: (url, token) => `require 'unleash'

Unleash.configure do |config|
  config.app_name = '${app}'
  config.url = '${url}'
  config.custom_http_headers = { 'Authorization' => '${token}' }
end
client = Unleash::Client.new
puts client.is_enabled?('${flag}')`,
  },
  {
    name: 'PHP',
    install: 'composer require unleash/client guzzlehttp/guzzle symfony/cache',
    code: (url, token) => `<?php

require 'vendor/autoload.php';

use Unleash\\Client\\UnleashBuilder;

$unleash = UnleashBuilder::create()
    ->withAppName('${app}')
    ->withAppUrl('${url}')
    ->withInstanceId('1')
    ->withHeader('Authorization', '${token}')
    ->build();
var_dump($unleash->isEnabled('${flag}'));`,
  },
  {
    name: 'Rust',
    install: 'cargo add unleash-api-client --features reqwest-client && cargo add enum-map reqwest serde --features serde/derive',
    code: (url, token) => `use enum_map::Enum;
use serde::{Deserialize, Serialize};
use unleash_api_client::client::ClientBuilder;

#[derive(Debug, Deserialize, Serialize, Enum, Clone)]
enum Flags {
    #[serde(rename = "${flag}")]
    MyFlag,
}

let client = ClientBuilder::default().into_client::<Flags, reqwest::Client>(
    "${url}",
    "${app}",
    "instance-1",
    Some("${token}".into()),
)?;
client.register().await?;
// It has flags once this runs beside the application: client.poll_for_updates().await
let on = client.is_enabled(Flags::MyFlag, None, false);`,
  },
  {
    name: 'OpenFeature (Node.js)',
    install: 'npm install @openfeature/server-sdk @openfeature/ofrep-provider',
    code: (url, token) => `import { OpenFeature } from '@openfeature/server-sdk';
import { OFREPProvider } from '@openfeature/ofrep-provider';

await OpenFeature.setProviderAndWait(new OFREPProvider({
  baseUrl: '${url.replace(/\/api\/$/, '')}',
  headers: [['Authorization', 'Bearer ${token}']],
}));
console.log(await OpenFeature.getClient().getBooleanValue('${flag}', false, { targetingKey: '7' }));`,
  },
  { name: 'curl', code: (url, token) => `curl -H 'Authorization: ${token}' ${url}client/features` },
];

/** SDKs that get the answers for one user. The address ends in /api/. */
const frontend: Snippet[] = [
  {
    name: 'JavaScript',
    install: 'npm install unleash-proxy-client',
    code: (url, token) => `import { UnleashClient } from 'unleash-proxy-client';

const unleash = new UnleashClient({
  url: '${url}frontend',
  clientKey: '${token}',
  appName: '${app}',
  context: { userId: '7' },
});
await unleash.start();
console.log(unleash.isEnabled('${flag}'));`,
  },
  {
    name: 'React',
    install: 'npm install @unleash/proxy-client-react',
    code: (url, token) => `import { FlagProvider, useFlag } from '@unleash/proxy-client-react';

const config = { url: '${url}frontend', clientKey: '${token}', appName: '${app}' };

root.render(<FlagProvider config={config}><App /></FlagProvider>);

function App() {
  return useFlag('${flag}') ? <New /> : <Old />;
}`,
  },
  {
    name: 'OpenFeature',
    install: 'npm install @openfeature/web-sdk @openfeature/ofrep-web-provider',
    code: (url, token) => `import { OpenFeature } from '@openfeature/web-sdk';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';

await OpenFeature.setProviderAndWait(new OFREPWebProvider({
  baseUrl: '${url.replace(/\/api\/$/, '')}',
  headers: [['Authorization', '${token}']],
}), { targetingKey: '7' });
console.log(OpenFeature.getClient().getBooleanValue('${flag}', false));`,
  },
  {
    name: 'Vue',
    install: 'npm install @unleash/proxy-client-vue',
    code: (url, token) => `import { plugin as unleash } from '@unleash/proxy-client-vue';

app.use(unleash, {
  config: { url: '${url}frontend', clientKey: '${token}', appName: '${app}' },
});
// In a component: const on = useFlag('${flag}');`,
  },
  {
    name: 'Swift',
    code: (url, token) => `// Package: https://github.com/Unleash/unleash-ios-sdk

let unleash = UnleashProxyClientSwift.UnleashClient(
    unleashUrl: "${url}frontend", clientKey: "${token}", refreshInterval: 15, appName: "${app}", context: [:])
unleash.start()
let on = unleash.isEnabled(name: "${flag}")`,
  },
  {
    name: 'Android',
    code: (url, token) => `// Gradle: io.getunleash:unleash-android

val unleash = DefaultUnleash(
    androidContext = applicationContext,
    unleashConfig = UnleashConfig.newBuilder("${app}")
        .proxyUrl("${url}frontend")
        .clientKey("${token}")
        .build(),
)
val on = unleash.isEnabled("${flag}")`,
  },
  {
    name: 'Flutter',
    install: 'flutter pub add unleash_proxy_client_flutter',
    code: (url, token) => `final unleash = UnleashClient(
    url: Uri.parse('${url}frontend'), clientKey: '${token}', appName: '${app}');
await unleash.start();
final on = unleash.isEnabled('${flag}');`,
  },
  { name: 'curl', code: (url, token) => `curl -H 'Authorization: ${token}' '${url}frontend?userId=7'` },
];

/** The SDKs that take a type of token. */
export function snippetsFor(type: string): Snippet[] {
  return type === 'frontend' ? frontend : type === 'admin' ? [{ name: 'curl', code: (url, token) => `curl -H 'Authorization: ${token}' ${url}admin/projects` }] : backend;
}
