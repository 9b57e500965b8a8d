import type { Element } from '../../../src/xmpp/stanza/xml.ts';
import { childElements } from '../../../src/xmpp/stanza/xml.ts';

/** What a server has to say of a message to somebody who is away. */
export interface Note {
  readonly node: string;
  readonly id: string;
  readonly component: string;
  readonly text: string;
  readonly sender: string;
  /** The publish-options that the client put into its `<enable/>`, in this order. */
  readonly options?: Readonly<Record<string, string>>;
}

export interface Told {
  readonly 'unread-messages'?: number;
  readonly sender?: string;
  readonly body?: string;
}

/** An answer as servers read it; `silence` where none came in time, or none that they recognise as theirs. */
export type Answer = 'silence' | 'result' | { readonly type: string; readonly condition: string };

/** How a server behaves towards a push component, in the words of its source (reference/servers.md §2, §3). */
export interface Manners {
  readonly name: string;
  readonly domain: string;
  /** What it publishes from: the domain, at Tigase with a resource. */
  readonly publisher: string;
  publish(note: Note): string;
  /** What of the message that gives away. */
  tells(note: Pick<Note, 'text' | 'sender'>): Told;
  /** Errors in a row after which the registration is ended; undefined where this answer is none that counts. */
  readonly patience: number;
  counts(answer: Exclude<Answer, 'silence' | 'result'>): boolean;
  /** What it asks the component as soon as that is attached. */
  greet?(component: string): readonly string[];
}

export function readAnswer(iq: Element): Answer {
  if (iq.attrs['type'] === 'result') return 'result';
  const error = iq.getChild('error');
  const condition = error && childElements(error).find(({ name }) => name !== 'text')?.name;
  return { type: String(error?.attrs['type']), condition: condition ?? '' };
}

/** A publish around a notification, with the options that the client gave. */
export function compose(from: string, { component, id, node, options }: Note, notification: string): string {
  return (
    `<iq type='set' from='${from}' to='${component}' id='${id}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item>` +
    `<notification xmlns='urn:xmpp:push:0'>${notification}</notification></item></publish>${composeOptions(options)}</pubsub></iq>`
  );
}

export function composeOptions(options: Readonly<Record<string, string>> = {}): string {
  const fields = Object.entries(options).map(([name, value]) => `<field var='${name}'><value>${value}</value></field>`);
  if (fields.length === 0) return '';
  return (
    `<publish-options><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/pubsub#publish-options</value></field>` +
    `${fields.join('')}</x></publish-options>`
  );
}
