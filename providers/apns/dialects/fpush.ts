import { alert } from '../push-kind.ts';
import type { BuildDialectPayload, DialectPayload } from './dialect-payload.ts';

const newMessage: DialectPayload = {
  kind: alert,
  payload: { aps: { alert: { title: 'New Message', body: 'New Message?' }, sound: 'default', 'mutable-content': 1 } },
  takesExtra: true,
};

/**
 * fpush: always the same alert, whatever was published. The app's extension connects to the server and writes what really came, or
 * shows this where it can't.
 */
export const buildFpushPayload: BuildDialectPayload = () => newMessage;
