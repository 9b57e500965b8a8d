import type { RestHandler } from '../../../../src/index.ts';
import { ok, readForm, refuse } from '../_form.ts';

export { maxBytes } from '../_form.ts';

/** `POST /push_appserver/v1/register` with `type`, `node` and `token`: three lines, OK, node and secret. */
const register: RestHandler = async (request, { pushAppserver }) => {
  if (pushAppserver === undefined || request.parameters.length > 0) return undefined;
  const device = readForm(request);
  if (device === undefined) return refuse('type, node and token are needed, once each, form-encoded', 400);
  const registered = await pushAppserver.register(device, request.client ?? '');
  return registered.kind === 'refused' ? refuse(registered.reason, 400) : ok(registered.node, registered.secret);
};

export default register;
