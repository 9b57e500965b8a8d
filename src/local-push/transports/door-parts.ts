import type { Admission } from '../admission.ts';
import type { Connections } from '../connection/connections.ts';

/** What devices that come in are handed to. */
export interface DoorParts {
  readonly admission: Admission;
  readonly connections: Connections;
  /** Hands a message to the instance whose session it names; false where that is none that is known. */
  readonly passOn: (session: string, text: string) => boolean;
  /** What sessions of this instance begin with. */
  readonly instance: string;
}
