import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { XmppHost } from './host.ts';

export interface DiscoInfo {
  readonly identities: readonly (readonly [category: string, type: string])[];
  readonly features: readonly string[];
}

export interface DiscoItem {
  readonly jid: string;
  readonly node: string | null;
  readonly name: string | null;
}

export interface TwoStages {
  /** `status` of the first and of the second answer. */
  readonly status: readonly string[];
  /** Names of the fields that the form offered. */
  readonly offered: readonly string[];
  readonly answer: string;
}

/** A user's client, slixmpp in its own process. Every request rejects after a minute, or when the process ends. */
export interface Client {
  readonly jid: string;
  /** Messages that arrived, as XML. */
  readonly messages: readonly string[];
  discoInfo(jid: string, node?: string): Promise<DiscoInfo>;
  discoItems(jid: string, node?: string): Promise<readonly DiscoItem[]>;
  /** Sends an IQ to `to`, or to the own account, and gives back the answer, result or error, as XML. */
  iq(type: 'get' | 'set', payload: string, to?: string): Promise<string>;
  /** A command the way slixmpp runs it: asks for the form, then completes it. */
  adhoc(jid: string, node: string, values: Readonly<Record<string, string>>): Promise<TwoStages>;
  send(stanza: string): Promise<void>;
  /** Loses its connection without a word, as a phone does, and ends the process. */
  vanish(): Promise<void>;
  /** Sends unavailable presence and ends the stream and the process. May be called twice. */
  goOffline(): Promise<void>;
}

export interface ClientOptions {
  /** With stream management (XEP-0198): the server keeps the session of one that vanished. */
  readonly resumable?: boolean;
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: string;
  readonly stanza?: string;
}

const script = fileURLToPath(new URL('client.py', import.meta.url));
const requestTimeoutMs = 60_000;

/** Logs in as a user whose account exists; settles when the session is there. Its owner calls goOffline. */
export async function connectClient(
  host: XmppHost,
  name: string,
  password: string,
  { resumable = false }: ClientOptions = {},
): Promise<Client> {
  const link = startScript();
  try {
    const jid = await link.request('connect', { jid: `${name}@${host.domain}/phone`, password, port: host.c2sPort, resumable });
    return buildClient(link, String(jid));
  } catch (cause) {
    await link.end();
    throw new Error(`${name} could not log in at ${host.kind}\n${host.log()}`, { cause });
  }
}

function buildClient(link: Link, jid: string): Client {
  let leaving: Promise<void> | undefined;
  return {
    jid,
    messages: link.messages,
    discoInfo: async (of, node) => (await link.request('disco_info', { jid: of, node })) as DiscoInfo,
    discoItems: async (of, node) => (await link.request('disco_items', { jid: of, node })) as DiscoItem[],
    iq: async (type, payload, to) => String(await link.request('iq', { type, payload, to: to ?? null })),
    adhoc: async (of, node, values) => (await link.request('adhoc', { jid: of, node, values })) as TwoStages,
    send: (stanza) => link.request('send', { stanza }).then(() => undefined),
    vanish: () => (leaving ??= link.request('vanish', {}).then(() => link.end())),
    goOffline: () => (leaving ??= link.request('disconnect', {}).then(() => link.end())),
  };
}

interface Link {
  readonly messages: string[];
  request(action: string, values: Readonly<Record<string, unknown>>): Promise<unknown>;
  end(): Promise<void>;
}

function startScript(): Link {
  // Debian's own Python: the package's slixmpp is for no other.
  const child = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const answers = new EventEmitter();
  const messages: string[] = [];
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    if (answer.stanza !== undefined) messages.push(answer.stanza);
    else answers.emit(String(answer.id), answer);
  });
  let lastId = 0;
  return {
    messages,
    async request(action, values) {
      const id = ++lastId;
      const waiting = once(answers, String(id), { signal: AbortSignal.timeout(requestTimeoutMs) });
      child.stdin.write(`${JSON.stringify({ id, do: action, ...values })}\n`);
      const failed = exited.then(() => Promise.reject(new Error(`the client ended: ${complaints}`)));
      const [answer] = (await Promise.race([waiting, failed])) as [Answer];
      if (answer.error !== undefined) throw new Error(`${action}: ${answer.error}`);
      return answer.result;
    },
    async end() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await exited;
      clearTimeout(timer);
    },
  };
}
