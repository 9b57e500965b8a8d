import type { XmppHost } from '../../../test/servers/host.ts';
import { prosodyPackages, startProsody } from '../../../test/servers/prosody.ts';
import { ensurePackages } from '../../apt.ts';
import { startLoopbackHost } from '../loopback/host.ts';
import type { Narrator } from '../narrator.ts';

export interface HostOptions {
  /** The bundled host even where Prosody could be had. */
  readonly isLoopback: boolean;
}

/** Prosody, or what takes its place where it can't be had. Settles when it listens; its owner stops it. */
export async function startHost(narrator: Narrator, { isLoopback }: HostOptions): Promise<XmppHost> {
  const packages = isLoopback ? 'asked for by --loopback' : await ensurePackages(prosodyPackages);
  if (packages === 'present' || packages === 'installed') {
    const host = await startProsody({ withBody: true, withSender: true, maxErrors: 1 });
    narrator.seen('Prosody with mod_cloud_notify', describePorts(host));
    return host;
  }
  const reason = typeof packages === 'string' ? packages : `Prosody is not here: ${packages.reason}`;
  const host = await startLoopbackHost();
  narrator.say(`The bundled loopback XMPP host takes Prosody's place (${reason}).`);
  narrator.seen('loopback host', describePorts(host));
  return host;
}

const describePorts = ({ domain, c2sPort, componentPort }: XmppHost): string => `${domain}, port ${c2sPort}, components ${componentPort}`;
