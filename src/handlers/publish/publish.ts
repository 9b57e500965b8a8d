// Room: XEP-0357 publishes: node and secret in, outcome out, and which answer that is. In: a publish. Out: result or one of three errors.
// May enter: app.
import { randomUUID } from 'node:crypto';
import type { Delivery } from '../../push/delivery/delivery.ts';
import type { Cause } from '../../push/dispatch/dispatcher.ts';
import type { PushFeed } from '../../push/feed/push-feed.ts';
import type { Notification } from '../../push/provider/notification.ts';
import type { Device } from '../../registry/devices/device.ts';
import { DatabaseUnavailable, type Registry } from '../../registry/registry.ts';
import { readForm, type FormValues } from '../../xmpp/stanza/data-form.ts';
import type { IqRequest, Route } from '../../xmpp/routing/router.ts';
import { findChild, type Element } from '../../xmpp/stanza/xml.ts';
import { answers, endOf } from './answers.ts';
import type { PublishEnd } from './answers.ts';
import { refuseWithoutDatabase, temporaryWithoutDatabase } from '../database-trouble.ts';
import { ns } from '../namespaces.ts';
import { parseNotification } from './notification.ts';
import { endOfAll } from './end-of-all.ts';
import { mayPublish } from './publisher.ts';
import type { PublisherPolicy } from './publisher.ts';
import type { Stateless, StatelessPublish } from './stateless.ts';

export interface PublishOptions {
  readonly registry: Registry;
  readonly delivery: Delivery;
  readonly publishers: PublisherPolicy;
  /** Who answers for nodes that nobody registered; without it they are unknown. */
  readonly stateless?: Stateless | undefined;
  readonly feed?: PushFeed | undefined;
}

/** XEP-0357 §7: a server publishes to a node; the device behind it gets a push, now or later, the server an answer now. */
export function buildPublishRoute(options: PublishOptions): Route {
  return {
    type: 'set',
    xmlns: ns.pubsub,
    name: 'pubsub',
    lane: 'publish',
    // Not async: the stanza is read here and let go, what follows waits for a push service.
    handle: (request) => answer(readPublish(request), { id: request.id, signal: request.signal }, options),
  };
}

const unknownReason = 'no such node, or this publisher may not use it';

/** What there is to know of a publish. */
interface Publish extends StatelessPublish {
  readonly notification: Notification;
}

/** Undefined where it is no publish to a node. */
function readPublish({ payload, from }: IqRequest): Publish | undefined {
  const element = findChild(payload, 'publish');
  const node = element?.attrs['node'] as string | undefined;
  if (element === undefined || node === undefined || node === '') return undefined;
  const notification = parseNotification(findChild(findChild(element, 'item'), 'notification', ns.push));
  const given = readOptions(payload);
  return { node, from, secret: given.get('secret'), module: given.get('pushModule'), notification };
}

/** Waits but once where the device is known, as nearly every one is: thousands of publishes may be under way. */
async function answer(publish: Publish | undefined, cause: Cause, options: PublishOptions): Promise<undefined> {
  let end: PublishEnd = 'invalid';
  if (publish !== undefined) {
    try {
      const found = find(publish, options);
      const device = found instanceof Promise ? await found : found;
      if (device?.companions !== undefined) end = await deliverToAll([device, ...device.companions], publish, cause, options);
      else if (device !== undefined) end = endOf(await options.delivery.publish(device, publish.notification, cause));
      else end = await answerForStranger(publish, cause, options);
    } catch (error) {
      refuseWithoutDatabase(error);
    }
  }
  const refusal = answers[end];
  if (refusal !== undefined) throw refusal();
}

function deliverToAll(devices: readonly Device[], publish: Publish, cause: Cause, { delivery }: PublishOptions): Promise<PublishEnd> {
  const push = async (device: Device) => endOf(await delivery.publish(device, publish.notification, cause));
  return endOfAll(devices.map((device) => temporaryWithoutDatabase(push(device))));
}

/** A node that nobody registered, or whose publisher may not use it. */
function answerForStranger(publish: Publish, cause: Cause, options: PublishOptions): PublishEnd | Promise<PublishEnd> {
  return options.stateless === undefined ? tellUnknown(publish, options) : options.stateless.publish(publish, cause);
}

/** Administrators who follow pushes see it; who published learns no more than that there is nothing for him. */
function tellUnknown({ node }: Publish, { feed }: PublishOptions): PublishEnd {
  if (feed?.isFollowed === true)
    feed.tell({ id: randomUUID(), device: { node }, step: 'outcome', outcome: 'unknown', reason: unknownReason });
  return 'unknown';
}

/** A value where the device is known. */
function find(publish: Publish, { registry, publishers, stateless }: PublishOptions): ReturnType<Registry['lookup']> {
  const { node, from, secret } = publish;
  const publisher = secret === undefined ? from.bare : `${from.bare} ${secret}`;
  const device = registry.lookup(node, publisher, (found) => mayPublish(found, from, secret, publishers));
  if (stateless === undefined || !(device instanceof Promise)) return device;
  return device.catch((error: unknown) => {
    if (error instanceof DatabaseUnavailable && stateless.isCertain(publish)) return undefined;
    throw error;
  });
}

/** XEP-0357 §5.1: what the client gave its server with `<enable/>`, a secret above all; options that nobody knows are not ours to judge. */
function readOptions(pubsub: Element): FormValues {
  return readForm(findChild(findChild(pubsub, 'publish-options'), 'x', ns.dataForms));
}
