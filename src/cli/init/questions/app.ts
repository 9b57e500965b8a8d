import type { Dialogue, Reading } from '../dialogue/dialogue.ts';
import { readChoice } from './read-choice.ts';

/** A push service, and under which provider id its apps usually register. */
export interface AppKind {
  readonly name: 'apns' | 'fcm' | 'log';
  readonly title: string;
  readonly id: string;
}

export interface AppAnswer {
  readonly kind: AppKind;
  readonly id: string;
}

const kinds: readonly AppKind[] = [
  { name: 'apns', title: 'an app for iPhone and iPad, by Apple (APNs)', id: 'tigase:messenger:apns:1' },
  { name: 'fcm', title: 'an app for Android, by Google (FCM)', id: 'fcm-xmpp-api' },
  { name: 'log', title: 'none yet: pushes become lines in the log, for trying it out', id: 'trial' },
];

/** What is pushed to. */
export async function askApp(dialogue: Dialogue): Promise<AppAnswer> {
  dialogue.say('\n4 of 5: the app that is to be woken (another one can be added to the configuration later)');
  for (const [index, { title }] of kinds.entries()) dialogue.explain(`  ${index + 1}  ${title}`);
  const kind = await dialogue.ask({ option: 'app', text: 'Which one? Number, or apns, fcm, log' }, (answer) => readChoice(answer, kinds));
  const text = 'Under which provider id does it register? (its maker knows)';
  return { kind, id: await dialogue.ask({ option: 'provider', text, fallback: kind.id }, readId) };
}

function readId(text: string): Reading<string> {
  return /^[\x21-\x7e]{1,255}$/.test(text) ? { value: text } : { problem: 'expected a provider id of printable ASCII without spaces' };
}
