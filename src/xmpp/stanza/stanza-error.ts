import { xml } from './xml.ts';
import type { Element } from './xml.ts';

const stanzaErrors = 'urn:ietf:params:xml:ns:xmpp-stanzas';

export type ErrorType = 'auth' | 'cancel' | 'continue' | 'modify' | 'wait';

/** The conditions we use (RFC 6120 §8.3.3), each with the type its paragraph recommends. */
const recommendedTypes = {
  'bad-request': 'modify',
  forbidden: 'auth',
  'internal-server-error': 'wait',
  'item-not-found': 'cancel',
  'not-acceptable': 'modify',
  'not-allowed': 'cancel',
  'resource-constraint': 'wait',
  'service-unavailable': 'cancel',
} as const satisfies Record<string, ErrorType>;

export type Condition = keyof typeof recommendedTypes;

/** A refusal: thrown by handlers, turned into an `<error/>` by the router. Its text goes to the other side: nothing private in it. */
export class StanzaError extends Error {
  override readonly name = 'StanzaError';
  readonly condition: Condition;
  readonly type: ErrorType;
  /** An application-specific condition behind the defined one, as XEP-0050 §4.4 has them. */
  readonly specific: { readonly name: string; readonly xmlns: string } | undefined;

  constructor(condition: Condition, text: string, specific?: { readonly name: string; readonly xmlns: string }) {
    super(text);
    this.condition = condition;
    this.type = recommendedTypes[condition];
    this.specific = specific;
  }
}

/** The defined condition comes first: Tigase takes the first child for the condition. */
export function buildError(error: StanzaError): Element {
  return xml(
    'error',
    { type: error.type },
    xml(error.condition, { xmlns: stanzaErrors }),
    error.specific === undefined ? undefined : xml(error.specific.name, { xmlns: error.specific.xmlns }),
    error.message === '' ? undefined : xml('text', { xmlns: stanzaErrors, 'xml:lang': 'en' }, error.message),
  );
}
