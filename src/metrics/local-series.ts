import type { Series } from './series.ts';

/** Devices that are connected, here by transport, and elsewhere. */
export interface LocalConnections {
  readonly connections: Readonly<Record<string, number>>;
  readonly elsewhere: { readonly instances: number; readonly devices: number };
}

/** None where no device may be connected. */
export function localSeries(local: (() => LocalConnections) | undefined): readonly Series[] {
  if (local === undefined) return [];
  return [
    {
      name: 'reveille_local_connections',
      help: 'Devices that are connected to this instance.',
      labels: ['transport'],
      read: () => Object.entries(local().connections).map(([transport, count]) => [{ transport }, count] as const),
    },
    {
      name: 'reveille_local_instances',
      help: 'Other instances that are heard of.',
      read: () => [[{}, local().elsewhere.instances]],
    },
    {
      name: 'reveille_local_devices_elsewhere',
      help: 'Devices that are connected to other instances, as far as was heard.',
      read: () => [[{}, local().elsewhere.devices]],
    },
  ];
}
