// A SAML identity provider (samlify). It prints its address when it is ready. Whoever types the name of a person
// signs in as that person.
//
//   KEY, CERTIFICATE          by which it signs, as PEM
//   FOREIGN_KEY, FOREIGN_CERTIFICATE  those of somebody else
//   PEOPLE                    attributes by the names of people: {"ann":{"email":…,"name":…,"groups":[…], "lie":…}, …}
//   METADATA                  where the service provider describes itself
//
// A person with a lie gets an answer that must not be taken: expired, audience, key, unsigned, issuer, request, changed, or encrypted for somebody
// else (sealed). The answer for a person with encrypt is encrypted by that algorithm. /leave?name=…&binding=… signs somebody out who began it here; /out hears
// what the service provider says about signing out, and answers. What is not signed by the service provider is refused with 500.
import { createServer } from 'node:http';
import samlify from 'samlify';

const { KEY, CERTIFICATE, FOREIGN_KEY, FOREIGN_CERTIFICATE, METADATA } = process.env;
const people = JSON.parse(process.env.PEOPLE);
const { IdentityProvider, ServiceProvider, SamlLib, Constants } = samlify;
samlify.setSchemaValidator({ validate: async () => 'not checked' });

const attributes = ['email', 'name', 'group0', 'group1'].map((tag) => ({
  name: tag.startsWith('group') ? 'groups' : tag,
  valueTag: tag,
  nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
  valueXsiType: 'xs:string',
}));
const placeholder = (tag) => `attr${tag[0].toUpperCase()}${tag.slice(1)}`;
const escaped = (text) => String(text).replace(/[<>&"]/g, (c) => `&#${c.charCodeAt(0)};`);

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const address = `http://127.0.0.1:${server.address().port}`;
  const provider = (privateKey, signingCert, more = {}) =>
    IdentityProvider({
      entityID: `${address}/metadata`,
      privateKey,
      signingCert,
      isAssertionEncrypted: false,
      wantAuthnRequestsSigned: false,
      wantLogoutRequestSigned: true,
      wantLogoutResponseSigned: true,
      singleLogoutService: ['redirect', 'post'].map((binding) => ({ Binding: Constants.namespace.binding[binding], Location: `${address}/out` })),
      singleSignOnService: [{ Binding: Constants.namespace.binding.redirect, Location: `${address}/sso` }],
      nameIDFormat: ['urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'],
      loginResponseTemplate: { context: SamlLib.defaultLoginResponseTemplate.context, attributes },
      ...more,
    });
  const honest = provider(KEY, CERTIFICATE);
  const foreign = provider(FOREIGN_KEY, FOREIGN_CERTIFICATE);

  async function serviceProvider() {
    const metadata = await (await fetch(METADATA)).text();
    return ServiceProvider({ metadata, wantLogoutRequestSigned: true, wantLogoutResponseSigned: true });
  }

  // message is what a query brings, and what of it is signed.
  const message = (query) => ({ query: Object.fromEntries(new URLSearchParams(query)), octetString: query.replace(/^.*?(?=SAMLRe)/, '').replace(/&Signature=.*/, '') });

  async function answer(query, name) {
    const honest = provider(KEY, CERTIFICATE, { wantAuthnRequestsSigned: query.includes('&Signature='), isAssertionEncrypted: Boolean(people[name].encrypt), dataEncryptionAlgorithm: people[name].encrypt || undefined });
    const sp = await serviceProvider();
    const info = await honest.parseLoginRequest(sp, 'redirect', message(query));
    const person = people[name];
    const bare = FOREIGN_CERTIFICATE.replace(/-----.*?-----|\s/g, '');
    if (person.lie === 'sealed') sp.entityMeta.getX509Certificate = () => bare;
    const consumer = sp.entityMeta.getAssertionConsumerService('post');
    const now = Date.now();
    const at = (milliseconds) => new Date(now + milliseconds).toISOString();
    const expired = person.lie === 'expired' ? -3_600_000 : 0;
    const id = `_${crypto.randomUUID()}`;
    const tags = {
      ID: id,
      AssertionID: `_${crypto.randomUUID()}`,
      Destination: consumer,
      AssertionConsumerServiceURL: consumer,
      SubjectRecipient: consumer,
      Audience: person.lie === 'audience' ? 'https://somebody-else.example' : sp.entityMeta.getEntityID(),
      EntityID: sp.entityMeta.getEntityID(),
      Issuer: person.lie === 'issuer' ? 'https://another.example' : `${address}/metadata`,
      IssueInstant: at(expired),
      StatusCode: Constants.StatusCode.Success,
      ConditionsNotBefore: at(expired - 1000),
      ConditionsNotOnOrAfter: at(expired + 60_000),
      SubjectConfirmationDataNotOnOrAfter: at(expired + 60_000),
      NameIDFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      NameID: `subject-of-${name}`,
      InResponseTo: person.lie === 'request' ? '_another' : info.extract.request.id,
      AuthnStatement: `<saml:AuthnStatement AuthnInstant="${at(expired)}" SessionIndex="session-of-${name}"/>`,
    };
    const values = { email: person.email, name: person.name, group0: person.groups?.[0] ?? '', group1: person.groups?.[1] ?? '' };
    for (const [tag, value] of Object.entries(values)) tags[placeholder(tag)] = value;
    const { context } = await (person.lie === 'key' ? foreign : honest).createLoginResponse(sp, info, 'post', {}, (template) => ({
      id,
      context: SamlLib.replaceTagsByValue(template, tags),
    }));
    const xml = Buffer.from(context, 'base64').toString();
    const given = person.lie === 'unsigned' ? xml.replace(/<(ds:)?Signature.*?<\/(ds:)?Signature>/s, '') : xml;
    return { consumer, response: Buffer.from(person.lie === 'changed' ? given.replace('bob@', 'root@') : given).toString('base64') };
  }

  server.on('request', async (request, reply) => {
    let body = '';
    for await (const part of request) body += part;
    const query = new URL(request.url, address).searchParams;
    const form = new URLSearchParams(body);
    reply.setHeader('Content-Type', 'text/html');
    try {
      if (request.method === 'GET') {
        const { pathname, search } = new URL(request.url, address);
        if (pathname === '/leave') {
          const { context, entityEndpoint } = honest.createLogoutRequest(await serviceProvider(), query.get('binding'), { logoutNameID: `subject-of-${query.get('name')}` }, { relayState: 'r&1' });
          if (query.get('binding') === 'redirect') reply.writeHead(302, { Location: context }).end();
          else reply.end(`<form action="${escaped(entityEndpoint)}" method="post"><input name="SAMLRequest" value="${context}"></form>`);
          return;
        }
        if (pathname === '/out' && query.has('SAMLResponse')) {
          const { extract } = await honest.parseLogoutResponse(await serviceProvider(), 'redirect', message(search));
          reply.end(`signed out everywhere: ${extract.response.inResponseTo} ${escaped(query.get('RelayState'))}`);
          return;
        }
        if (pathname === '/out') {
          const sp = await serviceProvider();
          const info = await honest.parseLogoutRequest(sp, 'redirect', message(search));
          console.log(`out ${info.extract.nameID} ${info.extract.sessionIndex}`);
          reply.writeHead(302, { Location: honest.createLogoutResponse(sp, info, 'redirect', '').context }).end();
          return;
        }
        reply.end(`<form action="${address}/sso" method="post"><input name="query" value="${escaped(search)}">
          <input name="RelayState" value="${escaped(query.get('RelayState'))}"><input name="login" value=""></form>`);
        return;
      }
      const { consumer, response } = await answer(form.get('query'), form.get('login'));
      reply.end(`<form action="${escaped(consumer)}" method="post"><input name="SAMLResponse" value="${response}">
        <input name="RelayState" value="${escaped(form.get('RelayState'))}"></form>`);
    } catch (error) {
      console.error(error);
      reply.statusCode = 500;
      reply.end(String(error));
    }
  });
  console.log(`ready ${address}`);
});
