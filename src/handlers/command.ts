import type { FormField, FormValues } from '../xmpp/data-form.ts';
import type { Jid } from '../xmpp/jid.ts';

/** An ad-hoc command of one form: what it asks, who may run it, what it does. */
export interface Command {
  /** Its node, the name on the wire. */
  readonly node: string;
  /** Its name for people. */
  readonly name: string;
  readonly instructions: string;
  /** What the form asks for; required fields are checked before `run`. */
  fields(): readonly FormField[];
  isAllowed(sender: Jid): boolean;
  /** Does it and returns the fields of the result form; refuses by throwing a StanzaError. */
  run(values: FormValues, sender: Jid): Promise<readonly FormField[]>;
}
