// Room: known devices as bytes. In: a device, or its bytes. Out: its bytes, or the device. May enter: devices.
import type { Device, FoundDevice } from '../device.ts';
import { FieldWriter } from './field-writer.ts';
import { has } from './fields.ts';

/**
 * The bytes of what is remembered under `key`: the node of the device, or the one behind which it stands, is almost always the key and takes
 * nothing. Some 70 for a usual device. `doubts`, how often everything was called in doubt before, comes first, and in its lowest bit whether all
 * texts and the key are ASCII.
 */
export function pack(device: FoundDevice, doubts: number, key: string): Buffer {
  const head = new FieldWriter();
  const devices = new FieldWriter();
  for (const one of [device, ...(device.companions ?? [])]) writeDevice(devices, one, key);
  head.number(doubts * 2 + Number(devices.isAscii && Buffer.byteLength(key) === key.length));
  return Buffer.concat([head.finish(), devices.finish()]);
}

function writeDevice(writer: FieldWriter, device: Device, key: string): void {
  const { node, owner, provider, token, secondToken, secret, note, registeredAt, dialect, behind } = device;
  const otherNode = node === key ? undefined : node;
  const otherBehind = behind === key ? undefined : behind;
  const optional = { otherNode, secondToken, secret, note, otherBehind } as const;
  let fields = behind === key ? has.behindKey : 0;
  if (dialect !== undefined) fields |= has.dialect;
  for (const name of optionalTexts) if (optional[name] !== undefined) fields |= has[name];
  writer.number(fields);
  for (const text of [owner, provider, token]) writer.text(text);
  writer.time(registeredAt);
  for (const name of optionalTexts) if (optional[name] !== undefined) writer.text(optional[name]);
  if (dialect === undefined) return;
  for (const text of [dialect.name, dialect.handle, JSON.stringify(dialect.keys)]) writer.text(text);
}

const optionalTexts = ['otherNode', 'secondToken', 'secret', 'note', 'otherBehind'] as const;
