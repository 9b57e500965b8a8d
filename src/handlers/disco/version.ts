import type { Route } from '../../xmpp/routing/router.ts';
import { xml } from '../../xmpp/stanza/xml.ts';
import { ns } from '../namespaces.ts';

/** XEP-0092; without the operating system, which is nobody's business. */
export function buildVersionRoute(version: string): Route {
  return {
    type: 'get',
    xmlns: ns.version,
    name: 'query',
    handle: () => xml('query', { xmlns: ns.version }, xml('name', {}, 'Reveille'), xml('version', {}, version)),
  };
}
