import type { Config } from '../config/config.ts';
import { buildOverHttp } from '../handlers/dialects/mod-push-appserver/over-http.ts';
import type { PushAppserver } from '../http/rest/rest-handler.ts';
import { buildCheckToken, type RouterParts } from './build-router.ts';

/** mod_push_appserver's HTTP API, where it is wanted. */
export function buildPushAppserver(
  { dialects: { modPushAppserver: providers }, component: { jid: domain } }: Config,
  {
    registry,
    delivery: { delivery },
    guards,
    log,
    measurements,
  }: Pick<RouterParts, 'delivery' | 'guards' | 'log' | 'measurements' | 'registry'>,
): PushAppserver | undefined {
  if (providers?.http !== true) return undefined;
  return buildOverHttp({
    registry,
    delivery,
    domain,
    log,
    providers,
    checkToken: buildCheckToken(guards),
    onEnd: (command, result) => measurements.registered(command, result),
  });
}
