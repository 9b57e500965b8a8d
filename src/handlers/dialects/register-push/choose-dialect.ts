import type { FormValues } from '../../../xmpp/stanza/data-form.ts';

/** The push services that these commands have in their names. */
export const services = ['fcm', 'apns'] as const;
export type Service = (typeof services)[number];

export type CommandDialect = 'p2' | 'openfire' | 'fluux';

type Providers = Readonly<Partial<Record<Service, string | undefined>>>;

/** Whose clients are answered, each with its provider ids; absent: nobody's. */
export type ServedDialects = Readonly<Partial<Record<CommandDialect, Providers | undefined>>>;

/** Whose client it is, and the provider that stands for the push service there. */
export interface Choice {
  readonly dialect: CommandDialect;
  readonly provider: string;
}

/** Fields that no client but one of p2 sends. */
const ofP2 = ['android-id', 'muc', 'channel'];

/** Of those that send the same fields the first that is configured. Fluux and Openfire have no clients beside theirs on iOS, p2 hardly any. */
const order: Readonly<Record<Service, readonly CommandDialect[]>> = { fcm: ['p2', 'openfire'], apns: ['fluux', 'openfire', 'p2'] };

/** Three app servers share the names of their commands: the fields tell them apart. Undefined where none that may be meant is configured. */
export function chooseDialect(service: Service, values: FormValues, dialects: ServedDialects): Choice | undefined {
  for (const dialect of listDialects(service, values)) {
    const provider = dialects[dialect]?.[service];
    if (provider !== undefined) return { dialect, provider };
  }
  return undefined;
}

/** Whose client it may be, the likeliest first, whether or not that one is configured. */
export function listDialects(service: Service, values: FormValues): readonly CommandDialect[] {
  return ofP2.some((field) => values.has(field)) ? ['p2'] : order[service];
}

/** Whether anybody's clients are answered for this push service. */
export function isServed(service: Service, dialects: ServedDialects): boolean {
  return order[service].some((dialect) => dialects[dialect]?.[service] !== undefined);
}
