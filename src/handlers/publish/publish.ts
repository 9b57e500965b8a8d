// Room: XEP-0357 publishes: node and secret in, outcome out, and which answer that is. In: a publish. Out: result or one of three errors.
// May enter: app.
import { randomUUID } from 'node:crypto';
import type { Delivery } from '../../push/delivery/delivery.ts';
import type { Cause } from '../../push/dispatch/dispatcher.ts';
import type { PushFeed } from '../../push/feed/push-feed.ts';
import type { Notification } from '../../push/provider/notification.ts';
import type { Device, FoundDevice } from '../../registry/devices/device.ts';
import { DatabaseUnavailable, type Registry } from '../../registry/registry.ts';
import { readForm, type FormValues } from '../../xmpp/stanza/data-form.ts';
import type { IqRequest, Route } from '../../xmpp/routing/router.ts';
import type { Element } from '../../xmpp/stanza/xml.ts';
import { answers, endOf } from './answers.ts';
import type { PublishEnd } from './answers.ts';
import { temporaryWithoutDatabase } from '../database-trouble.ts';
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
  const element = payload.getChild('publish');
  const node = element?.attrs['node'] as string | undefined;
  if (element === undefined || node === undefined || node === '') return undefined;
  const notification = parseNotification(element.getChild('item')?.getChild('notification', ns.push));
  const given = readOptions(payload);
  return { node, from, secret: given.get('secret'), module: given.get('pushModule'), notification };
}

async function answer(publish: Publish | undefined, cause: Cause, options: PublishOptions): Promise<undefined> {
  const refusal = answers[publish === undefined ? 'invalid' : await temporaryWithoutDatabase(deliver(publish, cause, options))];
  if (refusal !== undefined) throw refusal();
}

async function deliver(publish: Publish, cause: Cause, options: PublishOptions): Promise<PublishEnd> {
  const { stateless } = options;
  const device = await find(publish, options);
  if (device === undefined) return stateless === undefined ? tellUnknown(publish, options) : stateless.publish(publish, cause);
  if (device.companions === undefined) return endOf(await options.delivery.publish(device, publish.notification, cause));
  const push = async (one: Device) => endOf(await options.delivery.publish(one, publish.notification, cause));
  return endOfAll([device, ...device.companions].map((one) => temporaryWithoutDatabase(push(one))));
}

/** Administrators who follow pushes see it; who published learns no more than that there is nothing for him. */
function tellUnknown({ node }: Publish, { feed }: PublishOptions): PublishEnd {
  if (feed?.isFollowed === true)
    feed.tell({ id: randomUUID(), device: { node }, step: 'outcome', outcome: 'unknown', reason: unknownReason });
  return 'unknown';
}

function find(publish: Publish, { registry, publishers, stateless }: PublishOptions): Promise<FoundDevice | undefined> {
  const { node, from, secret } = publish;
  const publisher = secret === undefined ? from.bare : `${from.bare} ${secret}`;
  const device = Promise.resolve(registry.lookup(node, publisher, (found) => mayPublish(found, from, secret, publishers)));
  if (stateless === undefined) return device;
  return device.catch((error: unknown) => {
    if (error instanceof DatabaseUnavailable && stateless.isCertain(publish)) return undefined;
    throw error;
  });
}

/** XEP-0357 §5.1: what the client gave its server with `<enable/>`, a secret above all; options that nobody knows are not ours to judge. */
function readOptions(pubsub: Element): FormValues {
  return readForm(pubsub.getChild('publish-options')?.getChild('x', ns.dataForms));
}
