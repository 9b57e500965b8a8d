import { randomBytes } from 'node:crypto';
import { serverAddress } from '../../../config/values/address.ts';
import { examineServer } from '../../../doctor/xmpp/xmpp-server.ts';
import type { StepResult, Titled } from '../../../doctor/step.ts';
import type { ServerAnswer } from '../answers.ts';
import type { Dialogue, Reading, Settled } from '../dialogue/dialogue.ts';

const secretBytes = 32;
/** Told with the server's question already. */
const told = new Set(['XMPP server: DNS', 'XMPP server: connection', 'XMPP server: TLS']);

export interface SecretSetting {
  readonly server: ServerAnswer;
  readonly jid: string;
  readonly isOffline: boolean;
  /** Reads a secret that stands in a file already. */
  readonly kept: string | undefined;
  /** Writes the server's snippet now, and says what to do with it. */
  writeSnippet(secret: string): void;
}

interface Secret {
  readonly text: string;
  readonly isNew: boolean;
}

/** The secret shared with the server; one is made where there is none yet. Tried by attaching for a moment. */
export async function askSecret(dialogue: Dialogue, setting: SecretSetting): Promise<Settled<string>> {
  dialogue.say('\n3 of 5: the secret that Reveille and the server share');
  let hasSnippet = false;
  const offerSnippet = (secret: string): void => {
    if (!hasSnippet) setting.writeSnippet(secret);
    hasSnippet = true;
  };
  const { value, isProven } = await dialogue.settle<Secret>({
    ask: async () => {
      hasSnippet = false;
      const secret = await ask(dialogue, setting.kept);
      dialogue.conceal(secret.text);
      return secret;
    },
    check: async ({ text, isNew }) => {
      if (setting.isOffline || (isNew && !dialogue.isInteractive)) return [];
      if (isNew && !hasSnippet) {
        dialogue.say('  A new secret was made, which the server has to be told.');
        offerSnippet(text);
        const choice = await dialogue.choose('Enter: the server has it, try it. g: go on without trying.', ['', 'g']);
        if (choice === 'g') return [];
      }
      dialogue.explain('  Trying it: Reveille attaches to the server for a moment …');
      return attach(setting, text, dialogue.signal);
    },
    help: ({ text }) => offerSnippet(text),
  });
  return { value: value.text, isProven };
}

async function ask(dialogue: Dialogue, kept: string | undefined): Promise<Secret> {
  const otherwise = kept === undefined ? 'Enter: make a new one' : 'Enter: the one that was made before';
  const question = { option: 'secret-file', text: `It is not shown while you type. (${otherwise})`, fallback: '', isSecret: true };
  const text = await dialogue.ask(question, readSecret);
  if (text !== '') return { text, isNew: false };
  return { text: kept ?? randomBytes(secretBytes).toString('hex'), isNew: true };
}

/** Servers' configurations hold it in one line. */
function readSecret(text: string): Reading<string> {
  return /\p{Cc}/u.test(text) ? { problem: 'expected one line without control characters' } : { value: text };
}

async function attach({ server, jid }: SecretSetting, secret: string, signal: AbortSignal): Promise<readonly Titled[]> {
  const steps: Titled[] = [];
  const tell = (title: string, result: StepResult) => void steps.push({ title, ...result });
  const rest = { connections: 1, admins: [], registrants: ['*'], publishers: 'owner-domain', ca: undefined } as const;
  await examineServer({ jid, secret, server: serverAddress.parse(server.address), ...rest }, undefined, signal, tell);
  return steps
    .filter(({ title, verdict }) => verdict !== 'skipped' && (verdict === 'failed' || !told.has(title)))
    .map((step) => ({ ...step, title: step.title.replace('XMPP server: ', '') }));
}
