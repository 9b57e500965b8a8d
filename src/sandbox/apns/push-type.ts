/** What a kind of push demands of the rest of the request. */
interface PushTypeRule {
  /** What the topic has after the bundle id. */
  readonly suffix: string;
  readonly maxBytes: number;
  readonly priorities: readonly string[];
  /** Whether the payload is of this kind. */
  fits(aps: Readonly<Record<string, unknown>>): boolean;
}

const maxBytes = 4096;
const voipMaxBytes = 5120;
const priorities = ['1', '5', '10'];
const anything = () => true;

const rules: Readonly<Record<string, PushTypeRule>> = {
  alert: { suffix: '', maxBytes, priorities, fits: isVisible },
  background: { suffix: '', maxBytes, priorities: ['5'], fits: (aps) => aps['content-available'] === 1 && !isVisible(aps) },
  voip: { suffix: '.voip', maxBytes: voipMaxBytes, priorities, fits: anything },
  complication: { suffix: '.complication', maxBytes, priorities, fits: anything },
  fileprovider: { suffix: '.pushkit.fileprovider', maxBytes, priorities, fits: anything },
  mdm: { suffix: '', maxBytes, priorities, fits: anything },
  location: { suffix: '.location-query', maxBytes, priorities, fits: anything },
  liveactivity: { suffix: '.push-type.liveactivity', maxBytes, priorities, fits: anything },
  pushtotalk: { suffix: '.voip-ptt', maxBytes, priorities, fits: anything },
  widgets: { suffix: '.push-type.widgets', maxBytes, priorities, fits: anything },
  controls: { suffix: '.push-type.controls', maxBytes, priorities, fits: anything },
};

const suffixes = Object.values(rules)
  .map((rule) => rule.suffix)
  .filter((suffix) => suffix !== '');

/** The rule of a push type; APNs takes a push without type for an alert. Undefined where there is no such type. */
export function ruleOf(pushType = 'alert'): PushTypeRule | undefined {
  return Object.hasOwn(rules, pushType) ? rules[pushType] : undefined;
}

/** Splits a topic into bundle id and suffix. */
export function splitTopic(topic: string): { readonly bundleId: string; readonly suffix: string } {
  const suffix = suffixes.find((end) => topic.endsWith(end)) ?? '';
  return { bundleId: topic.slice(0, topic.length - suffix.length), suffix };
}

function isVisible(aps: Readonly<Record<string, unknown>>): boolean {
  return aps['alert'] !== undefined || aps['badge'] !== undefined || aps['sound'] !== undefined;
}
