import type { Dispatcher } from '../push/dispatcher.ts';
import type { Registry } from '../registry/registry.ts';
import { readForm } from '../xmpp/data-form.ts';
import type { IqRequest, Route } from '../xmpp/router.ts';
import type { Element } from '../xmpp/xml.ts';
import { answers, endOf } from './answers.ts';
import type { PublishEnd } from './answers.ts';
import { temporaryWithoutDatabase } from './database-trouble.ts';
import { ns } from './namespaces.ts';
import { parseNotification } from './notification.ts';
import { mayPublish } from './publisher.ts';
import type { PublisherPolicy } from './publisher.ts';

export interface PublishOptions {
  readonly registry: Registry;
  readonly dispatcher: Dispatcher;
  readonly publishers: PublisherPolicy;
}

/** XEP-0357 §7: a server publishes to a node; the device behind it gets a push, the server the answer of the push service. */
export function buildPublishRoute(options: PublishOptions): Route {
  return {
    type: 'set',
    xmlns: ns.pubsub,
    name: 'pubsub',
    async handle(request) {
      const refusal = answers[await publish(request, options)];
      if (refusal !== undefined) throw refusal();
      return undefined;
    },
  };
}

async function publish(request: IqRequest, { registry, dispatcher, publishers }: PublishOptions): Promise<PublishEnd> {
  const element = request.payload.getChild('publish');
  const node = element?.attrs['node'] as string | undefined;
  if (element === undefined || node === undefined || node === '') return 'invalid';
  const secret = readSecret(request.payload);
  const publisher = secret === undefined ? request.from.bare : `${request.from.bare} ${secret}`;
  const found = registry.lookup(node, publisher, (device) => mayPublish(device, request.from, secret, publishers));
  const device = await temporaryWithoutDatabase(found);
  if (device === undefined) return 'unknown';
  const notification = parseNotification(element.getChild('item')?.getChild('notification', ns.push));
  return endOf(await temporaryWithoutDatabase(dispatcher.deliver(device, notification, request)));
}

/** XEP-0357 §5.1: the secret that the client gave its server with `<enable/>`; other options are not ours to judge. */
function readSecret(pubsub: Element): string | undefined {
  return readForm(pubsub.getChild('publish-options')?.getChild('x', ns.dataForms)).get('secret');
}
