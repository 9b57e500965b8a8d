import { ownDialect } from '../../registry/devices/device.ts';
import type { DeviceFilter, Registry } from '../../registry/registry.ts';
import type { FormField, FormValues } from '../../xmpp/stanza/data-form.ts';
import { parseJid } from '../../xmpp/stanza/jid.ts';
import { CommandRefusal } from '../commands/command.ts';
import { temporaryWithoutDatabase } from '../database-trouble.ts';

/** The choice that narrows nothing: clients send some choice of a list, whether or not anybody chose. */
const any = '*';
const anyOption = { label: 'any', value: any };

export const accountField: FormField = {
  var: 'jid',
  type: 'jid-single',
  label: 'Account',
  description: 'Devices of this account, for instance anna@example.org',
};

const domainField: FormField = {
  var: 'domain',
  type: 'text-single',
  label: 'Domain',
  description: 'Devices of all accounts of this domain, for instance example.org',
};

export const nodeField: FormField = {
  var: 'node',
  type: 'text-single',
  label: 'Node',
  description: "The one device behind this pubsub node, as the XMPP server's log names it",
};

/** Which devices a command is about. Providers that are no longer configured are offered while devices of theirs are left. */
export async function buildFilterFields(registry: Registry, providerIds: readonly string[]): Promise<readonly FormField[]> {
  const counts = await temporaryWithoutDatabase(registry.count());
  const retired = [...counts.keys()].filter((id) => !providerIds.includes(id));
  const options = [
    anyOption,
    ...providerIds.map((id) => ({ label: id, value: id })),
    ...retired.map((id) => ({ label: `${id} (no longer configured)`, value: id })),
  ];
  const description = 'Devices registered for this push service';
  return [
    accountField,
    domainField,
    { var: 'provider', type: 'list-single', label: 'Provider', description, values: [any], options },
    await buildDialectField(registry),
    nodeField,
  ];
}

/** Offers those that there are devices of. */
async function buildDialectField(registry: Registry): Promise<FormField> {
  const counts = await temporaryWithoutDatabase(registry.countDialects());
  const names = [...new Set([ownDialect, ...counts.keys()])];
  return {
    var: 'dialect',
    type: 'list-single',
    label: 'Dialect',
    description: 'Devices whose apps were made for this app server; tigase is the one that Reveille speaks by itself',
    values: [any],
    options: [anyOption, ...names.map((name) => ({ label: name, value: name }))],
  };
}

/** What the form narrows down to; an empty filter where it narrows nothing. Throws a CommandRefusal for what is no address. */
export function readFilter(values: FormValues): DeviceFilter {
  return {
    owner: readAccount(values),
    domain: readDomain(values),
    provider: readChoice(values, 'provider'),
    dialect: readChoice(values, 'dialect'),
    node: values.get('node')?.trim(),
  };
}

function readChoice(values: FormValues, name: string): string | undefined {
  const choice = values.get(name);
  return choice === any ? undefined : choice;
}

export function readAccount(values: FormValues): string | undefined {
  const text = values.get('jid')?.trim();
  if (text === undefined) return undefined;
  const jid = parseJid(text);
  if (jid === undefined || jid.local === '') throw new CommandRefusal(`"${text}" is not the address of an account`);
  return jid.bare;
}

function readDomain(values: FormValues): string | undefined {
  const text = values.get('domain')?.trim();
  if (text === undefined) return undefined;
  const jid = parseJid(text);
  if (jid === undefined || jid.local !== '' || jid.resource !== '') throw new CommandRefusal(`"${text}" is not a domain`);
  return jid.domain;
}

export function isEmpty(filter: DeviceFilter): boolean {
  return Object.values(filter).every((value) => value === undefined);
}

/** Counts as words: "1 device", "12 devices". */
export function nameDevices(count: number): string {
  return `${count} ${count === 1 ? 'device' : 'devices'}`;
}

/** How many devices there are in all; without the database it is a temporary refusal. */
export async function countMatching(registry: Registry, filter: DeviceFilter): Promise<number> {
  const counts = await temporaryWithoutDatabase(registry.count(filter));
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
