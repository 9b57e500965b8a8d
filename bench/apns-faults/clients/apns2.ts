import { syncBuiltinESMExports } from 'node:module';
import tls from 'node:tls';
import { ApnsClient, ApnsError, Notification } from 'apns2';
import { judgeStatus, type Answer, type Client, type Way } from '../client.ts';

/** With the library's defaults: 32 connections, one request at a time on each. */
export function createClient({ origin, topic, p8, keyId, teamId }: Way): Client {
  detour(Number(new URL(origin).port));
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

/** The library knows port 443 only. */
function detour(port: number): void {
  const original = tls.connect;
  const connect = (options: tls.ConnectionOptions, listener?: () => void) => original({ ...options, port }, listener);
  tls.connect = connect as typeof tls.connect;
  syncBuiltinESMExports();
}
