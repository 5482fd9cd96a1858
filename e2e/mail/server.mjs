// A mail server for tests, on 127.0.0.1: nodemailer's smtp-server, of ../sdk/node_modules. It keeps no mail but
// prints, as one JSON object a line, the port when it listens and then each mail that it has taken.
//
//	node server.mjs '{"port": 0, "key": "…", "cert": "…", "user": "…", "password": "…", "tls": false}'
//
// With key and cert (PEM) it offers STARTTLS, or with tls speaks it from the first byte, and with a user asks for the password, which it takes only when the
// connection is encrypted. Recipients that begin with "refused" are refused for good, those with "busy" for now, and
// from a mail to one with "lost" the server takes everything and hangs up the first time, before it says that it has.
import { createRequire } from 'node:module';

const { SMTPServer } = createRequire(new URL('../sdk/package.json', import.meta.url))('smtp-server');
const options = JSON.parse(process.argv[2] ?? '{}');
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const refusal = (code, text) => Object.assign(new Error(text), { responseCode: code });
const lost = new Set();

const server = new SMTPServer({
  logger: false,
  secure: options.tls ?? false,
  key: options.key,
  cert: options.cert,
  hideSTARTTLS: !options.cert,
  authOptional: !options.user,
  allowInsecureAuth: false,
  onAuth(auth, session, done) {
    const known = auth.username === options.user && auth.password === options.password;
    done(known ? null : refusal(535, 'wrong password'), { user: auth.username });
  },
  onRcptTo(address, session, done) {
    if (address.address.startsWith('refused')) return done(refusal(550, 'nobody here has that name'));
    if (address.address.startsWith('busy')) return done(refusal(451, 'try again later'));
    return done();
  },
  onData(stream, session, done) {
    const chunks = [];
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('end', () => {
      const to = session.envelope.rcptTo.map((recipient) => recipient.address);
      say({ to, from: session.envelope.mailFrom.address, raw: Buffer.concat(chunks).toString(), secure: session.secure, user: session.user ?? '' });
      if (to[0].startsWith('lost') && !lost.has(to[0])) {
        lost.add(to[0]);
        for (const connection of server.connections) if (connection.id === session.id) connection.close();
        return;
      }
      done();
    });
  },
});
server.on('error', () => {}); // a client that goes is no failure of the server
server.listen(options.port ?? 0, '127.0.0.1', () => say({ port: server.server.address().port }));
