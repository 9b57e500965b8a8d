import type { RecordView } from '../../../base/records/record.ts';
import type { Device, DeviceDialect, FoundDevice } from '../device.ts';
import { FieldReader } from './field-reader.ts';
import { has } from './fields.ts';

/** Reads what `pack` wrote. One for a cache: what it reads is all that it allocates. */
export class Unpacker {
  readonly #reader = new FieldReader();
  #key = '';
  #end = 0;

  /** Goes to a record, and returns its `doubts`. */
  moveTo(view: RecordView): number {
    this.#reader.moveTo(view.bytes, view.start);
    this.#end = view.end;
    const head = this.#reader.number();
    if ((head & 1) === 1) this.#reader.readWhole(view.keyStart, view.end);
    this.#key = this.#reader.textBetween(view.keyStart, view.keyEnd);
    return head >>> 1;
  }

  /** Once a record. What was absent, or there as undefined, is undefined in texts that every device has, and else absent. */
  readFound(): FoundDevice {
    const first = this.#readDevice();
    if (this.#reader.at >= this.#end) return first;
    const companions: Device[] = [];
    while (this.#reader.at < this.#end) companions.push(this.#readDevice());
    return { ...first, companions };
  }

  #readDevice(): Device {
    const fields = this.#reader.number();
    const owner = this.#reader.text();
    const provider = this.#reader.text();
    const token = this.#reader.text();
    const registeredAt = this.#reader.time();
    const node = (fields & has.otherNode) === 0 ? this.#key : this.#reader.text();
    const secondToken = this.#readOptional(fields & has.secondToken);
    const secret = this.#readOptional(fields & has.secret);
    const note = this.#readOptional(fields & has.note);
    const device: Device = { node, owner, provider, token, secondToken, secret, note, registeredAt };
    return (fields & (has.otherBehind | has.behindKey | has.dialect)) === 0 ? device : this.#readRare(device, fields);
  }

  #readRare(device: Device, fields: number): Device {
    const behind = (fields & has.behindKey) === 0 ? this.#readOptional(fields & has.otherBehind) : this.#key;
    const dialect = (fields & has.dialect) === 0 ? undefined : this.#readDialect();
    return { ...device, ...(dialect === undefined ? {} : { dialect }), ...(behind === undefined ? {} : { behind }) };
  }

  #readOptional(isThere: number): string | undefined {
    return isThere === 0 ? undefined : this.#reader.text();
  }

  #readDialect(): DeviceDialect {
    const name = this.#reader.text();
    const handle = this.#reader.text();
    return { name, handle, keys: JSON.parse(this.#reader.text()) as DeviceDialect['keys'] };
  }
}
