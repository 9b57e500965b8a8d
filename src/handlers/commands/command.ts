import type { Cause } from '../../push/dispatch/dispatcher.ts';
import type { FormField, FormTable, FormValues } from '../../xmpp/stanza/data-form.ts';
import type { Jid } from '../../xmpp/stanza/jid.ts';

/** An ad-hoc command of one form: what it asks, who may run it, what it does. */
export interface Command {
  /** Its node, the name on the wire. */
  readonly node: string;
  /** Its name for people. */
  readonly name: string;
  readonly instructions: string;
  /** What the form asks for; required fields are checked before `run`. Without fields the command runs at once. */
  fields(): readonly FormField[] | Promise<readonly FormField[]>;
  isAllowed(sender: Jid): boolean;
  /**
   * Does it and returns what there is to tell. Refuses by throwing a {@link CommandRefusal} for people, who may correct
   * their form, or a StanzaError for programs. `cause` aborts when the answer is due.
   */
  run(values: FormValues, sender: Jid, cause: Cause): Promise<CommandResult>;
}

/** What a command has to tell: notes, and fields or a table. All of it is optional; `fields: []` is an empty form. */
export interface CommandResult {
  readonly notes?: readonly Note[];
  readonly fields?: readonly FormField[];
  readonly table?: FormTable;
  /** What the form is called where clients of another app server look for something else than `result`. */
  readonly formType?: 'form';
  /** An attribute that those clients may look for beside the status. */
  readonly action?: 'complete';
}

/** XEP-0050 §3.4. Psi shows only one, so the first says the most. */
export interface Note {
  readonly type: 'info' | 'warn' | 'error';
  readonly text: string;
}

/** Says in words what is wrong with a filled form. In a session the form is shown again, otherwise the answer is an error. */
export class CommandRefusal extends Error {
  override readonly name = 'CommandRefusal';
}
