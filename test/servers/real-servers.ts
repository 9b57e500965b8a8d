import { ejabberdPackages, startEjabberd } from './ejabberd.ts';
import type { HostOptions, XmppHost } from './host.ts';
import { prosodyPackages, startProsody } from './prosody.ts';
import { trixieRoot } from './trixie.ts';

export interface RealServer {
  readonly name: string;
  readonly packages: readonly string[];
  /** Absent: of this system. */
  readonly release?: 'trixie';
  start(options?: HostOptions): Promise<XmppHost>;
  /** Permanent refusals in a row after which it gives a registration up. */
  readonly patience: number;
}

export const prosody: RealServer = { name: 'Prosody', packages: prosodyPackages, start: startProsody, patience: 16 };
export const ejabberd: RealServer = { name: 'ejabberd', packages: ejabberdPackages, start: startEjabberd, patience: 1 };
export const realServers: readonly RealServer[] = [prosody, ejabberd];

/** Debian 13's: Prosody 13.0, with cloud_notify in its core, and ejabberd 24.12. */
const inTrixie = (server: RealServer, version: string, patience: number): RealServer => ({
  ...server,
  name: `${server.name} ${version}`,
  patience,
  release: 'trixie',
  start: (options) => server.start({ ...options, root: trixieRoot }),
});
// Never gives up: its mod_cloud_notify reads the answer of module:send_iq as a stanza, which it is not, and counts nothing.
export const prosody13 = inTrixie(prosody, '13.0', Infinity);
export const ejabberd24 = inTrixie(ejabberd, '24.12', 1);
/** For the flows that decide whether phones are woken; the others would say the same of both releases. */
export const allServers: readonly RealServer[] = [...realServers, prosody13, ejabberd24];
