import { limitSignal } from '../../base/limit.ts';
import { xml, type Element } from '../../xmpp/stanza/xml.ts';
import type { StepResult } from '../step.ts';
import type { Visit } from './visit.ts';

const echoLimitMs = 5_000;
const identityLimitMs = 3_000;

/** Whether the server routes stanzas to us: a ping (XEP-0199) to ourselves must come back. */
export async function examineRouting(visit: Visit, jid: string, signal: AbortSignal): Promise<StepResult> {
  const tried = `send a ping to ourselves through the server (to ${jid})`;
  const limit = limitSignal(signal, echoLimitMs);
  const echo = await visit.ask(jid, xml('ping', { xmlns: 'urn:xmpp:ping' }), limit);
  if (echo === undefined) {
    const advice =
      'if pushes do not arrive either: is another instance attached under the name, or does a firewall module filter the component?';
    return { verdict: 'warning', tried, found: 'nothing came back', advice };
  }
  if (echo.attrs['type'] !== 'error') return { verdict: 'ok', tried, found: 'the server routes it back to us' };
  const advice = "look into the server's log: it takes our stream and does not route to it";
  return { verdict: 'warning', tried, found: 'the server answered it with an error', advice };
}

/** The server's software, as disco#info (XEP-0030) and version (XEP-0092) of the domains it may serve tell; undefined where nobody says. */
export async function readSoftware(visit: Visit, domains: readonly string[], signal: AbortSignal): Promise<string | undefined> {
  const limit = limitSignal(signal, identityLimitMs);
  const ask = async (domain: string, name: string, read: (query: Element | undefined) => string | undefined) => {
    const answer = await visit.ask(domain, xml('query', { xmlns: name }), limit);
    return answer?.attrs['from'] === domain && answer.attrs['type'] === 'result' ? read(answer.getChild('query')) : undefined;
  };
  const questions = domains.flatMap((domain) => [
    ask(domain, 'jabber:iq:version', (query) => query?.getChildText('name') ?? undefined),
    ask(domain, 'http://jabber.org/protocol/disco#info', readServerName),
  ]);
  return (await Promise.all(questions)).find((name) => name !== undefined && name !== '');
}

function readServerName(query: Element | undefined): string | undefined {
  const identity = query?.getChildren('identity').find(({ attrs }) => attrs['category'] === 'server');
  const name: unknown = identity?.attrs['name'];
  return typeof name === 'string' ? name : undefined;
}
