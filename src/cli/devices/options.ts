import { parseBareJid, parseDomain } from '../../config/values/jid.ts';
import { nearestKey } from '../../config/mistakes/nearest-key.ts';
import type { DeviceFilter } from '../../registry/registry.ts';
import { parseOptions } from '../line/arguments.ts';
import { UsageError } from '../line/usage-error.ts';

const actions = ['list', 'count', 'remove'] as const;
type Action = (typeof actions)[number];

export interface DevicesOptions {
  readonly action: Action;
  readonly config: string;
  /** The word `all` where a removal shall spare nothing. */
  readonly filter: DeviceFilter | 'all';
  readonly json: boolean;
  /** A removal of several devices is confirmed. */
  readonly yes: boolean;
}

const known = {
  config: { type: 'string' },
  owner: { type: 'string' },
  domain: { type: 'string' },
  provider: { type: 'string' },
  dialect: { type: 'string' },
  node: { type: 'string' },
  json: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  all: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parseOptions<typeof known>>;

/** The command line of `reveille devices`. Throws a UsageError where it is not understood. */
export function parseDevicesOptions([word, ...args]: readonly string[]): DevicesOptions {
  const action = readAction(word);
  const values = parseOptions(args, known);
  for (const [name, value] of Object.entries(values)) if (value === '') throw new UsageError(`--${name} is empty`);
  const { config, json, yes, all } = values;
  if (config === undefined) throw new UsageError('--config FILE is missing');
  if (action !== 'remove' && (yes || all)) throw new UsageError(`--${yes ? 'yes' : 'all'} is for remove only`);
  return { action, config, filter: action === 'remove' ? readRemoval(values) : readFilter(values), json, yes };
}

function readAction(word: string | undefined): Action {
  const action = actions.find((one) => one === word);
  if (action !== undefined) return action;
  if (word === undefined || word.startsWith('-')) throw new UsageError(`what to do comes first: ${actions.join(', ')}`);
  const nearest = nearestKey(word, actions);
  throw new UsageError(`unknown action ${word}, ${nearest === undefined ? `expected ${actions.join(', ')}` : `did you mean ${nearest}?`}`);
}

function readRemoval(values: Values): DeviceFilter | 'all' {
  const filter = readFilter(values);
  const isEmpty = Object.values(filter).every((value) => value === undefined);
  if (isEmpty && !values.all)
    throw new UsageError('which devices? --owner, --domain, --provider, --dialect or --node; every device: --all');
  if (!isEmpty && values.all) throw new UsageError('--all and a narrower choice do not go together');
  return isEmpty ? 'all' : filter;
}

function readFilter({ owner, domain, provider, dialect, node }: Values): DeviceFilter {
  return { owner: readOwner(owner), domain: readDomain(domain), provider, dialect, node };
}

function readOwner(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const owner = parseBareJid(text);
  if (owner === undefined) throw new UsageError(`--owner ${text}: expected a bare JID such as anna@example.org`);
  return owner;
}

function readDomain(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const domain = parseDomain(text);
  if (domain === undefined) throw new UsageError(`--domain ${text}: expected a domain such as example.org`);
  return domain;
}
