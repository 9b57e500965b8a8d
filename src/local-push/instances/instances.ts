// Room: which device is connected to which instance, and pushes from one to the other, over the database's notifications. In: words. Out:
// words, taken or not. May enter: local-push.
import { randomBytes } from 'node:crypto';
import { Announcements } from './announcements.ts';
import { Forwards } from './forwards.ts';
import { Others } from './others.ts';
import { Speech } from './speech.ts';
import type { Wire } from './wire.ts';
import { parseWord, type Word } from './words.ts';

export interface InstancesOptions {
  readonly answerWithinMs: number;
  /** How often each instance says that it lives; one that is silent for three times as long is forgotten. */
  readonly beatMs: number;
  /** The devices of this instance. */
  readonly nodes: () => Iterable<string>;
  /** A push for one of them came from elsewhere. */
  readonly onPush: (push: ForeignPush) => Promise<boolean>;
  /** It was heard here that a device of this instance has come to it. */
  readonly onAnnounced: (node: string) => void;
  /** A device has come to another instance. */
  readonly onElsewhere: (node: string) => void;
  /** A message of a device, for a session of this instance. */
  readonly onPost: (session: string, text: string) => void;
}

export interface ForeignPush {
  readonly node: string;
  readonly id: string;
  /** Written already. */
  readonly text: string;
}

const idBytes = 9;
const beatsUntilLost = 3;

/** This instance among the others. Whoever created it closes it. */
export class Instances {
  readonly id = randomBytes(idBytes).toString('base64url');
  readonly #options: InstancesOptions;
  readonly #others = new Others();
  readonly #forwards = new Forwards();
  readonly #speech = new Speech();
  readonly #announcements: Announcements;
  /** Instances that did not answer, until they are heard of again. */
  readonly #doubted = new Set<string>();
  #clock: NodeJS.Timeout | undefined;

  constructor(options: InstancesOptions) {
    this.#options = options;
    this.#announcements = new Announcements(this.id, this.#speech, options.nodes);
  }

  /** Other instances, and the devices that are connected there. */
  get known(): { readonly instances: number; readonly devices: number } {
    return { instances: this.#others.ids.length, devices: this.#others.size };
  }

  /** From now on there are others. Settles once they are heard; rejects where the database can't be had. */
  async join(wire: Wire): Promise<void> {
    this.#speech.begin(wire);
    this.#clock = setInterval(() => this.#beat(), this.#options.beatMs).unref();
    await wire.hear({ onPayload: (text) => this.#hear(text), onReset: () => this.#introduce() });
  }

  came(node: string): void {
    this.#others.cameHere(node);
    this.#announcements.came(node);
  }

  went(node: string): void {
    this.#announcements.went(node);
  }

  /** Whether this device is connected to another instance, and that one answers. */
  isElsewhere(node: string): boolean {
    const id = this.#others.instanceOf(node);
    return id !== undefined && !this.#doubted.has(id);
  }

  /** Settles with whether it took the push in time. Never rejects. */
  forward({ node, id, text }: ForeignPush): Promise<boolean> {
    const to = this.#others.instanceOf(node) ?? '';
    const askedAt = performance.now();
    return this.#forwards.add(
      this.#options.answerWithinMs,
      (offer, onUnsaid) => this.#speech.say({ v: 'push', from: this.id, to, offer, node, id, text }, onUnsaid),
      () => {
        if (this.#others.heardAt(to) < askedAt) this.#doubted.add(to);
      },
    );
  }

  /** Hands a message to the instance whose session it names; false where that is none that is known. */
  passOn(session: string, text: string): boolean {
    const [to = ''] = session.split('.', 1);
    if (!this.#others.knows(to)) return false;
    this.#speech.say({ v: 'post', from: this.id, to, session, text });
    return true;
  }

  /** Says goodbye to the others; settles once that is said. */
  async close(): Promise<void> {
    this.#announcements.close();
    clearInterval(this.#clock);
    this.#forwards.abandon();
    this.#speech.say({ v: 'leave', from: this.id });
    await this.#speech.idle();
  }

  #beat(): void {
    for (const id of this.#others.forgetSilent(this.#options.beatMs * beatsUntilLost)) this.#doubted.delete(id);
    this.#announcements.beat();
  }

  /** What was said while nothing was heard is asked for; and others may not have heard of us. */
  #introduce(): void {
    this.#speech.say({ v: 'who', from: this.id, to: '' });
    this.#announcements.tellAll();
  }

  #hear(text: string): void {
    const word = parseWord(text);
    if (word === undefined) return;
    if (word.from === this.id) return this.#hearSelf(word);
    this.#doubted.delete(word.from);
    if (word.v !== 'leave') this.#others.heard(word.from);
    if ('to' in word && word.to !== this.id && !(word.v === 'who' && word.to === '')) return;
    this.#take(word);
  }

  /** Words are heard in one order by all: whose `come` is heard last has the device. */
  #hearSelf(word: Word): void {
    if (word.v === 'come') for (const node of word.nodes) this.#options.onAnnounced(node);
  }

  #take(word: Word): void {
    switch (word.v) {
      case 'alive':
        if (!this.#others.isComplete(word.from, word.seq)) this.#askFor(word.from);
        break;
      case 'leave':
        this.#others.forget(word.from);
        break;
      case 'come':
        this.#others.announce(word.from, word.seq, { came: word.nodes });
        for (const node of word.nodes) this.#options.onElsewhere(node);
        break;
      case 'gone':
        this.#others.announce(word.from, word.seq, { went: word.nodes });
        break;
      case 'have':
        this.#others.list(word.from, word.seq, word.nodes, word.first);
        break;
      case 'who':
        this.#announcements.wasAsked();
        break;
      case 'push':
        void this.#options.onPush(word).then((taken) => {
          this.#speech.say({ v: 'took', from: this.id, to: word.from, offer: word.offer, taken });
        });
        break;
      case 'took':
        this.#forwards.settle(word.offer, word.taken);
        break;
      case 'post':
        this.#options.onPost(word.session, word.text);
        break;
      default:
        word satisfies never;
    }
  }

  #askFor(id: string): void {
    this.#speech.say({ v: 'who', from: this.id, to: id });
  }
}
