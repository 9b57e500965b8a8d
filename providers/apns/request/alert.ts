import { buildPrivacy } from '../../options/privacy.ts';
import type { ApnsOptions } from '../options.ts';
import type { Privacy } from '../../payload/payload-keys.ts';
import type { PushKind } from '../push-kind.ts';

/** What the configuration says about every payload of a provider. */
export interface PayloadRules {
  readonly privacy: Privacy;
  /** What the user sees where the app's extension can't write the real text. */
  readonly alert: string | { readonly 'loc-key': string };
  readonly sound: string | undefined;
  /** Static keys for the app, beside ours. */
  readonly extra: Readonly<Record<string, unknown>>;
}

const usualText = 'New message!';

export function buildPayloadRules(options: ApnsOptions): PayloadRules {
  const { sound, extra, 'alert-text': text = usualText, 'alert-loc-key': locKey } = options;
  return {
    privacy: buildPrivacy(options),
    alert: locKey === undefined ? text : { 'loc-key': locKey },
    sound: sound === '' ? undefined : sound,
    extra,
  };
}

/** `mutable-content` lets the app's extension write the real text. */
export function buildAps({ pushType }: PushKind, { alert, sound }: PayloadRules): Readonly<Record<string, unknown>> {
  if (pushType !== 'alert') return { 'content-available': 1 };
  return { alert, 'mutable-content': 1, 'content-available': 1, ...(sound === undefined ? {} : { sound }) };
}
