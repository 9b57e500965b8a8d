import type { Config } from '../../config/config.ts';
import { ComponentStream } from '../../xmpp/stream/stream.ts';
import type { StreamEnd } from '../../xmpp/stream/trouble.ts';
import { streamLimits } from '../../xmpp/stream/parser.ts';
import type { StepResult } from '../step.ts';
import { createVisit, type Visit } from './visit.ts';

const openWithinMs = 10_000;
const closeWithinMs = 2_000;

export interface Attachment {
  readonly result: StepResult;
  /** Undefined where the server did not take us; else closed by whoever asked. */
  readonly visit: Visit | undefined;
}

/** Attaches to the XMPP server as the component, for as long as the visit lasts. Never rejects. */
export async function attach(component: Config['component'], signal: AbortSignal): Promise<Attachment> {
  const { jid, server, ca, secret } = component;
  const limits = { limits: streamLimits, openWithinMs, closeWithinMs, backlogBytes: 1024 * 1024, unreadForMs: openWithinMs };
  const visit = createVisit(jid);
  const stream = new ComponentStream({ address: server, ca, domain: jid, secret, ...limits }, visit);
  const giveUp = () => stream.abandon('interrupted');
  signal.addEventListener('abort', giveUp, { once: true });
  const isOnline = await stream.open();
  signal.removeEventListener('abort', giveUp);
  const tried = `open a component stream as ${jid} with our secret`;
  if (!isOnline) return { result: { verdict: 'failed', tried, ...explain(await stream.ended, jid) }, visit: undefined };
  visit.begin(stream);
  return { result: { verdict: 'ok', tried, found: 'the server knows the domain and takes the secret' }, visit };
}

interface Told {
  readonly found: string;
  readonly advice: string;
}

const wrongSecret = 'compare component.secret with the secret in the configuration of the XMPP server';

function explain({ reason, trouble }: StreamEnd, jid: string): Told {
  const condition = conditionOf(reason);
  const known = condition === undefined ? undefined : explainCondition(condition, jid);
  if (known !== undefined) return known;
  if (condition !== undefined)
    return { found: `stream error ${condition}`, advice: 'the log of the XMPP server says more (RFC 6120 §4.9.3)' };
  // COMPAT(Tigase): a wrong secret is answered by closing the socket, without a stream error.
  if (trouble === 'configuration')
    return { found: 'the server closed the connection after the handshake: wrong secret (so Tigase says it)', advice: wrongSecret };
  return {
    found: reason,
    advice: 'is this the port for components (Prosody 5347, ejabberd 5347 or 8888), and not the one for clients? is it TLS (tls://)?',
  };
}

function explainCondition(condition: string, jid: string): Told | undefined {
  switch (condition) {
    case 'not-authorized':
      return {
        found: 'not-authorized: the server refuses the secret (ejabberd says so of an unknown domain as well)',
        advice: `${wrongSecret}; on ejabberd see that hosts of ejabberd_service names ${jid}`,
      };
    case 'host-unknown':
      return {
        found: `host-unknown: the server does not know ${jid}`,
        advice: `declare the component ${jid} there (docs/servers.md), or correct component.jid`,
      };
    case 'conflict':
      return {
        found: `conflict: another program is attached as ${jid}`,
        advice: 'stop it (another instance of Reveille, or the push component it replaces), or give this one a component of its own',
      };
    case 'undefined-condition':
    case 'internal-server-error':
      return { found: `${condition}: the server does not say why`, advice: 'look into its log' };
    default:
      return undefined;
  }
}

/** Streams tell their end in words only; a stream error begins with its condition. */
function conditionOf(reason: string): string | undefined {
  return /^stream error ([a-z-]+)/.exec(reason)?.[1];
}
