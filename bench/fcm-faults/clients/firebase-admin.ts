import { cert, deleteApp, initializeApp, FirebaseError, type App } from 'firebase-admin/app';
import { getMessaging, type Message, type Messaging } from 'firebase-admin/messaging';
import { judgeStatus, type Client, type Verdict } from '../../faults/client.ts';
import { detour } from '../../faults/detour.ts';
import type { Way } from '../way.ts';
import { correctScheme } from './correct-scheme.ts';

/** What `sendEach` takes at a time. */
const batchSize = 500;

/** One `send` for each push: HTTP/1.1. */
export function createSingleClient(way: Way): Client {
  const app = openApp(way);
  const messaging = getMessaging(app);
  return buildClient(app, async (token) => {
    try {
      await messaging.send(buildMessage(token));
      return 'accepted';
    } catch (error) {
      return judgeError(error);
    }
  });
}

/** One `sendEach` for what is handed over at the same time: HTTP/2. */
export function createEachClient(way: Way): Client {
  const app = openApp(way);
  const messaging = getMessaging(app);
  let waiting: Waiting[] = [];
  return buildClient(app, (token) => {
    if (waiting.length === 0)
      setImmediate(() => {
        for (let from = 0; from < waiting.length; from += batchSize) void sendEach(messaging, waiting.slice(from, from + batchSize));
        waiting = [];
      });
    const { promise, resolve } = Promise.withResolvers<Verdict>();
    waiting.push({ token, settle: resolve });
    return promise;
  });
}

interface Waiting {
  readonly token: string;
  readonly settle: (verdict: Verdict) => void;
}

async function sendEach(messaging: Messaging, batch: readonly Waiting[]): Promise<void> {
  try {
    const { responses } = await messaging.sendEach(batch.map(({ token }) => buildMessage(token)));
    for (const [index, { success, error }] of responses.entries()) batch[index]?.settle(success ? 'accepted' : judgeError(error));
  } catch (error) {
    for (const { settle } of batch) settle(judgeError(error));
  }
}

/** With the library's defaults; its hosts are fixed. */
function openApp({ origin, account }: Way): App {
  correctScheme();
  detour({ 'fcm.googleapis.com': portOf(origin), 'oauth2.googleapis.com': portOf(account.token_uri) });
  const { project_id: projectId, client_email: clientEmail, private_key: privateKey } = account;
  return initializeApp({ credential: cert({ projectId, clientEmail, privateKey }) });
}

function buildClient(app: App, send: Client['send']): Client {
  return { send, countDoubts: () => 0, close: () => deleteApp(app) };
}

function buildMessage(token: string): Message {
  return { token, data: { account: 'anna@example.org', body: 'Are you there?' }, android: { priority: 'high' } };
}

/** What the caller can see: the service's answer with its Retry-After, or that there was none. */
function judgeError(error: unknown): Verdict {
  if (!(error instanceof FirebaseError)) return 'doubt';
  const { httpResponse, code } = error;
  if (httpResponse === undefined) return code === 'app/invalid-credential' ? 'refused' : 'doubt';
  const answer = judgeStatus(httpResponse.status);
  const waitMs = Number(httpResponse.headers['retry-after']) * 1000;
  return answer === 'again' && waitMs > 0 ? { againAfterMs: waitMs } : answer;
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
