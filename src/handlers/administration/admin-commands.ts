// Room: commands for administrators. In: a form of an administrator. Out: what was found or done. May enter: app.
import type { Certificates } from '../../push/credentials/certificates.ts';
import type { Dispatcher } from '../../push/dispatch/dispatcher.ts';
import type { Provider } from '../../push/provider/provider.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Jid } from '../../xmpp/stanza/jid.ts';
import { buildCertificateStatus } from './certificate-status.ts';
import type { Command } from '../commands/command.ts';
import { buildListDevices } from './list-devices.ts';
import { buildRemoveDevices } from './remove-devices.ts';
import { buildSendTestPush } from './send-test-push.ts';
import { buildSetApnsCertificate } from './set-apns-certificate.ts';
import { buildStatistics } from './statistics.ts';
import type { Gauges } from './statistics.ts';

export interface AdminCommandsOptions {
  readonly registry: Registry;
  readonly dispatcher: Dispatcher;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly certificates: Certificates;
  readonly readGauges: () => Gauges;
  /** Bare JIDs. */
  readonly admins: readonly string[];
  readonly domain: string;
  readonly answerWithinMs: number;
}

/** The commands for administrators alone. */
export function buildAdminCommands(options: AdminCommandsOptions): readonly Command[] {
  const { registry, providers, answerWithinMs } = options;
  const isAllowed = adminOnly(options.admins);
  const providerIds = [...providers.keys()];
  // Work stops half way to the moment when the answer is due, so that what was done is told.
  const limitMs = answerWithinMs / 2;
  return [
    buildSetApnsCertificate({ ...options, isAllowed }),
    buildCertificateStatus({ ...options, isAllowed }),
    buildSendTestPush({ ...options, isAllowed, limitMs }),
    buildListDevices({ registry, providerIds, isAllowed }),
    buildRemoveDevices({ registry, providerIds, isAllowed, limitMs }),
    buildStatistics({ ...options, isAllowed }),
  ];
}

/** For {@link Command.isAllowed}: only these bare JIDs, from whichever resource. */
function adminOnly(admins: readonly string[]): (sender: Jid) => boolean {
  return (sender) => admins.includes(sender.bare);
}
