import { childElements, type Element } from '../stanza/xml.ts';
import type { Route } from './route.ts';

export interface Found {
  readonly route: Route;
  /** The child by which it was found. */
  readonly payload: Element;
}

/** Which stanza goes where: an IQ request by its type and its first child, a message by the first child that has a handler. */
export class Routes {
  readonly #requests: ReadonlyMap<string, Route>;
  readonly #messages: ReadonlyMap<string, Route>;

  constructor(routes: readonly Route[]) {
    const isForMessages = ({ type }: Route) => type === 'message';
    this.#requests = buildMap(routes.filter((route) => !isForMessages(route)));
    this.#messages = buildMap(routes.filter(isForMessages));
  }

  /** Whether there is any message that has a handler. */
  get readsMessages(): boolean {
    return this.#messages.size > 0;
  }

  find(stanza: Element): Found | undefined {
    if (stanza.name === 'iq') return findIn(this.#requests, String(stanza.attrs['type']), childElements(stanza).slice(0, 1));
    // A message may have other children besides: hints, a body for those who know no better.
    return stanza.name === 'message' && this.readsMessages ? findIn(this.#messages, 'message', childElements(stanza)) : undefined;
  }
}

function findIn(routes: ReadonlyMap<string, Route>, type: string, payloads: readonly Element[]): Found | undefined {
  for (const payload of payloads) {
    const route = routes.get(keyOf(type, payload.getNS() ?? '', payload.getName()));
    if (route !== undefined) return { route, payload };
  }
  return undefined;
}

function buildMap(routes: readonly Route[]): ReadonlyMap<string, Route> {
  return new Map(routes.map((route) => [keyOf(route.type, route.xmlns, route.name), route]));
}

function keyOf(type: string, xmlns: string, name: string): string {
  return `${type} ${xmlns} ${name}`;
}
