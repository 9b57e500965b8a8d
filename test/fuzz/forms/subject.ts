import { CommandSessions } from '../../../src/handlers/commands/session.ts';
import type { Connection } from '../program/connection.ts';
import { ask } from '../program/exchange.ts';
import { readError } from '../program/error.ts';
import type { KeptDevice, Program } from '../program/program.ts';
import type { Tag } from '../program/strict-reader.ts';
import { hopelessSize } from '../stanzas/expect.ts';
import type { Subject } from '../target.ts';
import { checkAnswer, type StepEnd } from './check-answer.ts';
import { passwords, people, type FormInput, type SessionKind, type Step } from './input.ts';
import { adminNodes, knownNodes } from './inputs.ts';
import { buildRequest } from './request.ts';

const expiredMs = 16 * 60_000;
const measureEvery = 500;
/** Above this a request may be too long to be read, or its answer, which repeats some of it, to be sent. */
const longSize = 30_000;
/** Session ids that are not, or no longer, the sender's own: nothing may happen on them. */
const falseSessions: readonly SessionKind[] = ['forged', 'foreign', 'expired', 'other-command', 'cut', 'empty'];

/** Runs the steps one after the other, each with the session that its kind says. */
export class FormsSubject implements Subject<FormInput> {
  readonly #program: Program;
  readonly #sessions: CommandSessions;
  readonly #secrets: readonly string[];
  #fed = 0;

  constructor(program: Program) {
    this.#program = program;
    this.#sessions = new CommandSessions(program.componentSecret);
    this.#secrets = [program.componentSecret, ...program.devices.map(({ token }) => token), ...passwords];
  }

  get outcomes(): ReadonlyMap<string, number> {
    return this.#program.outcomes;
  }

  async feed({ from, steps }: FormInput): Promise<void> {
    const troubles = this.#program.troubles.length;
    const connection = await this.#program.borrow();
    try {
      let own: string | undefined;
      for (const step of steps) if (!connection.isClosed) own = (await this.#run(connection, from, step, own)).session ?? own;
      if (connection.fault !== undefined) throw new Error(`a server closes the stream over what we sent: ${connection.fault}`);
      if (connection.received.length > 0) throw new Error('answered twice');
      const trouble = this.#program.troubles[troubles];
      if (trouble !== undefined) throw new Error(trouble);
      await this.#measure();
    } catch (error) {
      connection.end();
      throw error;
    } finally {
      this.#program.giveBack(connection);
    }
  }

  /** Administrators may remove every device that an input can name: the others are still there. */
  close(): Promise<void> {
    return this.#program.close(this.#program.devices.filter(({ provider }: KeptDevice) => provider === 'kept'));
  }

  async #run(connection: Connection, from: FormInput['from'], step: Step, own: string | undefined): Promise<StepEnd> {
    const session = this.#sessionFor(step, people[from], own);
    let size = 0;
    const answer = await ask(connection, (id) => {
      const request = buildRequest(step, id, people[from], session);
      size = request.length;
      return request;
    });
    if (answer === undefined && connection.isClosed && size > hopelessSize) return giveUp(connection);
    if (answer === undefined) throw new Error(connection.isClosed ? 'the stream ended over a command' : 'a command was not answered');
    if (size > longSize && isTemporary(answer)) return { end: 'too long', session: undefined };
    this.#checkSecrets(answer, from);
    const node = typeof step.node === 'string' ? step.node : '';
    const ended = checkAnswer(answer, node);
    checkPermission(from, node, ended);
    if (falseSessions.includes(step.session) && isDone(ended)) throw new Error(`a session that is ${step.session} was accepted`);
    if (step.session === 'own' && session !== undefined && isDone(ended) && ended.session !== session)
      throw new Error('the session changed');
    this.#program.count(`${knownNodes.find((known) => known === node) ?? 'another command'}: ${ended.end}`);
    return ended;
  }

  #sessionFor({ session, node }: Step, sender: string, own: string | undefined): string | undefined {
    const name = typeof node === 'string' ? node : '';
    switch (session) {
      case 'none':
        return undefined;
      case 'own':
        return own;
      case 'forged':
        return new CommandSessions('another secret').issue(name, sender);
      case 'foreign':
        return this.#sessions.issue(name, `${sender}x`);
      case 'expired':
        return this.#sessions.issue(name, sender, Date.now() - expiredMs);
      case 'other-command':
        return this.#sessions.issue(`${name}x`, sender);
      case 'cut':
        return this.#sessions.issue(name, sender).slice(0, -1);
      case 'empty':
        return '';
    }
  }

  /** No secret, and no whole token: neither of the kept devices nor, to people who are no administrators, their nodes. */
  #checkSecrets(answer: Tag, from: FormInput['from']): void {
    const text = JSON.stringify(answer);
    const nodes = from === 'admin' ? [] : this.#program.devices.map(({ node }) => node);
    if ([...this.#secrets, ...nodes].some((secret) => text.includes(secret))) throw new Error('a secret comes back in an answer');
  }

  async #measure(): Promise<void> {
    this.#fed += 1;
    if (this.#fed % measureEvery === 0) await this.#program.measure();
  }
}

/** What comes last then is no answer, but why the stream ends. */
function giveUp(connection: Connection): StepEnd {
  connection.received = [];
  return { end: 'the stream ended', session: undefined };
}

function isTemporary(answer: Tag): boolean {
  return answer.attributes['type'] === 'error' && readError(answer) === 'wait/internal-server-error';
}

function isDone({ end }: StepEnd): boolean {
  return end === 'executing' || end === 'completed' || end === 'canceled';
}

/** Contract §4.4: to everybody else the commands of administrators are forbidden, and a device belongs to a person. */
function checkPermission(from: FormInput['from'], node: string, { end }: StepEnd): void {
  const isAdmins = adminNodes.some((one) => one === node);
  if (isAdmins && from !== 'admin' && end !== 'auth/forbidden') throw new Error(`${node} ends with ${end} for ${from}`);
  if (['register-device', 'unregister-device'].includes(node) && from === 'server' && end !== 'auth/forbidden')
    throw new Error(`${node} ends with ${end} for a server`);
}
