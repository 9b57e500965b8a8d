import { Notification, Provider } from '@parse/node-apn';
import { judgeStatus, type Answer, type Client } from '../../faults/client.ts';
import type { Way } from '../way.ts';

/** With the library's defaults: one connection, a request given up after five seconds. */
export function createClient({ origin, ca, topic, p8, keyId, teamId }: Way): Client {
  const { hostname, port } = new URL(origin);
  const provider = new Provider({ token: { key: p8, keyId, teamId }, address: hostname, port: Number(port), ca: [ca] });
  return {
    async send(token): Promise<Answer> {
      const notification = new Notification({ alert: 'New message!' });
      notification.topic = topic;
      notification.pushType = 'alert';
      const { sent, failed } = await provider.send(notification, token);
      if (sent.length > 0) return 'accepted';
      const status = Number(failed[0]?.status);
      return Number.isInteger(status) ? judgeStatus(status) : 'doubt';
    },
    countDoubts: () => 0,
    close: () => Promise.resolve(provider.shutdown()),
  };
}
