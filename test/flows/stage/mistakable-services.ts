import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSandboxApns } from '../../../src/sandbox/apns/sandbox-apns.ts';
import { buildAuthority, buildSigningKey, type Authority } from '../../../src/sandbox/authority.ts';
import { createSandboxFcm } from '../../../src/sandbox/fcm/sandbox-fcm.ts';
import { randomRegistrationToken } from '../../providers/fcm/stage.ts';
import { randomToken } from './scene.ts';

/** A push service, and what administrators configure for it: the credentials of the app, or those of another one. */
export interface MistakableService {
  readonly name: 'APNs' | 'FCM';
  /** Keys of the provider's table. */
  readonly tables: { readonly right: string; readonly wrong: string };
  /** What it says to every push with the wrong one. */
  readonly refusal: string;
  /** Gives a new phone with the app its token. */
  install(): string;
  /** The app is gone from the phone; what the service says then bears no date. */
  uninstall(token: string): void;
  /** `ok` or the reason for each push to the token so far, oldest first. */
  replies(token: string): readonly string[];
  close(): Promise<void>;
}

const topic = 'org.example.app';

/** Both services; their files are written into `folder`. What has to end is handed to `cleanUp`. */
export async function openServices(folder: string, cleanUp: AsyncDisposableStack): Promise<readonly MistakableService[]> {
  const authority = buildAuthority();
  writeFileSync(join(folder, 'ca.pem'), authority.ca);
  const services: MistakableService[] = [];
  for (const open of [openApns, openFcm]) {
    const service = await open(folder, authority);
    cleanUp.defer(() => service.close());
    services.push(service);
  }
  return services;
}

/** The key may push for both apps of the team; the tokens are of one of them. */
async function openApns(folder: string, authority: Authority): Promise<MistakableService> {
  const key = buildSigningKey();
  const book = createBook();
  const sandbox = await createSandboxApns({ authority, keys: [key], onAnswer: book.note });
  writeFileSync(join(folder, 'AuthKey.p8'), key.p8);
  const table = (apnsTopic: string) => `use = "apns"
apns-topic = "${apnsTopic}"
key-file = "AuthKey.p8"
key-id = "${key.keyId}"
team-id = "${key.teamId}"
endpoint = "${sandbox.origin}"
ca-file = "ca.pem"
proxy = []`;
  return {
    name: 'APNs',
    tables: { right: table(topic), wrong: table('org.example.other') },
    refusal: 'DeviceTokenNotForTopic',
    install() {
      const token = randomToken();
      sandbox.markForTopic(token, topic);
      return token;
    },
    uninstall: (token) => sandbox.markBad(token),
    replies: book.read,
    close: () => sandbox.close(),
  };
}

/** Two projects of Google; to the second one the tokens are another sender's. */
async function openFcm(folder: string, authority: Authority): Promise<MistakableService> {
  const book = createBook();
  const [own, other] = await Promise.all([
    createSandboxFcm({ authority, onAnswer: book.note }),
    createSandboxFcm({ authority, projectId: 'other-project', projectNumber: '9876543210', onAnswer: book.note }),
  ]);
  const table = (file: string, { origin, issueServiceAccount }: typeof own) => {
    writeFileSync(join(folder, file), JSON.stringify(issueServiceAccount()));
    return `use = "fcm"\nservice-account-file = "${file}"\nendpoint = "${origin}"\nca-file = "ca.pem"\nproxy = []`;
  };
  return {
    name: 'FCM',
    tables: { right: table('account.json', own), wrong: table('other-account.json', other) },
    refusal: 'SENDER_ID_MISMATCH',
    install() {
      const token = randomRegistrationToken();
      other.markOtherSender(token);
      return token;
    },
    uninstall: (token) => own.unregister(token),
    replies: book.read,
    close: () => Promise.all([own.close(), other.close()]).then(() => undefined),
  };
}

interface Answer {
  readonly token: string;
  readonly reason: string | undefined;
}

/** Case says nothing in tokens of APNs, and no two of FCM differ by it alone. */
function createBook() {
  const replies = new Map<string, string[]>();
  const read = (token: string): readonly string[] => replies.get(token.toLowerCase()) ?? [];
  const note = ({ token, reason = 'ok' }: Answer): void => void replies.set(token.toLowerCase(), [...read(token), reason]);
  return { note, read };
}
