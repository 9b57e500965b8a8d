import { Trouble } from '../trouble.js';
import { Refusal } from './connection.js';
import { childrenOf, ns, xml } from './xml.js';

/** More than a server has; each is asked. */
const mostItems = 30;

/** The push service among what the server has: XEP-0030, identity pubsub/push with this provider. */
export async function findPushService(connection, domain, provider) {
  const answer = await connection.ask('get', xml(ns.items, 'query'), domain);
  const items = [...answer.getElementsByTagNameNS(ns.items, 'item')].map((item) => item.getAttribute('jid'));
  for (const jid of new Set(items.slice(0, mostItems))) if (await isPushService(connection, jid, provider)) return jid;
  throw new Trouble(
    `${domain} has no push service with the provider “${provider}”`,
    'Ask your provider for the address of its push service, or for the name of the provider, and fill it in under “Details”.',
  );
}

/** Registers the subscription; settles with the node, the name by which the push service knows it. */
export async function register(connection, service, provider, subscription) {
  const answer = await execute(connection, service, 'register-device', provider, subscription);
  const field = [...answer.getElementsByTagNameNS(ns.forms, 'field')].find((each) => each.getAttribute('var') === 'node');
  const node = field?.textContent.trim();
  if (!node) throw new Trouble(`${service} answers without a node`, 'Is it a Reveille, or a push service that speaks like one?');
  return node;
}

/** One that is not registered is what was wanted. */
export async function unregister(connection, service, provider, subscription) {
  await execute(connection, service, 'unregister-device', provider, subscription).catch((error) => {
    if (!(error instanceof Refusal) || error.condition !== 'item-not-found') throw error;
  });
}

/** From now on the server tells the push service of messages for this account (XEP-0357). */
export async function enable(connection, service, node) {
  await connection.ask('set', xml(ns.push, 'enable', { jid: service, node }));
}

export async function disable(connection, service, node) {
  await connection.ask('set', xml(ns.push, 'disable', { jid: service, node }));
}

/** A command (XEP-0050) in one round trip: the filled form at once. */
function execute(connection, service, node, provider, subscription) {
  const values = { provider, 'device-token': JSON.stringify(subscription) };
  const fields = Object.entries(values).map(([name, value]) => xml(ns.forms, 'field', { var: name }, xml(ns.forms, 'value', {}, value)));
  return connection.ask('set', xml(ns.commands, 'command', { node }, xml(ns.forms, 'x', { type: 'submit' }, ...fields)), service);
}

async function isPushService(connection, jid, provider) {
  const answer = await connection.ask('get', xml(ns.info, 'query'), jid).catch((error) => {
    if (error instanceof Refusal) return undefined; // It is not to be asked, so it is not the one.
    throw error;
  });
  const [query] = answer === undefined ? [] : childrenOf(answer, ns.info, 'query');
  if (query === undefined) return false;
  const isPush = childrenOf(query, ns.info, 'identity').some(
    (identity) => identity.getAttribute('category') === 'pubsub' && identity.getAttribute('type') === 'push',
  );
  return isPush && childrenOf(query, ns.info, 'feature').some((feature) => feature.getAttribute('var') === provider);
}
