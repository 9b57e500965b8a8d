import type { Push } from '../../src/index.ts';
import type { Manner } from '../payload/push-cases.ts';

/** One of Apple's kinds of push as far as Reveille sends them, with what each demands of the request. */
export interface PushKind {
  readonly pushType: 'alert' | 'background' | 'voip';
  /** Which of the device's tokens it goes to. */
  readonly device: 'first' | 'second';
  /** What the topic has after the bundle id. */
  readonly topicSuffix: '' | '.voip';
  readonly priority: '10' | '5';
  readonly maxBytes: number;
}

const maxBytes = 4096;
const voipMaxBytes = 5120;

/** Shown to the user, after the app's extension had a chance to write the real text. */
export const alert: PushKind = { pushType: 'alert', device: 'first', topicSuffix: '', priority: '10', maxBytes };

/** Wakes the app for a moment, perhaps and perhaps later; Apple accepts priority 5 only. */
export const background: PushKind = { pushType: 'background', device: 'first', topicSuffix: '', priority: '5', maxBytes };

/** Starts the app at once, which must then ring. */
export const voip: PushKind = { pushType: 'voip', device: 'second', topicSuffix: '.voip', priority: '10', maxBytes: voipMaxBytes };

/** A call rings where there is a second token (PushKit); elsewhere it shows like a message. */
export function kindOf(manner: Manner, { secondToken }: Push): PushKind {
  switch (manner) {
    case 'ring':
      return secondToken === undefined ? alert : voip;
    case 'show':
      return alert;
    case 'silent':
      return background;
    default:
      return manner satisfies never;
  }
}
