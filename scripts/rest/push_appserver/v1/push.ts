import type { RestHandler } from '../../../../src/index.ts';
import { ok, readForm, refuse } from '../_form.ts';

export { maxBytes } from '../_form.ts';

/** `POST /push_appserver/v1/push` with `node` and `secret`: OK and the node, once the push is taken or kept. */
const push: RestHandler = async (request, { pushAppserver }) => {
  if (pushAppserver === undefined || request.parameters.length > 0) return undefined;
  const device = readForm(request);
  if (device?.node === undefined || device.secret === undefined) return refuse('node and secret are needed, once each, form-encoded', 400);
  const { kind } = await pushAppserver.push(device, request.signal);
  switch (kind) {
    case 'done':
      return ok(device.node);
    case 'unknown':
      return refuse('Node or secret not found!');
    case 'failed':
      return refuse('Internal error in push handler');
    default:
      return kind satisfies never;
  }
};

export default push;
