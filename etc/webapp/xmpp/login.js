import { Trouble } from '../trouble.js';
import { Connection } from './connection.js';
import { chooseMechanism, createMechanism, fromBase64, toBase64 } from './sasl.js';
import { is, ns, xml } from './xml.js';

/** Local part and domain of `anna@example.org`. */
export function readAddress(text) {
  const [, local, domain] = /^([^\s@/"&'<>:]+)@([^\s@/]+)$/.exec(text.trim()) ?? [];
  if (local === undefined) throw new Trouble('This is no XMPP address', 'It looks like anna@example.org.');
  return { local: local.toLowerCase(), domain: domain.toLowerCase() };
}

/** Settles with a connection on which stanzas may be sent; whoever asked for it closes it. Nobody sees the account online. */
export async function logIn(url, { local, domain }, password) {
  const connection = new Connection(url);
  try {
    await connection.opened();
    await authenticate(connection, await openStream(connection, domain), local, password);
    await openStream(connection, domain);
    await connection.ask('set', xml(ns.bind, 'bind'));
    return connection;
  } catch (error) {
    connection.abandon();
    throw error;
  }
}

/** Settles with what the server offers. */
async function openStream(connection, domain) {
  connection.send(xml(ns.framing, 'open', { to: domain, version: '1.0' }));
  const opened = await connection.next('the stream to open');
  const features = await connection.next('what the server offers');
  if (!is(opened, ns.framing, 'open') || !is(features, ns.streams, 'features'))
    throw new Trouble(`${connection.url} speaks something else than XMPP`, 'Is the address right?');
  return features;
}

async function authenticate(connection, features, user, password) {
  const offered = [...features.getElementsByTagNameNS(ns.sasl, 'mechanism')].map(({ textContent }) => textContent);
  const name = chooseMechanism(offered, isPrivate(connection.url));
  if (name === undefined) throw noMechanism(offered);
  const mechanism = createMechanism(name, user, password);
  connection.send(xml(ns.sasl, 'auth', { mechanism: name }, toBase64(mechanism.first)));
  for (;;) {
    const said = await connection.next('the login');
    if (is(said, ns.sasl, 'success')) {
      if (await mechanism.accepts(fromBase64(said.textContent))) return;
      throw new Trouble(
        'The server does not know your password either',
        'Somebody else may have answered for it. Do not try again over this network.',
      );
    }
    if (!is(said, ns.sasl, 'challenge')) throw loginRefused(said);
    const answer = await mechanism.answer(fromBase64(said.textContent));
    if (answer === undefined) throw new Trouble('The server asks for something that no login needs', 'Ask its administrator.');
    connection.send(xml(ns.sasl, 'response', {}, toBase64(answer)));
  }
}

/** Encrypted, or within this machine. */
function isPrivate(url) {
  const { protocol, hostname } = new URL(url);
  return protocol === 'wss:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

function noMechanism(offered) {
  const list = offered.length === 0 ? 'nothing' : offered.join(', ');
  return new Trouble(
    `The server offers no login that this page has: it offers ${list}`,
    'The page has SCRAM-SHA-256, SCRAM-SHA-1, and over an encrypted connection (wss://) PLAIN.',
  );
}

function loginRefused(element) {
  const condition = [...element.children].find(({ localName }) => localName !== 'text')?.localName;
  if (condition === 'not-authorized') return new Trouble('The server refuses the login', 'XMPP address or password are not right.');
  return new Trouble(`The server refuses the login: ${condition ?? 'it does not say why'}`, 'Ask its administrator.');
}
