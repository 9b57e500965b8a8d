import { parseOptions } from '../line/arguments.ts';
import { UsageError } from '../line/usage-error.ts';

/** Options that answer a question, and what they are without a dash. */
export const answerOptions = [
  'server',
  'address',
  'jid',
  'secret-file',
  'app',
  'provider',
  'topic',
  'credentials',
  'password-file',
  'key-id',
  'team-id',
] as const;
export type AnswerOption = (typeof answerOptions)[number];

export interface InitOptions {
  readonly config: string;
  readonly answers: Readonly<Partial<Record<AnswerOption, string>>>;
  /** Other addresses of the push service, for gateways and tests. */
  readonly endpoint: string | undefined;
  readonly caFile: string | undefined;
  readonly listen: string | undefined;
  /** Nothing is tried that needs the network. */
  readonly isOffline: boolean;
  /** What fails is told, and no obstacle. */
  readonly isInsisting: boolean;
  readonly mayOverwrite: boolean;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const known = {
  config: { ...text, default: 'reveille.toml' },
  server: text,
  address: text,
  jid: text,
  'secret-file': text,
  app: text,
  provider: text,
  topic: text,
  credentials: text,
  'password-file': text,
  'key-id': text,
  'team-id': text,
  endpoint: text,
  'ca-file': text,
  listen: text,
  offline: flag,
  anyway: flag,
  overwrite: flag,
} as const;

/** The command line of `reveille init`. Throws a UsageError where it is not understood. */
export function parseInitOptions(args: readonly string[]): InitOptions {
  const values = parseOptions(args, known);
  for (const [name, value] of Object.entries(values)) if (value === '') throw new UsageError(`--${name} is empty`);
  const given = answerOptions.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]] as const]));
  return {
    config: values.config,
    answers: Object.fromEntries(given),
    endpoint: values.endpoint,
    caFile: values['ca-file'],
    listen: values.listen,
    isOffline: values.offline,
    isInsisting: values.anyway,
    mayOverwrite: values.overwrite,
  };
}
