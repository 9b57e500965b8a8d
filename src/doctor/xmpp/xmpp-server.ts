// Room: the XMPP server: name, connection, secret, routing. In: a configuration. Out: steps. May enter: doctor.
import type { Config } from '../../config/config.ts';
import type { Tell } from '../chapter.ts';
import { attach } from './component.ts';
import { examineConnection, examineTls } from './connection.ts';
import { examineName } from './name.ts';
import { examineOutage } from './outage.ts';
import { examineRouting, readSoftware } from './routing.ts';
import type { Serving } from '../running.ts';
import { skip, type StepResult } from '../step.ts';

type Options = Config['component'];

const mostDomains = 3;

/** The way to the XMPP server and back. Where our own Reveille runs, its word is taken for the link: its place is not touched. */
export async function examineServer(options: Options, serving: Serving | undefined, signal: AbortSignal, tell: Tell): Promise<void> {
  const { server, ca } = options;
  const steps: (readonly [string, () => Promise<StepResult>])[] = [
    ['XMPP server: DNS', () => examineName(server.host, 'component.server', signal)],
    ['XMPP server: connection', () => examineConnection(server, signal)],
  ];
  if (server.tls) steps.push(['XMPP server: TLS', () => examineTls(server, ca, signal)]);
  let failed: string | undefined;
  for (const [title, examine] of steps) {
    const result = failed === undefined ? await examine() : skip(`${failed} failed`);
    if (result.verdict === 'failed') failed = title;
    tell(title, result);
  }
  if (serving !== undefined) return trustRunning(options, serving, signal, tell);
  if (failed === undefined) return visit(options, signal, tell);
  for (const title of titles) tell(title, skip(`${failed} failed`));
}

const [componentTitle, routingTitle, outageTitle] = ['XMPP server: component', 'XMPP server: routing', 'XMPP server: outage'] as const;
const titles = [componentTitle, routingTitle, outageTitle];

async function visit(options: Options, signal: AbortSignal, tell: Tell): Promise<void> {
  const { jid } = options;
  const { result, visit: stay } = await attach(options, signal);
  tell(componentTitle, result);
  if (stay === undefined) {
    for (const title of [routingTitle, outageTitle]) tell(title, skip('the server did not take the component'));
    return;
  }
  let software: string | undefined;
  try {
    const [routing, name] = await Promise.all([examineRouting(stay, jid, signal), readSoftware(stay, listDomains(options), signal)]);
    software = name;
    tell(routingTitle, routing);
  } finally {
    await stay.close();
  }
  tell(outageTitle, await examineOutage(jid, software, signal));
}

async function trustRunning({ jid }: Options, { component }: Serving, signal: AbortSignal, tell: Tell): Promise<void> {
  const tried = 'ask the running Reveille, whose place is not to be taken';
  const result: StepResult =
    component === 'ok'
      ? { verdict: 'ok', tried, found: 'it is attached' }
      : { verdict: 'failed', tried, found: `it is not attached: ${component}`, advice: 'stop Reveille and run doctor again to see more' };
  tell(componentTitle, result);
  tell(routingTitle, skip('the running Reveille is attached, and watches this itself'));
  tell(outageTitle, await examineOutage(jid, undefined, signal));
}

/** Domains the server may serve itself: that above the component's, and those of the administrators. */
function listDomains({ jid, admins }: Options): readonly string[] {
  const parent = jid.split('.').slice(1).join('.');
  const domains = [parent, ...admins.map((admin) => admin.slice(admin.indexOf('@') + 1))];
  return [...new Set(domains)].filter((domain) => domain !== '').slice(0, mostDomains);
}
