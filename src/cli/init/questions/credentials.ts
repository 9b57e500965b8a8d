import { homedir } from 'node:os';
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { codeOf } from '../../../base/error-code.ts';
import type { ProviderAnswer } from '../answers.ts';
import type { Dialogue, Reading, Settled } from '../dialogue/dialogue.ts';
import { tryProvider } from './try-provider.ts';
import type { AppAnswer } from './app.ts';

export interface CredentialsSetting {
  readonly app: AppAnswer;
  /** Where the configuration will be: paths are seen from there. */
  readonly file: string;
  readonly isOffline: boolean;
  /** Options of the provider that nobody is asked for. */
  readonly more: Readonly<Record<string, string>>;
}

interface Credentials {
  readonly options: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** With what Reveille shows itself to the push service; loaded and tried as `doctor` does. */
export async function askCredentials(dialogue: Dialogue, setting: CredentialsSetting): Promise<Settled<ProviderAnswer>> {
  const { app, file, isOffline, more } = setting;
  dialogue.say('\n5 of 5: the credentials for its push service');
  if (app.kind.name === 'log') dialogue.say('  None are needed.');
  return dialogue.settle({
    ask: async () => {
      const { options, secrets = {} } = await askFor(dialogue, setting);
      for (const secret of Object.values(secrets)) dialogue.conceal(secret);
      return { id: app.id, use: app.kind.name, options: { ...options, ...more }, secrets };
    },
    check: (provider) => {
      if (provider.use !== 'log') dialogue.explain('  Trying them …');
      return tryProvider(provider, file, isOffline, dialogue.signal);
    },
  });
}

async function askFor(dialogue: Dialogue, { app: { kind }, file }: CredentialsSetting): Promise<Credentials> {
  switch (kind.name) {
    case 'log':
      return { options: {} };
    case 'fcm': {
      const text = 'JSON key of a service account (Firebase console, project settings, service accounts):';
      return { options: { 'service-account-file': (await askFile(dialogue, text, file)).path } };
    }
    case 'apns': {
      const text = 'Signing key (.p8), or certificate with its key (.p12 or PEM):';
      const { path, content } = await askFile(dialogue, text, file);
      return isSigningKey(path, content) ? askKey(dialogue, path) : askCertificate(dialogue, path);
    }
    default:
      return kind.name satisfies never;
  }
}

async function askKey(dialogue: Dialogue, path: string): Promise<Credentials> {
  const [, inName = ''] = /AuthKey_([A-Z0-9]{10})\.p8$/.exec(path) ?? [];
  const hint = inName === '' ? {} : { fallback: inName };
  const keyId = await dialogue.ask({ option: 'key-id', text: 'Id of the key (10 characters):', ...hint }, readId);
  const teamId = await dialogue.ask({ option: 'team-id', text: 'Id of the developer team (10 characters):' }, readId);
  const topic = await dialogue.ask({ option: 'topic', text: 'Bundle id of the app, such as org.example.app:' }, readWord);
  return { options: { 'apns-topic': topic, 'key-file': path, 'key-id': keyId, 'team-id': teamId } };
}

async function askCertificate(dialogue: Dialogue, path: string): Promise<Credentials> {
  const text = 'Its password, which is not shown while you type (Enter: none)';
  const password = await dialogue.ask({ option: 'password-file', text, fallback: '', isSecret: true }, readAny);
  const topicText = 'Bundle id of the app (Enter: the one that the certificate is for)';
  const topic = await dialogue.ask({ option: 'topic', text: topicText, fallback: '' }, readAny);
  return {
    options: { 'cert-file': path, ...(topic === '' ? {} : { 'apns-topic': topic }) },
    secrets: password === '' ? {} : { 'cert-password': password },
  };
}

interface FoundFile {
  /** As it is to stand in the configuration. */
  readonly path: string;
  readonly content: string;
}

function askFile(dialogue: Dialogue, text: string, configFile: string): Promise<FoundFile> {
  return dialogue.ask({ option: 'credentials', text }, (answer) => readCredential(answer, configFile));
}

function readCredential(answer: string, configFile: string): Reading<FoundFile> {
  const path = resolve(answer.startsWith('~/') ? join(homedir(), answer.slice(2)) : answer);
  try {
    return { value: { path: seenFrom(dirname(configFile), path), content: readFileSync(path, 'latin1') } };
  } catch (error) {
    return { problem: `${path} can't be read (${codeOf(error)})` };
  }
}

/** Files beside the configuration move along with it. */
function seenFrom(folder: string, path: string): string {
  const way = relative(folder, path);
  return way.startsWith('..') || isAbsolute(way) ? path : way;
}

function isSigningKey(path: string, content: string): boolean {
  return path.endsWith('.p8') || (content.includes('PRIVATE KEY') && !content.includes('CERTIFICATE'));
}

function readId(text: string): Reading<string> {
  return /^[A-Z0-9]{10}$/.test(text) ? { value: text } : { problem: 'expected 10 capital letters and digits' };
}

function readWord(text: string): Reading<string> {
  return /^\S+$/.test(text) ? { value: text } : { problem: 'expected one word' };
}

function readAny(text: string): Reading<string> {
  return { value: text };
}
