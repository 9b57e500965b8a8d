import { alert } from '../push-kind.ts';
import { isNews, wake } from './alerts.ts';
import type { BuildDialectPayload, DialectPayload } from './dialect-payload.ts';

const message: DialectPayload = {
  kind: alert,
  payload: { aps: { alert: { title: 'message' }, category: 'message', sound: 'default', 'mutable-content': 1 } },
};

/** Openfire's plugin: the same alert for every message, which the app's extension replaces by the real text. */
export const buildOpenfirePayload: BuildDialectPayload = (push) => (isNews(push) ? message : wake);
