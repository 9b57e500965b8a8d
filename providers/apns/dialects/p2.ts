import { alert } from '../push-kind.ts';
import { wake } from './alerts.ts';
import type { BuildDialectPayload, DialectPayload } from './dialect-payload.ts';

const newMessage: DialectPayload = { kind: alert, payload: { aps: { alert: { title: 'New message' }, sound: 'default' } } };

/**
 * p2: where the server sends a body the user is told that there is a message, and not which; otherwise the app alone is woken, as p2
 * meant to do (it asked for an alert without text, which Apple shows nobody).
 */
export const buildP2Payload: BuildDialectPayload = ({ notification }) => (notification.body === undefined ? wake : newMessage);
