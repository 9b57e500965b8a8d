import type { Push } from '../../src/index.ts';
import { fit } from './fit.ts';
import type { PayloadKeys, Privacy } from './payload-keys.ts';
import { caseOf } from './push-cases.ts';

/** As the services have it. */
const maxBytes = 4096;

/** What Tigase's own apps find in a push of whatever service: contract of `Provider.contentOf`. */
export function buildContent(push: Push, privacy: Privacy): PayloadKeys {
  return fit(JSON.stringify, caseOf(push).buildKeys(push, privacy), maxBytes).keys;
}
