// Room: questions and answers, with a person or a script. In: questions, what checks their answers. Out: answers. May enter: init and
// its rooms.
import { untilAborted } from '../../../base/limit.ts';
import type { Titled } from '../../../doctor/step.ts';
import { UsageError } from '../../line/usage-error.ts';
import { describeStep } from './describe-step.ts';
import type { Lines } from './lines.ts';
import { Interrupted, Refused } from './refused.ts';

const shortestSecret = 4;

export interface Question {
  /** The option that answers it, without dashes. */
  readonly option: string;
  readonly text: string;
  /** The answer where nothing is said. */
  readonly fallback?: string;
  readonly isSecret?: boolean;
}

/** What an answer means, or what is wrong with it. */
export type Reading<T> = { readonly value: T } | { readonly problem: string };

export interface Settled<T> {
  readonly value: T;
  /** Something was tried, and nothing failed. */
  readonly isProven: boolean;
}

export interface Trial<T> {
  readonly ask: () => Promise<T>;
  /** Tries the answer; no step where there is nothing to try. */
  readonly check: (value: T) => Promise<readonly Titled[]>;
  /** What helps a person where it fails. */
  readonly help?: (value: T) => void;
}

export interface DialogueParts {
  /** Undefined where nobody can be asked: what options don't say has its default. */
  readonly lines: Lines | undefined;
  /** A person is there. */
  readonly isInteractive: boolean;
  readonly isInsisting: boolean;
  readonly signal: AbortSignal;
  readonly answers: Readonly<Record<string, string>>;
  write(text: string): void;
}

/** Whoever made its lines closes them. Every question rejects with Interrupted once the signal aborts. */
export class Dialogue {
  readonly isInteractive: boolean;
  readonly signal: AbortSignal;
  readonly #parts: DialogueParts;
  readonly #answers: Map<string, string>;
  readonly #secrets = new Set<string>();

  constructor(parts: DialogueParts) {
    this.#parts = parts;
    this.isInteractive = parts.isInteractive;
    this.signal = parts.signal;
    this.#answers = new Map(Object.entries(parts.answers));
  }

  /** From here on the text stands in nothing that is said; shorter ones are parts of words everywhere. */
  conceal(secret: string): void {
    if (secret.length >= shortestSecret) this.#secrets.add(secret);
  }

  say(text: string): void {
    this.#parts.write(`${[...this.#secrets].reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text)}\n`);
  }

  /** What only a person needs to be told. */
  explain(text: string): void {
    if (this.isInteractive) this.say(text);
  }

  /** The value of an option that answers a question, once. */
  take(option: string): string | undefined {
    const given = this.#answers.get(option);
    this.#answers.delete(option);
    return given;
  }

  /** Settles with an answer that can be read: a person is asked until it is; a script's rejects with a UsageError. */
  async ask<T>(question: Question, read: (text: string) => Reading<T>): Promise<T> {
    for (;;) {
      const text = this.take(question.option) ?? (await this.#nextLine(question));
      const answer = text.trim() === '' ? question.fallback : question.isSecret === true ? text : text.trim();
      const reading = answer === undefined ? { problem: 'an answer is needed' } : read(answer);
      if ('value' in reading) return reading.value;
      if (!this.isInteractive) throw new UsageError(`--${question.option}: ${reading.problem}`);
      this.say(`  ${reading.problem}`);
    }
  }

  /** Settles with an answer that passed what checks it, or that its owner insists on. Rejects with Refused where a script's does not pass. */
  async settle<T>({ ask, check, help }: Trial<T>): Promise<Settled<T>> {
    for (let value = await ask(); ;) {
      const steps = await this.#try(check(value));
      const failed = steps.filter(({ verdict }) => verdict === 'failed');
      if (failed.length === 0) return { value, isProven: steps.length > 0 };
      if (this.#parts.isInsisting) return { value, isProven: false };
      if (!this.isInteractive) throw new Refused('something failed; correct it, or say --anyway to go on all the same');
      help?.(value);
      const choice = await this.choose('Enter: try again. c: change the answer. g: go on all the same.', ['', 'c', 'g']);
      if (choice === 'g') return { value, isProven: false };
      if (choice === 'c') value = await ask();
    }
  }

  /** Settles with one of the words; only of use where a person is there. */
  async choose(text: string, words: readonly string[]): Promise<string> {
    for (;;) {
      const answer = (await this.#nextLine({ option: '', text })).trim().toLowerCase();
      if (words.includes(answer)) return answer;
    }
  }

  async #try(work: Promise<readonly Titled[]>): Promise<readonly Titled[]> {
    const steps = await work;
    if (this.signal.aborted) throw new Interrupted();
    for (const step of steps) this.say(describeStep(step));
    return steps;
  }

  async #nextLine({ text, fallback, isSecret = false }: Question): Promise<string> {
    const { lines } = this.#parts;
    if (lines === undefined) return '';
    const hint = fallback === undefined || fallback === '' ? '' : ` [${fallback}]`;
    const prompt = `${text}${hint}`.replace(/[^.:?]$/, '$&:');
    try {
      const line = await untilAborted(lines.next(`${prompt} `, isSecret), this.signal);
      if (line === undefined && this.isInteractive) throw new Interrupted();
      return line ?? '';
    } catch (error) {
      throw this.signal.aborted ? new Interrupted({ cause: error }) : error;
    }
  }
}
