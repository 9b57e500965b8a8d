import { childElements, type Element, xml } from '../../../src/xmpp/stanza/xml.ts';
import type { Phone } from './phone.ts';

const commands = 'http://jabber.org/protocol/commands';
const forms = 'jabber:x:data';

/** An ad-hoc command (XEP-0050) at a component. */
export interface CommandAddress {
  readonly service: string;
  readonly node: string;
}

/** A field of a form: asked for, or told. */
export interface Field {
  readonly label: string;
  /** A preset choice where the form asks. */
  readonly value: string;
}

/** What a stage of a command is answered. */
export interface Answer {
  readonly status: unknown;
  /** What a client shows above the form, or as a note. */
  readonly title: string;
  readonly note: string;
  /** By `var`, in the order of the form. */
  readonly fields: ReadonlyMap<string, Field>;
  readonly sessionId: string | undefined;
}

/** The first stage of a command: its form. Rejects with the condition when it is refused. */
export function askForForm(phone: Phone, address: CommandAddress): Promise<Answer> {
  return execute(phone, address, { action: 'execute' });
}

/** Submits the filled form: in `form`'s session, or in one shot without one, as Siskin does. Rejects like {@link askForForm}. */
export function submit(phone: Phone, address: CommandAddress, values: Readonly<Record<string, string>>, form?: Answer): Promise<Answer> {
  const fields = Object.entries(values).map(([name, value]) => xml('field', { var: name }, xml('value', {}, value)));
  const filled = xml('x', { xmlns: forms, type: 'submit' }, ...fields);
  return execute(phone, address, form === undefined ? {} : { action: 'complete', sessionid: form.sessionId }, filled);
}

async function execute(phone: Phone, { service, node }: CommandAddress, attributes: object, form?: Element): Promise<Answer> {
  const answer = await phone.iq('set', xml('command', { xmlns: commands, node, ...attributes }, form), service);
  const command = answer.getChild('command', commands);
  const shown = command?.getChild('x', forms);
  return {
    status: command?.attrs['status'],
    title: shown?.getChildText('title') ?? '',
    note: command?.getChildText('note') ?? '',
    fields: shown === undefined ? new Map() : readFields(shown),
    sessionId: command?.attrs['sessionid'] as string | undefined,
  };
}

function readFields(form: Element): Map<string, Field> {
  const fields = childElements(form).filter(({ name }) => name === 'field');
  return new Map(
    fields.map((field) => {
      const { var: name, label = '' } = field.attrs as Record<string, string | undefined>;
      return [String(name), { label, value: valuesOf(field).join(', ') }];
    }),
  );
}

const valuesOf = (field: Element): string[] =>
  childElements(field)
    .filter(({ name }) => name === 'value')
    .map((value) => value.getText());
