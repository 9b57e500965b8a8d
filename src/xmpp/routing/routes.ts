import type { Element } from '../stanza/xml.ts';
import type { Route } from './route.ts';

export interface Found {
  readonly route: Route;
  /** The child by which it was found. */
  readonly payload: Element;
}

/** Which stanza goes where: an IQ request by its type and its first child, a message by the first child that has a handler. */
export class Routes {
  readonly #requests: RouteTable;
  readonly #messages: RouteTable;

  constructor(routes: readonly Route[]) {
    const isForMessages = ({ type }: Route) => type === 'message';
    this.#requests = buildTable(routes.filter((route) => !isForMessages(route)));
    this.#messages = buildTable(routes.filter(isForMessages));
  }

  /** Whether there is any message that has a handler. */
  get readsMessages(): boolean {
    return this.#messages.size > 0;
  }

  find(stanza: Element): Found | undefined {
    if (stanza.name === 'iq') return findFirst(this.#requests, String(stanza.attrs['type']), stanza);
    // A message may have other children besides: hints, a body for those who know no better.
    return stanza.name === 'message' && this.readsMessages ? findAny(this.#messages, 'message', stanza) : undefined;
  }
}

/** By type, then name, then namespace: nothing has to be put together to look for. */
type RouteTable = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, Route>>>;

function findFirst(routes: RouteTable, type: string, stanza: Element): Found | undefined {
  for (const child of stanza.children) if (typeof child !== 'string') return findIn(routes, type, child);
  return undefined;
}

function findAny(routes: RouteTable, type: string, stanza: Element): Found | undefined {
  for (const child of stanza.children) {
    const found = typeof child === 'string' ? undefined : findIn(routes, type, child);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findIn(routes: RouteTable, type: string, payload: Element): Found | undefined {
  const route = routes
    .get(type)
    ?.get(payload.getName())
    ?.get(payload.getNS() ?? '');
  return route === undefined ? undefined : { route, payload };
}

function buildTable(routes: readonly Route[]): RouteTable {
  const table = new Map<string, Map<string, Map<string, Route>>>();
  for (const route of routes) {
    const names = table.get(route.type) ?? new Map<string, Map<string, Route>>();
    const namespaces = names.get(route.name) ?? new Map<string, Route>();
    table.set(route.type, names.set(route.name, namespaces.set(route.xmlns, route)));
  }
  return table;
}
