/** A host name, or `*.` and a name: every host below it. */
const pattern = /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/;

/** `*` stands for all hosts, and names none. */
export const everyHost = '*';

export function isHostPattern(text: string): boolean {
  return text.length <= 255 && pattern.test(text);
}

/** Whether one of the patterns names this host; `*` names none. */
export function isNamed(host: string, patterns: readonly string[]): boolean {
  return patterns.some((one) => (one.startsWith('*.') ? host.endsWith(one.slice(1)) : host === one));
}
