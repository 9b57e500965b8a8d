// Room: reveille/local-push: what an app uses to get its pushes straight from Reveille, in browsers and in Node. In: address, node, secret.
// Out: pushes, each once, and how the line is. May enter: apps; Reveille itself has no use for it.
import { Device } from './device.ts';
import type { LocalPush, LocalPushOptions } from './options.ts';

export type { LocalPush, LocalPushMessage, LocalPushOptions, LocalPushState, StopReason, Transport } from './options.ts';

/**
 * Connects, and stays connected until `close()` or until there is a reason to stop, which `onState` is told. Throws only where
 * the options are wrong or the browser has no Web Crypto (it has it on pages from https:// and localhost). How to use it:
 * docs/local-push.md; what it says on the line: docs/local-push-protocol.md.
 */
export function connectLocalPush(options: LocalPushOptions): LocalPush {
  if (!/^(https?|wss?):\/\/[^/]/.test(options.url))
    throw new TypeError(`local push: url is "${options.url}"; it begins with https:// or wss://`);
  if (options.node === '' || options.secret === '') throw new TypeError('local push: node and secret are what the registration returned');
  if ((globalThis as { crypto?: { subtle?: unknown } }).crypto?.subtle === undefined)
    throw new TypeError('local push: this page has no Web Crypto; serve it from https:// (or localhost)');
  return new Device(options);
}
