import type { Device, FoundDevice } from './device.ts';

/** Of what a node leads to, that which this publisher may use; undefined where that is nothing. */
export function admit(found: FoundDevice, accepts: (device: Device) => boolean): FoundDevice | undefined {
  const { companions } = found;
  if (companions === undefined) return accepts(found) ? found : undefined;
  const devices = [found, ...companions];
  const admitted = devices.filter(accepts);
  return admitted.length === devices.length ? found : gather(admitted);
}

function gather([first, ...others]: readonly FoundDevice[]): FoundDevice | undefined {
  if (first === undefined) return undefined;
  return { ...first, companions: others.length === 0 ? undefined : others };
}
