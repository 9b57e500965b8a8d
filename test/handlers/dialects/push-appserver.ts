import { push } from '../../helpers/app.ts';
import { showSecret } from '../publishes.ts';

/** Node and secret, as a client reads them from an answer and hands them to its server. */
export interface Enabled {
  readonly node: string;
  readonly secret: string;
}

let count = 0;

/** A publish of a server with the options that its client gave it; `fields` is the content of the summary. */
export function buildPublish(
  { node, secret }: { readonly node: string; readonly secret?: string | undefined },
  fields = '',
  more = '',
): string {
  count += 1;
  return (
    `<iq type='set' from='example.net' to='${push}' id='mpa${count}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item>` +
    `<notification xmlns='urn:xmpp:push:0'><x xmlns='jabber:x:data' type='form'><field var='FORM_TYPE'><value>urn:xmpp:push:summary</value></field>` +
    `${fields}</x>${more}</notification></item></publish>${showSecret(secret)}</pubsub></iq>`
  );
}

/** What Prosody says of a message with a body, unless it is told to say more. */
export const dummyBody = `<field var='message-count'><value>1</value></field><field var='last-message-body'><value>New Message!</value></field>`;

/** COMPAT(Monal 4): three lines exactly, the first of them OK; throws as it would give up. */
export function parseAsMonal(body: string): Enabled {
  const [first, node = '', secret = '', ...more] = body.split('\n');
  if (first !== 'OK' || node === '' || secret === '' || more.length > 0) throw new Error(`Monal would not take ${JSON.stringify(body)}`);
  return { node, secret };
}
