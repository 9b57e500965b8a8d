import type { Client } from '../../../servers/client.ts';
import type { XmppHost } from '../../../servers/host.ts';
import { waitFor } from '../../../helpers/wait-for.ts';

const owner = 'http://jabber.org/protocol/muc#owner';

/** A room of a real server (XEP-0045). */
export class Room {
  readonly jid: string;

  constructor(host: XmppHost, name: string) {
    this.jid = `${name}@conference.${host.domain}`;
  }

  /** The first to enter makes the room; settles when whoever enters has seen its subject, which comes last. */
  async enter(client: Client, nick: string): Promise<void> {
    await client.send(
      `<presence to='${this.jid}/${nick}'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>`,
    );
    await waitFor(`${nick} in the room`, () =>
      client.messages.some((message) => message.includes(this.jid) && message.includes('<subject')),
    );
  }

  /** Whoever made the room takes its settings as they are: until then nobody else may enter. */
  async open(client: Client, nick: string): Promise<void> {
    await this.enter(client, nick);
    await client.iq('set', `<query xmlns='${owner}'><x xmlns='jabber:x:data' type='submit'/></query>`, this.jid);
  }

  async say(client: Client, text: string): Promise<void> {
    await client.send(`<message to='${this.jid}' type='groupchat'><body>${text}</body></message>`);
  }

  /** ejabberd's MUC/Sub: the room's messages come to the account, whether it is in the room or not. */
  subscribe(client: Client, nick: string): Promise<string> {
    return client.iq(
      'set',
      `<subscribe xmlns='urn:xmpp:mucsub:0' nick='${nick}'><event node='urn:xmpp:mucsub:nodes:messages'/></subscribe>`,
      this.jid,
    );
  }
}
