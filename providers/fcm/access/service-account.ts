import { createPrivateKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { tidyCredential } from '../../files/tidy-credential.ts';

const advice = 'take the file that Firebase console, project settings, service accounts, generates';

/** Who pushes, as Google's JSON key file says it. */
export interface ServiceAccount {
  readonly projectId: string;
  readonly clientEmail: string;
  readonly keyId: string;
  readonly key: KeyObject;
  /** Where access tokens are asked for; also the audience of the assertion, as written in the file. */
  readonly tokenUri: string;
}

const text = z.string().min(1).max(1024);

const file = z.object({
  type: z.literal('service_account'),
  project_id: text.regex(/^[A-Za-z0-9.:-]+$/),
  private_key_id: text,
  private_key: z.string(),
  client_email: text,
  token_uri: z.string().refine((uri) => URL.canParse(uri) && new URL(uri).protocol === 'https:'),
});

/** A parser for FileLoader.load: throws with a sentence that follows the file's name, and holds nothing of its content. */
export function parseServiceAccount(content: Buffer): ServiceAccount {
  const result = file.safeParse(parseJson(content));
  if (!result.success) throw new Error(describeMistake(result.error.issues[0]?.path[0]));
  const { project_id, private_key_id, private_key, client_email, token_uri } = result.data;
  return {
    projectId: project_id,
    clientEmail: client_email,
    keyId: private_key_id,
    key: parseKey(private_key),
    tokenUri: token_uri,
  };
}

/** The project number, where the account's address tells it: those of Google's own making do, others do not. */
export function projectNumberOf({ clientEmail }: ServiceAccount): string | undefined {
  return /^(\d+)-compute@developer\.gserviceaccount\.com$/.exec(clientEmail)?.[1];
}

function describeMistake(key: PropertyKey | undefined): string {
  if (key === undefined || key === 'type') return `is not the key of a service account; ${advice}`;
  return `has no usable ${String(key)}; ${advice}`;
}

function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(tidyCredential(content).toString('utf8'));
  } catch (error) {
    // Without the cause, which would quote the file.
    throw new Error(`is not JSON${placeOf(error)}; ${advice}`); // eslint-disable-line preserve-caught-error
  }
}

/** V8 tells the place, except at the end of the text. */
function placeOf(error: unknown): string {
  const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(error instanceof Error ? error.message : '') ?? [];
  return line === undefined || column === undefined ? '' : ` at line ${line}, column ${column}`;
}

function parseKey(pem: string): KeyObject {
  const key = openKey(pem);
  if (key.asymmetricKeyType !== 'rsa') throw new Error(`has a private_key that is not RSA; ${advice}`);
  return key;
}

function openKey(pem: string): KeyObject {
  try {
    return createPrivateKey(tidyCredential(Buffer.from(pem)));
  } catch {
    // The cause could quote the key.
    throw new Error(`has a private_key that cannot be read; ${advice}`);
  }
}
