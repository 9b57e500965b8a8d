// Room: reveille webpush-key: a VAPID key pair. In: options. Out: a file, and its public half. May enter: cli.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { codeOf } from '../../base/error-code.ts';
import { parseOptions } from '../line/arguments.ts';
import { UsageError } from '../line/usage-error.ts';

/** `reveille webpush-key`: the private key goes into a file that only its owner reads, and is never shown; the public one is. */
export function webpushKey(args: readonly string[]): Promise<number> {
  const { to, from } = parseOptions(args, { to: { type: 'string' }, from: { type: 'string' } });
  if ((to === undefined) === (from === undefined)) throw new UsageError('either --to FILE or --from FILE is needed');
  if (to !== undefined) {
    make(to);
    process.stdout.write(
      `The private key is in ${to} (vapid-key-file), for its owner alone to read: keep a copy, a new one ends all subscriptions.\n`,
    );
  }
  process.stdout.write(`Public key for apps (applicationServerKey): ${readPublicKey(to ?? from ?? '')}\n`);
  return Promise.resolve(0);
}

function make(path: string): void {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  try {
    writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new UsageError(`--to ${path}: ${whyNot[codeOf(error)] ?? `it can't be written (${codeOf(error)})`}`, { cause: error });
  }
}

function readPublicKey(path: string): string {
  const key = open(path);
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new UsageError(`--from ${path}: holds a key of another kind than P-256`);
  const { x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' });
  return Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]).toString('base64url');
}

function open(path: string): KeyObject {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
    return createPrivateKey(text);
  } catch (error) {
    // Without OpenSSL's words, which may quote the file.
    const reason = text === '' ? (whyNot[codeOf(error)] ?? `it can't be read (${codeOf(error)})`) : 'holds no private key in PEM';
    throw new UsageError(`--from ${path}: ${reason}`);
  }
}

const whyNot: Readonly<Record<string, string>> = {
  EEXIST: 'it is there already, and is not overwritten: a new key would end all subscriptions',
  ENOENT: 'there is no such file or folder',
  EACCES: 'this user may not',
  EISDIR: 'it is a folder',
};
