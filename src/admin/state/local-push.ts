import { listCounts, type Count } from './count.ts';

export interface LocalPushState {
  /** Devices that are connected to this instance. */
  readonly connected: number;
  readonly byTransport: readonly Count[];
  /** Devices that are connected to other instances, as far as was heard, and how many of these there are. */
  readonly connectedElsewhere: number;
  readonly otherInstances: number;
  /** Pushes to connected devices since the start: acknowledged in time, and left to the push service. */
  readonly delivered: number;
  readonly fallenBack: number;
}

export interface LocalPushSource {
  /** By transport. */
  readonly connections: Readonly<Record<string, number>>;
  readonly elsewhere: { readonly instances: number; readonly devices: number };
  readonly pushes: { readonly delivered: number; readonly fallenBack: number };
}

export function describeLocalPush({ connections, elsewhere, pushes }: LocalPushSource): LocalPushState {
  return {
    connected: Object.values(connections).reduce((sum, count) => sum + count, 0),
    byTransport: listCounts(new Map(Object.entries(connections))),
    connectedElsewhere: elsewhere.devices,
    otherInstances: elsewhere.instances,
    ...pushes,
  };
}
