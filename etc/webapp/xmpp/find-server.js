import { Trouble, within } from '../trouble.js';

const limitMs = 10_000;

/** Where a domain has its WebSocket: it says so in a file (XEP-0156). */
export async function findWebSocket(domain) {
  const file = `https://${domain}/.well-known/host-meta.json`;
  const trouble = (what) => new Trouble(what, 'Ask your provider for the address of its WebSocket, and fill it in under “Details”.');
  const answer = await within(limitMs, fetch(file), trouble(`${domain} does not answer`)).catch((cause) => {
    throw cause instanceof Trouble ? cause : trouble(`${domain} does not tell where its WebSocket is (${file})`);
  });
  const meta = answer.ok ? await within(limitMs, answer.json(), trouble(`${domain} does not answer`)).catch(() => undefined) : undefined;
  const links = Array.isArray(meta?.links) ? meta.links : [];
  const found = links.find((link) => link?.rel === 'urn:xmpp:alt-connections:websocket')?.href;
  if (typeof found !== 'string' || !found.startsWith('wss://')) throw trouble(`${domain} does not tell of a WebSocket (${file})`);
  return found;
}
