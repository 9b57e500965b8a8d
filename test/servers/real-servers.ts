import { ejabberdPackages, startEjabberd } from './ejabberd.ts';
import type { HostOptions, XmppHost } from './host.ts';
import { prosodyPackages, startProsody } from './prosody.ts';

export interface RealServer {
  readonly name: string;
  readonly packages: readonly string[];
  start(options?: HostOptions): Promise<XmppHost>;
  /** Permanent refusals in a row after which it gives a registration up. */
  readonly patience: number;
}

export const prosody: RealServer = { name: 'Prosody', packages: prosodyPackages, start: startProsody, patience: 16 };
export const ejabberd: RealServer = { name: 'ejabberd', packages: ejabberdPackages, start: startEjabberd, patience: 1 };
export const realServers: readonly RealServer[] = [prosody, ejabberd];
