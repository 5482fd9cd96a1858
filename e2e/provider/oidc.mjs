// An OpenID provider (oidc-provider, certified by the OpenID Foundation) with one client and some people. It
// prints its address when it is ready. Whoever types the name of a person signs in as that person.
//
//   CLIENT    the client, as oidc-provider takes it: {"client_id":…, "client_secret":…, "redirect_uris":[…], …}
//   PEOPLE    claims by the names of people: {"ann":{"email":…,"name":…,"groups":[…]}, …}
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const people = JSON.parse(process.env.PEOPLE);
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [JSON.parse(process.env.CLIENT)],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    scopes: ['openid', 'email', 'profile', 'groups'],
    conformIdTokenClaims: false, // the ID token itself says who somebody is
    cookies: { keys: ['e2e'] },
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    pkce: { required: () => true },
    async findAccount(_, name) {
      const claims = people[name];
      return claims && { accountId: name, claims: async () => ({ sub: `subject-of-${name}`, ...claims }) };
    },
  });
  server.on('request', provider.callback());
  console.log(`ready ${issuer}`);
});
