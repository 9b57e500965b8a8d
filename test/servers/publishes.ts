import { childElements, type Element } from '../../src/xmpp/stanza/xml.ts';
import type { Seen, Tap } from './tap.ts';

/** A publish as it went by, with the component's answer to it once there is one. */
export interface Publish extends Seen {
  answer(): Element | undefined;
}

/** The publishes to a node so far, oldest first. */
export function publishesTo(tap: Tap, node: string): Publish[] {
  const publishes = tap.fromServer.filter(({ stanza }) => publishedNode(stanza) === node);
  return publishes.map((seen) => ({ ...seen, answer: () => answerTo(tap, seen.stanza) }));
}

/** The node, where the stanza is a publish. */
export function publishedNode(stanza: Element): string | undefined {
  const node: unknown = publishOf(stanza)?.attrs['node'];
  return typeof node === 'string' ? node : undefined;
}

/** The text of the message that a publish is about, where the server gives it. */
export function publishedText(stanza: Element): string | undefined {
  const form = publishOf(stanza)?.getChild('item')?.getChild('notification')?.getChild('x', 'jabber:x:data');
  const field = form?.getChildren('field').find(({ attrs }) => attrs['var'] === 'last-message-body');
  return field?.getChildText('value') ?? undefined;
}

function publishOf(stanza: Element): Element | undefined {
  const pubsub = stanza.attrs['type'] === 'set' ? stanza.getChild('pubsub', 'http://jabber.org/protocol/pubsub') : undefined;
  return pubsub?.getChild('publish');
}

function answerTo(tap: Tap, publish: Element): Element | undefined {
  return tap.fromComponent.find(({ stanza }) => stanza.name === 'iq' && stanza.attrs['id'] === publish.attrs['id'])?.stanza;
}

/** `result`, or type and condition of the error as the answer table writes them: `cancel/item-not-found`. */
export function describeAnswer(answer: Element): string {
  const error = answer.getChild('error');
  if (error === undefined) return String(answer.attrs['type']);
  const condition = childElements(error).find((child) => child.name !== 'text');
  return `${String(error.attrs['type'])}/${condition?.name ?? 'no condition'}`;
}
