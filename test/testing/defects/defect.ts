import type { CreateProvider, OptionsSchema, Provider } from '../../../src/index.ts';

/** A provider that is good but for one thing, and the tests of the kit that have to notice. */
export interface Defect {
  readonly spoil: (create: CreateProvider) => CreateProvider;
  readonly options?: OptionsSchema;
  readonly noticedBy: readonly string[];
  /** Noticed by an error that nobody catches, which the runner tells from others by the promise that it came from. */
  readonly isUncaught?: true;
}

export type Defects = Readonly<Record<string, Defect>>;

type Options = Readonly<Record<string, string>>;

/** The good provider with some of its methods replaced. */
export function replacing(
  change: (good: Provider, options: Options, tools: Parameters<CreateProvider>[1]) => { readonly [K in keyof Provider]?: unknown },
): Defect['spoil'] {
  return (create) => async (options, tools) => {
    const good = await create(options, tools);
    return { ...good, ...change(good, options as Options, tools) } as Provider;
  };
}

/** Names of the kit's tests, to be told apart at a glance. */
export const rule = {
  creation: 'is created without connecting anywhere',
  schema: 'has a schema that takes its options and refuses an unknown key',
  accepted: 'says accepted, whatever the notification is, when the service takes the push',
  gone: 'says gone, whatever the notification is, when the service calls the token dead',
  rejected: 'says rejected, whatever the notification is, when the service refuses the push',
  retry: 'says retry, whatever the notification is, when the service is in trouble',
  tokens: 'survives tokens that no service gave, and sends none to anybody else',
  checksOwn: 'takes every token that its service gives',
  checksAtOnce: 'says of every text at once whether it may be a token',
  checksTheSame: 'says of the same text the same whenever it is asked',
  tidiesOnce: 'leaves a token that it has tidied as it is',
  refusesQuietly: 'refuses a text without quoting it',
  crowd: 'settles 500 pushes at once, each with its own outcome',
  abortedBefore: 'settles a push that is aborted before it begins',
  abortedUnderWay: 'gives up a push that is aborted while the service is silent',
  abortedTogether: 'settles 1000 pushes under one signal when it aborts, and leaves no listener on it',
  listeners: 'leaves no listener on the signal of pushes that have ended',
  expiry: 'does not send a push whose time is over',
  purity: 'changes neither its options nor a push',
  status: 'tells its status at any time, at once and without secrets',
  idleStatus: 'does no work for its status',
  drain: 'lets pushes under way settle before it is closed',
  closeSilent: 'closes even while the service is silent',
  afterClose: 'sends nothing once it is closed',
  leftovers: 'leaves nothing behind that keeps the process alive',
  neighbour: 'does not disturb another instance when it is closed',
  log: 'in all these tests it logs no secret, token, account, sender or text',
  troubles: 'in all these tests it leaves no rejection unhandled and causes no warning',
} as const;
