import type { Notification, Push } from '../index.ts';
import { buildMark, buildPush } from './build-push.ts';

/** A full JID has at most 3071 bytes (RFC 7622). */
const longestJid = 3071;
const longestLocalPart = 1023;
/** More than any service takes. */
const hugeCharacters = 60_000;

interface Case {
  readonly notification: () => Partial<Notification>;
  readonly hasSecondToken?: true;
}

const message = () => ({ messageCount: 2, sender: `ben-${buildMark()}@example.org`, body: `hush ${buildMark()}` });
const encrypted = (type?: string) => ({
  payload: Buffer.from(`sealed ${buildMark()}`).toString('base64'),
  iv: 'c2l4dGVlbiBieXRlcyE=',
  type,
});
const call = () => ({ encrypted: encrypted('voip'), priority: 'high' as const });
const jingle = (action: string) => ({ sid: buildMark(), action, media: ['audio', 'video'] });

const cases = {
  'a plain message': { notification: message },
  'a count without a preview': { notification: () => ({ messageCount: 3 }) },
  'an encrypted message': { notification: () => ({ messageCount: 1, encrypted: encrypted(), priority: 'high' as const }) },
  'a call, the device having a second token': { notification: call, hasSecondToken: true },
  'a call, the device having no second token': { notification: call },
  'a call in the clear': { notification: () => ({ ...message(), jingle: jingle('session-initiate') }), hasSecondToken: true },
  'the end of a call': { notification: () => ({ ...message(), jingle: jingle('session-terminate') }), hasSecondToken: true },
  'all messages read elsewhere': { notification: () => ({ messageCount: 0 }) },
  'a message of low priority': { notification: () => ({ ...message(), priority: 'low' as const }) },
  'a notification that says nothing': { notification: () => ({}) },
  'a message to a group': {
    notification: () => ({ ...message(), sender: `room-${buildMark()}@muc.example.org/Ben`, nickname: `Ben ${buildMark()}` }),
  },
  'an invitation to a meeting': {
    notification: () => ({ ...message(), meet: { id: buildMark(), jid: `meet-${buildMark()}@example.org`, media: ['audio'] } }),
  },
  'a removed account': { notification: () => ({ event: 'account-removed' }) },
  'a message in unusual characters': {
    notification: () => ({ ...message(), body: `👩‍👩‍👧 "\\\u2028\u0085\t\n<&>]]> \u202eolleh ${buildMark()}`, nickname: '𝕭𝖊𝖓 {"a":1}' }),
  },
  'a huge message': {
    notification: () => ({
      messageCount: 999_999_999,
      sender: `${buildMark().padEnd(longestJid - 12, 's')}@example.org`,
      body: `${buildMark()} ${'ü'.repeat(hugeCharacters)}`,
      nickname: buildMark().padEnd(longestLocalPart, 'n'),
    }),
  },
  'a huge encrypted message': {
    notification: () => ({ messageCount: 1, encrypted: { ...encrypted(), payload: buildMark().padEnd(hugeCharacters, 'A') } }),
  },
} satisfies Readonly<Record<string, Case>>;

/** A kind of notification that a provider has to get along with. */
export type CaseName = keyof typeof cases;

/** A fresh push of each case. */
export function buildCases(token: () => string): ReadonlyMap<CaseName, Push> {
  const rows = Object.entries(cases) as [CaseName, Case][];
  return new Map(
    rows.map(([name, { notification, hasSecondToken }]) => [
      name,
      buildPush(notification(), { token: token(), secondToken: hasSecondToken === true ? token() : undefined }),
    ]),
  );
}
