import type { Route } from '../../xmpp/routing/router.ts';
import { ns } from '../namespaces.ts';

/** XEP-0199. */
export const pingRoute: Route = { type: 'get', xmlns: ns.ping, name: 'ping', handle: () => undefined };
