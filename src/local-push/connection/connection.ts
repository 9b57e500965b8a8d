// Room: a device's connection, by whatever transport it came: proof, pushes, silence, end. In: messages. Out: acknowledged or not. May
// enter: local-push.
import { randomBytes } from 'node:crypto';
import type { Device } from '../../registry/devices/device.ts';
import { endings } from '../endings.ts';
import { parseMessage, writeMessage, type Ending, type ServerMessage } from '../messages.ts';
import type { Claim } from '../secrets.ts';
import { Allowance } from './allowance.ts';
import { Offers } from './offers.ts';
import type { LineTiming } from './timing.ts';

/** What a transport does for a connection. Nothing of it throws. */
export interface Line {
  readonly transport: 'websocket' | 'events';
  /** Present where the device's messages come by another way and must name what they belong to. */
  readonly session?: string;
  /** False where it can't be sent: the line is closed, or too much waits for it already. */
  send(text: string): boolean;
  /** Says a last word and ends the line, within seconds whatever the other side does; `closed` of the connection is called then. */
  end(ending: Ending, lastWord: string): void;
  /** Ends the line at once and without a word; `closed` of the connection is called soon. */
  cut(): void;
}

/** Whose a connection is, or how it ends. */
export type Verdict = Device | Ending;

/** What a connection needs of the others. */
export interface House {
  readonly timing: LineTiming;
  /** Never rejects. */
  judge(claim: Claim, nonce: string): Promise<Verdict>;
  /** It is proven; called once, before anything else is sent. */
  welcome(connection: Connection, device: Device): void;
  /** Its line is gone, or about to be; called once. */
  leave(connection: Connection): void;
}

const nonceBytes = 32;
const idBytes = 6;

/** From challenge to goodbye. Every wait in here ends by `look`, which is called again and again. */
export class Connection {
  readonly id = randomBytes(idBytes).toString('base64url');
  readonly transport: Line['transport'];
  /** Undefined until it has proven whose it is. */
  device: Device | undefined;
  /** The other instances, and this one, have heard of it. */
  isAnnounced = false;
  readonly #line: Line;
  readonly #house: House;
  readonly #nonce = randomBytes(nonceBytes).toString('base64url');
  readonly #offers = new Offers();
  readonly #allowance = new Allowance();
  readonly #openedAt = performance.now();
  #state: 'challenged' | 'judged' | 'welcome' | 'ended' = 'challenged';
  #heardAt = performance.now();
  #isAsked = false;
  #doubtedAt: number | undefined;

  constructor(line: Line, house: House) {
    this.#line = line;
    this.#house = house;
    this.transport = line.transport;
    const session = line.session === undefined ? {} : { session: line.session };
    this.#send({ type: 'challenge', nonce: this.#nonce, keepAlive: house.timing.keepAliveMs / 1000, ...session });
  }

  /** Nothing says that nobody is there any more. */
  get isTrusted(): boolean {
    return this.#state === 'welcome' && this.#doubtedAt === undefined;
  }

  /** Takes a message of the device; false where it was none. */
  receive(text: string): boolean {
    const message = parseMessage(text);
    this.heard();
    // Also behind the goodbye: it was sent before the device read that.
    if (message?.type === 'ack' && this.#offers.settle(message.id)) return true;
    if (this.#state === 'ended') return message !== undefined;
    if (message === undefined) this.end(endings.notProtocol);
    else if (!this.#allowance.take()) this.end(endings.tooMany);
    else if (message.type === 'ping') this.#send({ type: 'pong' });
    else if (message.type === 'prove') this.#prove(message);
    return message !== undefined;
  }

  /** Somebody is there. */
  heard(): void {
    this.#heardAt = performance.now();
    this.#isAsked = false;
    this.#doubtedAt = undefined;
  }

  /** A frame of WebSocket's own: it counts as one of the device's messages. */
  heardFrame(): void {
    this.heard();
    if (!this.#allowance.take()) this.end(endings.tooMany);
  }

  /** Sends a push, written already; settles with whether it was acknowledged in time. Never rejects. */
  offer(id: string, text: string): Promise<boolean> {
    if (this.#state !== 'welcome' || this.#offers.isFull) return Promise.resolve(false);
    if (!this.#line.send(text)) {
      this.#doubt();
      return Promise.resolve(false);
    }
    return this.#offers.add(id, this.#house.timing.answerWithinMs, () => this.#doubt());
  }

  /** Asks where it was silent for long, and ends what is dead. */
  look(now: number): void {
    const { keepAliveMs, handshakeMs, doubtMs } = this.#house.timing;
    if (this.#state === 'ended') return;
    if (this.#state !== 'welcome') {
      if (now - this.#openedAt >= handshakeMs) this.end(endings.unproven);
      return;
    }
    const silentMs = now - this.#heardAt;
    if (silentMs >= keepAliveMs * 1.5 || (this.#doubtedAt !== undefined && now - this.#doubtedAt >= doubtMs)) this.end(endings.silent);
    else if (silentMs >= keepAliveMs) this.#ask();
  }

  end(ending: Ending): void {
    if (this.#state === 'ended') return;
    this.#leave();
    this.#line.end(ending, writeMessage({ type: 'goodbye', ...ending }));
  }

  /** There is no time left for words. */
  cut(): void {
    this.#leave();
    this.#line.cut();
  }

  /** The line is gone: what was not acknowledged will not be. */
  closed(): void {
    this.#leave();
    this.#offers.abandon();
  }

  #leave(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#house.leave(this);
  }

  #prove(claim: Claim): void {
    if (this.#state !== 'challenged') return this.end(endings.notProtocol);
    this.#state = 'judged';
    void this.#house.judge(claim, this.#nonce).then((verdict) => this.#judged(verdict));
  }

  #judged(verdict: Verdict): void {
    if (this.#state !== 'judged') return;
    if ('code' in verdict) return this.end(verdict);
    this.#state = 'welcome';
    this.device = verdict;
    this.#send({ type: 'welcome', id: this.id });
    this.#house.welcome(this, verdict);
  }

  /** What was not acknowledged may mean that nobody is there: the next pushes wait for nobody. */
  #doubt(): void {
    if (this.#state !== 'welcome' || this.#doubtedAt !== undefined) return;
    this.#doubtedAt = performance.now();
    this.#isAsked = false;
    this.#ask();
  }

  #ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#send({ type: 'ping' });
  }

  #send(message: ServerMessage): void {
    this.#line.send(writeMessage(message));
  }
}
