import type { Device } from '../../registry/devices/device.ts';
import type { FormField } from '../../xmpp/stanza/data-form.ts';

/** What a device is told that may hold a connection to us; undefined for one that may not. */
export type OfferLocal = (device: Device) => { readonly secret: string; readonly path: string } | undefined;

/** The fields of a form that tell it; none where there is nothing to tell, so that such a form stays as it ever was. */
export function buildLocalFields(offer: OfferLocal | undefined, device: Device): readonly FormField[] {
  const offered = offer?.(device);
  if (offered === undefined) return [];
  return [
    { var: 'local-push-secret', type: 'text-single', values: [offered.secret] },
    { var: 'local-push-path', type: 'text-single', values: [offered.path] },
  ];
}
