import type { Push } from '../../../src/index.ts';
import { caseOf } from '../../payload/push-cases.ts';
import { alert } from '../push-kind.ts';
import { wake } from './alerts.ts';
import type { BuildDialectPayload, DialectPayload } from './dialect-payload.ts';

/** The app's extension logs in, fetches the messages and writes the real text. */
const newMessage: DialectPayload = {
  kind: alert,
  payload: { aps: { 'mutable-content': 1, alert: { title: 'New Message', body: 'New Message' }, sound: 'default' } },
};

/**
 * mod_push_appserver in its mode `auto`: where there is a message with a body the same dummy alert for all, otherwise the app alone is
 * woken. Nothing of the notification leaves. Tigase's server, which that module never met, says by other means that there is a message.
 */
export const buildModPushAppserverPayload: BuildDialectPayload = (push) => (isMessage(push) ? newMessage : wake);

function isMessage(push: Push): boolean {
  const { body, encrypted, priority } = push.notification;
  return body !== undefined || ((encrypted !== undefined || priority === 'high') && caseOf(push).manner !== 'silent');
}
