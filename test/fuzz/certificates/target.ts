import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificateSlot } from '../../../providers/apns/credentials/certificate-slot.ts';
import { loadCredentials, type Credentials } from '../../../providers/apns/credentials/credentials.ts';
import { parseOptions } from '../../../providers/apns/options.ts';
import { createFileLoader } from '../../../providers/files/load-file.ts';
import { parseServiceAccount } from '../../../providers/fcm/access/service-account.ts';
import { parseCertificateText } from '../../../src/handlers/administration/certificate-text.ts';
import type { Subject, Target } from '../target.ts';
import { buildBases, password, topic, type Bases } from './bases.ts';
import { buildFile, inputs, type CertificateInput } from './inputs.ts';
import { checkRefusal } from './promise.ts';

/** Longest standstill of the event loop, on a machine that is busy with other things as well. */
const limitMs = 10_000;
const mostHeapBytes = 500_000_000;
const passwords = { right: password, wrong: 'Enten-watscheln-0b51c2', none: undefined };

/** Files with certificates and keys, as an administrator uploads them or names them in the configuration. */
export const target: Target<CertificateInput> = { name: 'certificates', inputs, open };

async function open(): Promise<Subject<CertificateInput>> {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-fuzz-'));
  const bases = buildBases();
  return {
    feed: async (input) => feed(input, bases, folder),
    close: async () => {
      rmSync(folder, { recursive: true });
      const { heapUsed } = process.memoryUsage();
      if (heapUsed > mostHeapBytes) throw new Error(`${heapUsed} bytes of heap in use in the end`);
    },
  };
}

function feed(input: CertificateInput, bases: Bases, folder: string): void {
  const file = buildFile(input, bases);
  const begun = performance.now();
  const messages = refusalsOf(input, file, folder);
  const tookMs = performance.now() - begun;
  for (const message of messages)
    checkRefusal(
      message,
      file,
      Object.values(passwords).filter((secret) => secret !== undefined),
    );
  if (tookMs > limitMs) throw new Error(`nothing else happened for ${Math.round(tookMs)} ms`);
}

/** What was said against the file, nothing where it was taken. Throws what was thrown beside the documented refusals. */
function refusalsOf({ way, password: name }: CertificateInput, file: Buffer, folder: string): readonly string[] {
  const secret = passwords[name];
  if (way === 'command') return upload(file, secret);
  const path = join(folder, 'file');
  writeFileSync(path, file);
  switch (way) {
    case 'account':
      return loadAccount(path);
    case 'cert-file':
      return load({ 'cert-file': path, 'cert-password': secret });
    case 'pushkit-cert-file':
      return load({ 'cert-file': path, 'pushkit-cert-file': path, 'pushkit-cert-password': secret });
    case 'key-file':
      return load({ 'key-file': path, 'key-id': 'ABC123DEFG', 'team-id': 'DEF123GHIJ', 'apns-topic': topic });
    default:
      return way satisfies never;
  }
}

/** As the command set-apns-certificate does. */
function upload(file: Buffer, secret: string | undefined): readonly string[] {
  let credentials: Credentials = { kind: 'none' };
  const holder = {
    get credentials() {
      return credentials;
    },
    replace: (fresh: Credentials) => void (credentials = fresh),
  };
  const slot = createCertificateSlot(optionsOf({}), holder);
  try {
    const text = file.includes('-----BEGIN ') ? file.toString('latin1') : file.toString('base64');
    const sent = { certificate: parseCertificateText(text), password: secret };
    slot.check(sent);
    slot.use(sent);
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

function load(options: Readonly<Record<string, unknown>>): readonly string[] {
  const { mistakes, ended } = loadCredentials(optionsOf(options), { resolvePath: (path) => path });
  return [...mistakes, ...ended];
}

function loadAccount(path: string): readonly string[] {
  const loader = createFileLoader((name) => name);
  loader.load('service-account-file', path, parseServiceAccount);
  return loader.mistakes;
}

function optionsOf(options: Readonly<Record<string, unknown>>) {
  const parsed = parseOptions(options);
  if ('mistakes' in parsed) throw new TypeError(parsed.mistakes.join());
  return parsed.options;
}
