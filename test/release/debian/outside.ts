import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Network } from './network.ts';

/** Where the XMPP server is, and the configuration of a provider whose files are to be put beside it. */
export interface Surroundings {
  readonly port: number;
  readonly secret: string;
  readonly files: Readonly<Record<string, string>>;
  /** Lines of TOML. */
  readonly provider: string;
}

export interface Question {
  readonly id: number;
  readonly xml: string;
}

interface Answer {
  readonly id: number;
  readonly value?: string;
  readonly pushes?: readonly string[];
  readonly failure?: string;
}

/** A scripted XMPP server and a sandbox of Apple's service in a network namespace. */
export interface Outside extends Surroundings {
  /** The server asks the component, as soon as it is attached: whole XML, and the tokens that Apple has got by then. */
  ask(xml: string): Promise<{ readonly answer: string; readonly pushes: readonly string[] }>;
  close(): Promise<void>;
}

export async function startOutside(network: Network): Promise<Outside> {
  const program = join(import.meta.dirname, 'outside-main.ts');
  const child = spawn('nsenter', [`--net=${network.path}`, '--', process.execPath, program], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const failed = exited.then(() => Promise.reject(new Error('test/release/debian/outside-main.ts ended')));
  failed.catch(() => undefined);
  const [surroundings] = (await Promise.race([once(child, 'message'), failed])) as [Surroundings];
  let asked = 0;
  const waiting = new Map<number, (answer: Answer) => void>();
  child.on('message', (answer: Answer) => waiting.get(answer.id)?.(answer));
  return {
    ...surroundings,
    ask: async (xml) => {
      const question: Question = { id: ++asked, xml };
      const answered = new Promise<Answer>((resolve) => waiting.set(question.id, resolve));
      child.send(question);
      const { value, pushes, failure } = await Promise.race([answered, failed]);
      if (value === undefined || pushes === undefined) throw new Error(failure ?? 'no answer');
      return { answer: value, pushes };
    },
    close: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
