import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connectLocalPush, type LocalPushMessage, type LocalPushState } from '../../src/local-push-client/local-push.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { startRealServer, type RealServer } from './real-server.ts';

/** Node's own WebSocket and fetch, the library, and the whole program. */
describe('a Node client and the whole program', () => {
  let server: RealServer;
  before(async () => {
    server = await startRealServer();
  });
  after(() => server.app.close());

  for (const transport of ['websocket', 'events'] as const) {
    test(`receives what is published over ${transport}, and is told when the registration is gone`, async () => {
      const shown: LocalPushMessage[] = [];
      const states: LocalPushState[] = [];
      const registration = await server.register();
      const line = connectLocalPush({
        ...registration,
        transports: [transport],
        onPush: (message) => shown.push(message),
        onState: (state) => states.push(state),
      });
      try {
        await waitFor('the connection', () => line.state.kind === 'connected');
        assert.match(await server.publish(registration.node, 'hello &amp; ⏰'), /type="result"/);
        assert.deepEqual(
          shown.map(({ kind, payload }) => [kind, payload['account'], payload['sender'], payload['body'], payload['unread-messages']]),
          [['message', 'anna@example.net', 'romeo@example.net', 'hello & ⏰', 1]],
        );
        assert.match(await server.unregister(), /type="result"/);
        await waitFor('the end', () => line.state.kind === 'stopped');
        assert.deepEqual(states, [
          { kind: 'connecting', transport },
          { kind: 'connected', transport },
          { kind: 'stopped', reason: 'registration-gone' },
        ]);
      } finally {
        line.close();
      }
    });

    test(`a wrong secret opens nothing over ${transport}: registration-gone`, async () => {
      const line = connectLocalPush({
        ...(await server.register()),
        secret: 'a-wrong-one',
        transports: [transport],
        onPush: () => undefined,
      });
      try {
        await waitFor('the end', () => line.state.kind === 'stopped');
        assert.deepEqual(line.state, { kind: 'stopped', reason: 'registration-gone' });
      } finally {
        line.close();
      }
    });
  }
});
