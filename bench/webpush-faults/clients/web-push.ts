import webpush, { type PushSubscription } from 'web-push';
import type { Client, Verdict } from '../../faults/client.ts';
import type { Way } from '../way.ts';

const payload = JSON.stringify({ account: 'anna@example.org', body: 'Are you there?' });

/** With the library's defaults. */
export function createClient({ publicKey, privateKey }: Way): Client {
  const options = { vapidDetails: { subject: 'mailto:admin@example.org', publicKey, privateKey }, TTL: 600, urgency: 'high' as const };
  return {
    async send(token) {
      try {
        await webpush.sendNotification(JSON.parse(token) as PushSubscription, payload, options);
        return 'accepted';
      } catch (error) {
        return judgeError(error);
      }
    },
    countDoubts: () => 0,
    close: () => Promise.resolve(),
  };
}

/** What the caller can see: the service's answer with its Retry-After, or that there was none. */
function judgeError(error: unknown): Verdict {
  if (!(error instanceof webpush.WebPushError)) return 'doubt';
  const { statusCode, headers } = error;
  if (statusCode !== 429 && statusCode < 500) return 'refused';
  const waitMs = Number(headers['retry-after']) * 1000;
  return waitMs > 0 ? { againAfterMs: waitMs } : 'again';
}
