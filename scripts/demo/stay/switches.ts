import type { Condition } from '../stage/push-service.ts';

/** What somebody who looks on may order by typing it. */
export type Order =
  { readonly kind: 'condition'; readonly service: 'apple' | 'google'; readonly condition: Condition } | { readonly kind: 'dead' | 'end' };

const services = { apns: 'apple', fcm: 'google' } as const;
const conditions: readonly Condition[] = ['down', 'slow', 'refusing', 'fine'];

/** How each order is typed, and what it does. */
export const usages: readonly (readonly [typed: string, does: string])[] = [
  ['apns down', 'APNs cuts every connection; “fcm down” likewise'],
  ['apns slow', 'it takes two seconds for each push'],
  ['apns refusing', 'it refuses the certificate'],
  ['apns fine', 'it works again'],
  ['dead', 'somebody deletes the app, and installs it again a little later'],
  ['end', 'as Ctrl-C does'],
];

/** Undefined where the line is no order. */
export function parseOrder(line: string): Order | undefined {
  const [first = '', second, ...more] = line.trim().toLowerCase().split(/\s+/);
  if (more.length > 0) return undefined;
  if (second === undefined) return first === 'dead' || first === 'end' ? { kind: first } : undefined;
  const condition = conditions.find((one) => one === second);
  if (condition === undefined || !(first === 'apns' || first === 'fcm')) return undefined;
  return { kind: 'condition', service: services[first], condition };
}
