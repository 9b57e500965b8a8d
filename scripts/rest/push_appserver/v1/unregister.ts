import type { RestHandler } from '../../../../src/index.ts';
import { ok, readForm, refuse } from '../_form.ts';

export { maxBytes } from '../_form.ts';

/** `POST /push_appserver/v1/unregister` with `type` and `node`: OK, and what is no more. */
const unregister: RestHandler = async (request, { pushAppserver }) => {
  if (pushAppserver === undefined || request.parameters.length > 0) return undefined;
  const device = readForm(request);
  if (device === undefined) return refuse('type and node are needed, once each, form-encoded', 400);
  const removed = await pushAppserver.unregister(device);
  switch (removed.kind) {
    case 'done':
      return ok(removed.node, removed.secret);
    case 'unknown':
      return refuse('Node not found!');
    case 'refused':
      return refuse(removed.reason, 400);
    default:
      return removed satisfies never;
  }
};

export default unregister;
