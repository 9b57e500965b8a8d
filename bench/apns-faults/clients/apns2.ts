import { ApnsClient, ApnsError, Notification } from 'apns2';
import { judgeStatus, type Answer, type Client } from '../../faults/client.ts';
import { detour } from '../../faults/detour.ts';
import type { Way } from '../way.ts';

/** With the library's defaults: 32 connections, one request at a time on each. It knows port 443 only. */
export function createClient({ origin, topic, p8, keyId, teamId }: Way): Client {
  detour({ localhost: Number(new URL(origin).port) });
  const client = new ApnsClient({ team: teamId, keyId, signingKey: p8, defaultTopic: topic, host: 'localhost' });
  return {
    async send(token): Promise<Answer> {
      try {
        await client.send(new Notification(token, { alert: 'New message!' }));
        return 'accepted';
      } catch (error) {
        return error instanceof ApnsError ? judgeStatus(error.statusCode) : 'doubt';
      }
    },
    countDoubts: () => 0,
    close: () => client.destroy(),
  };
}
