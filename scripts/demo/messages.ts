import { type Element, xml } from '../../src/xmpp/stanza/xml.ts';
import { describeAnswer, publishesTo } from '../../test/servers/publishes.ts';
import { waitFor } from '../../test/helpers/wait-for.ts';
import type { Device } from './devices.ts';
import { expect } from './expect.ts';
import type { Narrator } from './narrator.ts';
import { bare, type Phone } from './stage/phone.ts';
import { type Arrival, formatArrival } from './stage/push-service.ts';
import type { Stage } from './stage/stage.ts';

const limitMs = 20_000;

/** A message to somebody who is away, and how much there was for this device before it. */
interface Letter {
  readonly device: Device;
  readonly text: string;
  readonly published: number;
  readonly pushed: number;
}

/** One user's messages to people who are away, and what must come of them. Each method rejects where it doesn't. */
export class Messages {
  readonly #narrator: Narrator;
  readonly #stage: Stage;
  readonly #from: Phone;

  constructor(narrator: Narrator, stage: Stage, from: Phone) {
    this.#narrator = narrator;
    this.#stage = stage;
    this.#from = from;
  }

  /** Each message becomes a publish, each publish a push, and the server gets a result for each. */
  async wake(devices: readonly [Device, Device], text: string): Promise<void> {
    const letters = [await this.#write(devices[0], text), await this.#write(devices[1], text)] as const;
    const answers = (await Promise.all(letters.map((letter) => this.#answerTo(letter)))).map(describeAnswer);
    const told = answers.map((answer, n) => `${answer} for ${letters[n]?.device.name ?? ''}`).join(', ');
    expect(
      answers.every((answer) => answer === 'result'),
      `the server got ${told}`,
    );
    const [left, right] = [arrivalOf(letters[0]), arrivalOf(letters[1])];
    this.#narrator.beside([titleOf(devices[0]), formatArrival(left)], [titleOf(devices[1]), formatArrival(right)]);
    this.#narrator.seen('the server got', told);
  }

  /** The server publishes, no push arrives, and the server is told that there is no such node. */
  async beRefused(device: Device, text: string): Promise<Element> {
    const letter = await this.#write(device, text);
    const answer = await this.#answerTo(letter);
    const described = describeAnswer(answer);
    expect(described === 'cancel/item-not-found', `the server got ${described}`);
    expect(device.service.pushesTo(device.token).length === letter.pushed, 'a push was accepted all the same');
    await this.#passThrough();
    return answer;
  }

  /** The server has dropped these registrations: it publishes nothing. */
  async wakeNobody(devices: readonly Device[], text: string): Promise<void> {
    const letters = [];
    for (const device of devices) letters.push(await this.#write(device, text));
    await this.#passThrough();
    for (const { device, published } of letters) {
      expect(publishesTo(this.#stage.tap, device.node).length === published, `the server published for ${device.name} again`);
    }
  }

  async #write(device: Device, text: string): Promise<Letter> {
    const { owner, node, service, token } = device;
    const letter = { device, text, published: publishesTo(this.#stage.tap, node).length, pushed: service.pushesTo(token).length };
    this.#narrator.say(`${bare(this.#from.jid)} → ${owner}: “${text}”`);
    await this.#from.write(owner, text);
    return letter;
  }

  /** What Reveille answers to the server's publish. */
  #answerTo({ device, published }: Letter): Promise<Element> {
    const { tap } = this.#stage;
    return waitFor(`the answer to the publish for ${device.name}`, () => publishesTo(tap, device.node)[published]?.answer(), limitMs);
  }

  /** One more stanza through the server to Reveille and back: by then the server has taken in whatever went before it. */
  async #passThrough(): Promise<void> {
    await this.#from.iq('get', xml('ping', { xmlns: 'urn:xmpp:ping' }), this.#stage.host.componentJid);
  }
}

/** The push was accepted before the server got its result. */
function arrivalOf({ device: { service, token, owner }, text, pushed }: Letter): Arrival {
  const arrival = service.pushesTo(token)[pushed];
  expect(arrival !== undefined, `${service.name} got no push for ${owner}`);
  expect(arrival.account === owner, `the push at ${service.name} is for another account`);
  expect(arrival.body === text, `the push at ${service.name} says something else`);
  return arrival;
}

const titleOf = ({ name, service }: Device): string => `${service.name} for ${name}`;
