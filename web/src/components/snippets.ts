/** How an application asks for flags, in the words of an SDK. */
export interface Snippet {
  name: string;
  /** Writes the code, for the address of the server and a token. */
  code: (url: string, token: string) => string;
}

const app = 'my-app';
const flag = 'my-flag';

/** SDKs that get the rules and evaluate flags themselves. The address ends in /api/. */
const backend: Snippet[] = [
  {
    name: 'Node.js',
    code: (url, token) => `npm install unleash-client

import { initialize } from 'unleash-client';

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
    code: (url, token) => `go get github.com/Unleash/unleash-go-sdk/v5

unleash.Initialize(
	unleash.WithUrl("${url}"),
	unleash.WithAppName("${app}"),
	unleash.WithCustomHeaders(http.Header{"Authorization": {"${token}"}}),
)
unleash.WaitForReady()
fmt.Println(unleash.IsEnabled("${flag}"))`,
  },
  {
    name: 'Java',
    code: (url, token) => `// Maven: io.getunleash:unleash-client-java

UnleashConfig config = UnleashConfig.builder()
    .appName("${app}")
    .unleashAPI("${url}")
    .apiKey("${token}")
    .build();
Unleash unleash = new DefaultUnleash(config);
boolean on = unleash.isEnabled("${flag}");`,
  },
  {
    name: 'Python',
    code: (url, token) => `pip install UnleashClient

from UnleashClient import UnleashClient

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
    code: (url, token) => `dotnet add package Unleash.Client

var settings = new UnleashSettings()
{
    AppName = "${app}",
    UnleashApi = new Uri("${url}"),
    CustomHttpHeaders = new Dictionary<string, string> { { "Authorization", "${token}" } }
};
var unleash = new DefaultUnleash(settings);
var on = unleash.IsEnabled("${flag}");`,
  },
  {
    name: 'Ruby',
    code: (url, token) => `gem install unleash

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
    code: (url, token) => `composer require unleash/client

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
    code: (url, token) => `cargo add unleash-api-client

let client = client::ClientBuilder::default().into_client::<Flags, reqwest::Client>(
    "${url}",
    "${app}",
    "instance-1",
    Some("${token}".into()),
)?;
client.register().await?;
let on = client.is_enabled(Flags::my_flag, None, false);`,
  },
  { name: 'curl', code: (url, token) => `curl -H 'Authorization: ${token}' ${url}client/features` },
];

/** SDKs that get the answers for one user. The address ends in /api/. */
const frontend: Snippet[] = [
  {
    name: 'JavaScript',
    code: (url, token) => `npm install unleash-proxy-client

import { UnleashClient } from 'unleash-proxy-client';

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
    code: (url, token) => `npm install @unleash/proxy-client-react

import { FlagProvider, useFlag } from '@unleash/proxy-client-react';

const config = { url: '${url}frontend', clientKey: '${token}', appName: '${app}' };

root.render(<FlagProvider config={config}><App /></FlagProvider>);

function App() {
  return useFlag('${flag}') ? <New /> : <Old />;
}`,
  },
  {
    name: 'OpenFeature',
    code: (url, token) => `npm install @openfeature/web-sdk @openfeature/ofrep-web-provider

import { OpenFeature } from '@openfeature/web-sdk';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';

await OpenFeature.setProviderAndWait(new OFREPWebProvider({
  baseUrl: '${url.replace(/\/api\/$/, '')}',
  headers: [['Authorization', '${token}']],
}), { targetingKey: '7' });
console.log(OpenFeature.getClient().getBooleanValue('${flag}', false));`,
  },
  {
    name: 'Vue',
    code: (url, token) => `npm install @unleash/proxy-client-vue

import { plugin as unleash } from '@unleash/proxy-client-vue';

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
    code: (url, token) => `flutter pub add unleash_proxy_client_flutter

final unleash = UnleashClient(
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
