import { parseBareJid } from '../../config/values/jid.ts';
import type { TestContent } from '../../push/provider/test-notification.ts';
import { parseOptions } from '../line/arguments.ts';
import { UsageError } from '../line/usage-error.ts';

/** Which device: a registered one, or one whose token somebody has. */
export type TargetOptions =
  | { readonly kind: 'node'; readonly node: string }
  | {
      readonly kind: 'token';
      readonly provider: string;
      readonly token: string;
      readonly secondToken: string | undefined;
      readonly account: string | undefined;
    };

export interface PushOptions {
  readonly config: string;
  readonly target: TargetOptions;
  readonly content: TestContent;
  readonly json: boolean;
}

const known = {
  config: { type: 'string' },
  node: { type: 'string' },
  provider: { type: 'string' },
  token: { type: 'string' },
  'second-token': { type: 'string' },
  account: { type: 'string' },
  body: { type: 'string' },
  sender: { type: 'string' },
  silent: { type: 'boolean', default: false },
  call: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parseOptions<typeof known>>;

/** The command line of `reveille push`. Throws a UsageError where options are missing or don't go together. */
export function parsePushOptions(args: readonly string[]): PushOptions {
  const values = parseOptions(args, known);
  for (const [name, value] of Object.entries(values)) if (value === '') throw new UsageError(`--${name} is empty`);
  if (values.config === undefined) throw new UsageError('--config FILE is missing');
  return { config: values.config, target: readTarget(values), content: readContent(values), json: values.json };
}

function readTarget(values: Values): TargetOptions {
  const { node, provider, token, 'second-token': secondToken } = values;
  if (node !== undefined) {
    refuseBeside('node', values, ['provider', 'token', 'second-token', 'account']);
    return { kind: 'node', node };
  }
  if (provider === undefined && token === undefined) throw new UsageError('--node N is missing, or --provider P and --token T');
  if (provider === undefined) throw new UsageError('--provider P is missing, which --token belongs to');
  if (token === undefined) throw new UsageError('--token T is missing, which --provider is to push to');
  return { kind: 'token', provider, token, secondToken, account: readAccount(values.account) };
}

function readAccount(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const account = parseBareJid(text);
  if (account === undefined) throw new UsageError(`--account ${text}: expected a bare JID such as anna@example.org`);
  return account;
}

function readContent(values: Values): TestContent {
  const { silent, call, body, sender } = values;
  if (silent) {
    refuseBeside('silent', values, ['call', 'body', 'sender']);
    return { kind: 'silent' };
  }
  if (!call) return { kind: 'message', body, sender };
  refuseBeside('call', values, ['body', 'sender']);
  return { kind: 'call' };
}

function refuseBeside(option: keyof Values, values: Values, others: readonly (keyof Values)[]): void {
  const other = others.find((name) => values[name] !== undefined && values[name] !== false);
  if (other !== undefined) throw new UsageError(`--${option} and --${other} don't go together`);
}
