import { isDomainKnown } from './name.ts';
import type { StepResult } from '../step.ts';

/** They answer for a component that is away themselves, with an error that costs nobody a registration. */
const careful = /prosody|openfire/i;
/** They look for its domain in the network then; ejabberd measured, the others by their source. */
const searching = /ejabberd|mongooseim|tigase/i;

/**
 * What publishes meet while Reveille is away. ejabberd takes the domain of an absent component for a foreign one; where DNS
 * does not know it either, it answers its own publishes with remote-server-not-found and deletes the registrations.
 */
export async function examineOutage(jid: string, software: string | undefined, signal: AbortSignal): Promise<StepResult> {
  const isKnown = await isDomainKnown(jid, signal);
  const tried = `look ${jid} up in DNS, as a server does while Reveille is away`;
  const name = software ?? 'the server (it does not say what it is)';
  if (isKnown === true) return { verdict: 'ok', tried, found: 'it is known: registrations survive an outage' };
  if (careful.test(name)) return { verdict: 'ok', tried, found: `it is not known, which ${name} does not need` };
  const state = isKnown === false ? 'resolves nowhere' : 'could not be looked up';
  const loss = 'answers publishes with remote-server-not-found while Reveille is away, and deletes the registrations';
  const advice = `publish a DNS record (A or AAAA) for ${jid} that leads to the XMPP server, and set component.connections = 2`;
  if (searching.test(name)) return { verdict: 'warning', tried, found: `${jid} ${state}: ${name} ${loss}`, advice };
  return {
    verdict: 'warning',
    tried,
    found: `${jid} ${state}: if the server is ejabberd, MongooseIM or Tigase, it ${loss}`,
    advice: `${advice}; Prosody and Openfire do not need it`,
  };
}
