import type { Provider } from '../../push/provider/provider.ts';
import type { Registry } from '../../registry/registry.ts';
import type { FormField } from '../../xmpp/stanza/data-form.ts';
import type { Jid } from '../../xmpp/stanza/jid.ts';
import type { Command } from '../commands/command.ts';
import { temporaryWithoutDatabase } from '../database-trouble.ts';
import { nameDevices } from './device-filter.ts';

/** What is read from the running program at the moment that somebody asks. */
export interface Gauges {
  readonly version: string;
  readonly startedAt: Date;
  /** Connections to the XMPP server that are up, of how many. */
  readonly connectionsUp: number;
  readonly connections: number;
  /** Requests being worked on, the asking one included. */
  readonly inFlight: number;
}

export interface StatisticsOptions {
  readonly registry: Registry;
  readonly providers: ReadonlyMap<string, Pick<Provider, 'status'>>;
  readonly readGauges: () => Gauges;
  readonly isAllowed: (sender: Jid) => boolean;
}

/** `statistics`: how the program is doing, for people; programs read /metrics. */
export function buildStatistics(options: StatisticsOptions): Command {
  return {
    node: 'statistics',
    name: 'Statistics',
    instructions: 'Shows how Reveille is doing.',
    fields: () => [],
    isAllowed: options.isAllowed,
    run: async () => ({ fields: await readFields(options) }),
  };
}

async function readFields({ registry, providers, readGauges }: StatisticsOptions): Promise<readonly FormField[]> {
  const counts = await temporaryWithoutDatabase(registry.count());
  const dialects = await temporaryWithoutDatabase(registry.countDialects());
  const { version, startedAt, connectionsUp, connections, inFlight } = readGauges();
  const ids = [...new Set([...providers.keys(), ...counts.keys()])];
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [
    buildField('version', 'Version', version),
    buildField('started', 'Running since', `${startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`),
    buildField('connections', 'Connections to the XMPP server', `${connectionsUp} of ${connections}`),
    buildField('in-flight', 'Requests under way', String(inFlight)),
    buildField('devices', 'Devices', String(total)),
    {
      var: 'providers',
      type: 'text-multi',
      label: 'Providers',
      values: ids.map((id) => `${id}: ${nameDevices(counts.get(id) ?? 0)}, ${describeState(providers.get(id))}`),
    },
    {
      var: 'dialects',
      type: 'text-multi',
      label: 'Devices by the app server that their apps were made for',
      values: [...dialects].map(([name, count]) => `${name}: ${nameDevices(count)}`),
    },
  ];
}

function buildField(name: string, label: string, value: string): FormField {
  return { var: name, type: 'text-single', label, values: [value] };
}

function describeState(provider: Pick<Provider, 'status'> | undefined): string {
  if (provider === undefined) return 'no longer configured';
  const { ready, reason } = provider.status();
  return ready ? 'ready' : `not ready: ${reason ?? 'it does not say why'}`;
}
