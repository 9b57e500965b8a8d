import type { XmppPeer } from '../../helpers/xmpp-server.ts';
import { ejabberd24Capture, ejabberdCapture, prosody13Capture, prosodyCapture } from './captured.ts';
import { type Answer, type Manners, readAnswer } from './manners.ts';
import { mongooseim } from './mongooseim.ts';
import { openfire } from './openfire.ts';
import { tigase } from './tigase.ts';

/** Those that no distribution packages, played. */
export const scriptedServers: readonly Manners[] = [mongooseim, tigase, openfire];
/** And those that are run for real elsewhere, played from what they wrote. */
export const capturedServers: readonly Manners[] = [prosodyCapture, prosody13Capture, ejabberdCapture, ejabberd24Capture];

/** What a user's `<enable/>` left at the server. */
export interface Registration {
  readonly node: string;
  readonly options: Readonly<Record<string, string>>;
  isAlive: boolean;
  /** In a row. */
  errors: number;
}

export interface Message {
  readonly text?: string;
  readonly sender?: string;
}

/** A server of these manners at the other end of a component's stream: it keeps and ends registrations as the real one does. */
export class ScriptedServer {
  readonly manners: Manners;
  readonly #peer: XmppPeer;
  readonly #component: string;
  #published = 0;

  constructor(manners: Manners, peer: XmppPeer, component: string) {
    this.manners = manners;
    this.#peer = peer;
    this.#component = component;
  }

  /** The user's client enables push at its own account, with these publish-options. */
  enable(node: string, options: Readonly<Record<string, string>> = {}): Registration {
    return { node, options, isAlive: true, errors: 0 };
  }

  /** Somebody writes to the user who is away; settles with what the server made of our answer, `nothing` where it published nothing. */
  async write(
    registration: Registration,
    { text = 'Are you there?', sender = 'bob@example.net' }: Message = {},
  ): Promise<Answer | 'nothing'> {
    if (!registration.isAlive) return 'nothing';
    this.#published += 1;
    // As long as ejabberd's, with what base64 brings.
    const id = `rr-${process.hrtime.bigint()}-13816680504182956387-zTDME2jfrdpfQryCzz3KMAMJuXw=+/-${this.#published}`;
    const { node, options } = registration;
    this.#peer.write(this.manners.publish({ node, options, id, component: this.#component, text, sender }));
    const reply = await this.#peer.answerTo(id);
    const { from, to } = reply.attrs as Record<string, unknown>;
    const answer = from === this.#component && to === this.manners.publisher ? readAnswer(reply) : 'silence';
    this.#take(registration, answer);
    return answer;
  }

  #take(registration: Registration, answer: Answer): void {
    if (answer === 'result') registration.errors = 0;
    if (typeof answer === 'string' || !this.manners.counts(answer)) return;
    registration.errors += 1;
    if (registration.errors >= this.manners.patience) registration.isAlive = false;
  }
}
