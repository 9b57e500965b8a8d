import type { Connection } from '../program/connection.ts';
import { askedPrefix, ping, waitMs } from '../program/exchange.ts';
import type { Program } from '../program/program.ts';
import { readError } from '../program/error.ts';
import { reasonOf } from '../shrink.ts';
import type { Subject } from '../target.ts';
import { expectAnswers, type Expected } from './expect.ts';
import { buildBytes, cutBytes, type StanzaInput } from './input.ts';
import { judge, matchAnswers, show } from './judge.ts';
import { unescapeText } from './tree.ts';

/** After bytes that are not well-formed the next stanza may be part of a broken one: how long to look whether it is. */
const lookMs = 250;
/** So many inputs between two publishes that have to go through. */
const healthyEvery = 16;
const measureEvery = 500;
const longestShown = 2_000;

/** Each input goes over a connection of its own; whatever comes back over it meanwhile belongs to it. */
export class StanzasSubject implements Subject<StanzaInput> {
  readonly #program: Program;
  readonly #nodes: ReadonlyMap<string, string>;
  /** Ids of what may be answered or not, and late: an answer to it is nobody's fault. */
  readonly #tolerated = new Set<string>();
  /** What went over a connection before: the program's fault may be to have swallowed that. */
  readonly #before = new WeakMap<Connection, string>();
  #fed = 0;
  #ids = 0;

  constructor(program: Program) {
    this.#program = program;
    this.#nodes = new Map(program.devices.map(({ provider, node }) => [provider, node]));
  }

  get outcomes(): ReadonlyMap<string, number> {
    return this.#program.outcomes;
  }

  async feed(input: StanzaInput): Promise<void> {
    const troubles = this.#program.troubles.length;
    const connection = await this.#program.borrow();
    try {
      await this.#exchange(connection, input);
      await this.#checkHealth(connection);
      if (connection.fault !== undefined) throw new Error(`a server closes the stream over what we sent: ${connection.fault}`);
      const trouble = this.#program.troubles[troubles];
      if (trouble !== undefined) throw new Error(trouble);
    } catch (error) {
      connection.end();
      throw new Error(`${reasonOf(error)}; over the same connection before: ${this.#before.get(connection) ?? 'nothing'}`, {
        cause: error,
      });
    } finally {
      this.#before.set(connection, JSON.stringify(input).slice(0, longestShown));
      connection.received = [];
      this.#program.giveBack(connection);
    }
  }

  close(): Promise<void> {
    return this.#program.close(this.#program.devices);
  }

  async #exchange(connection: Connection, input: StanzaInput): Promise<void> {
    const ids: string[] = [];
    const bytes = buildBytes(input, (placeholder) => this.#nodes.get(placeholder) ?? this.#nextId(ids));
    const expected = expectAnswers(bytes);
    this.#tolerate(expected, bytes, ids);
    await connection.writePackets(cutBytes(bytes, input.cuts));
    try {
      if (expected === undefined) await this.#outlive(connection);
      else await this.#collect(connection, expected);
    } catch (error) {
      // What is still to come goes over other connections.
      this.#tolerate(undefined, bytes, ids);
      throw error;
    }
  }

  /** Well-formed: everything is answered as it should be, and the stream goes on. */
  async #collect(connection: Connection, expected: readonly Expected[]): Promise<void> {
    const isComplete = () =>
      matchAnswers(expected, connection.received).matches.every(
        ({ expected: { answers }, answer }) => answers !== 'one' || answer !== undefined,
      );
    await connection.until(() => isComplete() || connection.isClosed, waitMs);
    if (!(await ping(connection)))
      throw new Error(connection.isClosed ? 'the stream ended over a well-formed stanza' : 'a ping was not answered');
    const { matches, rest } = matchAnswers(expected, connection.received);
    for (const match of matches) this.#program.count(judge(match));
    const unasked = rest.find(({ attributes: { id = '' } }) => !this.#tolerated.has(id) && !id.startsWith(askedPrefix));
    if (unasked !== undefined) throw new Error(`answered what needs no answer, or twice, or to others: ${show(unasked)}`);
  }

  #nextId(given: string[]): string {
    const id = `fed-${(this.#ids += 1)}`;
    given.push(id);
    return id;
  }

  #tolerate(expected: readonly Expected[] | undefined, bytes: Buffer, ids: readonly string[]): void {
    const optional = expected?.filter(({ answers }) => answers === 'any').map(({ stanza }) => stanza.attributes['id'] ?? '');
    const written = [...bytes.toString().matchAll(/\bid='([^']*)'/g)].map(([, id = '']) => unescapeText(id));
    for (const id of optional ?? ['', ...ids, ...written]) this.#tolerated.add(id);
  }

  /** Not well-formed: the stream goes on, or ends and comes back. A stanza that never ends is the server's to end. */
  async #outlive(connection: Connection): Promise<void> {
    const goesOn = await ping(connection, lookMs);
    for (const { name, attributes, ...rest } of connection.received)
      if (name === 'iq' && attributes['type'] !== 'result') readError({ name, attributes, ...rest });
    this.#program.count(
      `not well-formed: ${goesOn ? 'the stream goes on' : connection.isClosed ? 'the stream ended' : 'the stanza does not end'}`,
    );
    if (goesOn) return;
    connection.end();
    const next = await this.#program.borrow();
    const isBack = await ping(next);
    this.#program.giveBack(next);
    if (!isBack) throw new Error('after a stream that was not well-formed a ping was not answered');
  }

  async #checkHealth(connection: Connection): Promise<void> {
    this.#fed += 1;
    if (this.#fed % measureEvery === 0) await this.#program.measure();
    const device = this.#program.devices[(this.#fed / healthyEvery) % this.#program.devices.length];
    if (device === undefined || connection.isClosed || this.#fed % healthyEvery !== 0) return;
    if (!(await this.#program.publish(connection, device.node)))
      throw new Error(`a good publish to ${device.provider} was not answered with a result`);
  }
}
