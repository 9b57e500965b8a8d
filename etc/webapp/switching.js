import { askPermission, checkBrowser, readServerKey, subscribe } from './subscription.js';
import { findWebSocket } from './xmpp/find-server.js';
import { logIn, readAddress } from './xmpp/login.js';
import { disable, enable, findPushService, register, unregister } from './xmpp/push-service.js';
import { ns, xml } from './xmpp/xml.js';

// What the buttons do. `wishes` is what the form says; `step` runs a step and shows how it went.

/** Settles with what has to be remembered for switching off. */
export async function switchOn(wishes, step) {
  await step('allow', () => (checkBrowser(), askPermission()));
  const registration = await navigator.serviceWorker.ready;
  const subscription = await step('subscribe', () => subscribe(registration, readServerKey(wishes.key)));
  return withSession(wishes, step, async (connection, domain) => {
    const service = await step('find', async () => wishes.service || (await findPushService(connection, domain, wishes.provider)));
    const node = await step('register', () => register(connection, service, wishes.provider, subscription));
    await step('enable', () => enable(connection, service, node));
    return { service, node };
  });
}

/** `known` is what switchOn settled with. */
export async function switchOff(wishes, known, step) {
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.getSubscription();
  await withSession(wishes, step, async (connection) => {
    await step('enable', () => disable(connection, known.service, known.node));
    if (subscription !== null) await step('register', () => unregister(connection, known.service, wishes.provider, subscription));
  });
  await step('subscribe', () => subscription?.unsubscribe());
}

/** A message to the own account, which is offline: so its server has a reason to push. */
export function writeToMyself(wishes, step) {
  return withSession(wishes, step, async (connection) => {
    const { local, domain } = readAddress(wishes.jid);
    const body = xml(ns.client, 'body', {}, `Hello from this page, ${new Date().toLocaleTimeString()}`);
    connection.send(xml(ns.client, 'message', { to: `${local}@${domain}`, type: 'chat' }, body));
  });
}

/** Logged in just as long as it takes: an account that is online is not pushed to. */
async function withSession(wishes, step, work) {
  const address = readAddress(wishes.jid);
  const connection = await step('login', async () =>
    logIn(wishes.websocket || (await findWebSocket(address.domain)), address, wishes.password),
  );
  try {
    return await work(connection, address.domain);
  } finally {
    await connection.close();
  }
}
