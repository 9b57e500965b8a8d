// Room: what the component says of itself: XEP-0030, 0092, 0199. In: a query. Out: identity, features, version. May enter: app.
import { buildForm } from '../../xmpp/stanza/data-form.ts';
import type { IqRequest, Route } from '../../xmpp/routing/router.ts';
import { StanzaError } from '../../xmpp/stanza/stanza-error.ts';
import { xml } from '../../xmpp/stanza/xml.ts';
import type { Element } from '../../xmpp/stanza/xml.ts';
import type { Command } from '../commands/command.ts';
import { ns } from '../namespaces.ts';

export interface DiscoOptions {
  /** The component's domain. */
  readonly domain: string;
  /** Each provider id is announced as a feature: Tigase clients look for theirs. */
  readonly providerIds: readonly string[];
  readonly commands: readonly Command[];
  /** Of protocols that are not always spoken. */
  readonly features?: readonly string[];
  /** Bare JIDs for XEP-0157. */
  readonly admins: readonly string[];
}

/** XEP-0030 disco#info and disco#items, of the component and of its ad-hoc commands (XEP-0050 §2). */
export function buildDiscoRoutes(options: DiscoOptions): readonly Route[] {
  return [
    { type: 'get', xmlns: ns.discoInfo, name: 'query', handle: (request) => info(request, options) },
    { type: 'get', xmlns: ns.discoItems, name: 'query', handle: (request) => items(request, options) },
  ];
}

function info(request: IqRequest, options: DiscoOptions): Element {
  const node = nodeOf(request);
  if (node === undefined) return componentInfo(options);
  if (node === ns.commands) return query(ns.discoInfo, node, identity('automation', 'command-list', 'Commands'), feature(ns.commands));
  const command = allowed(request, options).find((candidate) => candidate.node === node);
  if (command === undefined) throw unknownNode();
  return query(ns.discoInfo, node, identity('automation', 'command-node', command.name), feature(ns.commands), feature(ns.dataForms));
}

/** XEP-0357 §5.2: identity pubsub/push; Siskin also wants the feature and its provider id. */
function componentInfo({ providerIds, features: more = [], admins }: DiscoOptions): Element {
  const features = [ns.push, ns.commands, ns.discoInfo, ns.discoItems, ns.ping, ns.version, ...more, ...providerIds];
  return query(ns.discoInfo, undefined, identity('pubsub', 'push', 'Reveille push service'), ...features.map(feature), contactForm(admins));
}

/** XEP-0157. */
function contactForm(admins: readonly string[]): Element | undefined {
  if (admins.length === 0) return undefined;
  const addresses = admins.map((jid) => `xmpp:${jid}`);
  return buildForm('result', [
    { var: 'FORM_TYPE', type: 'hidden', values: [ns.serverInfo] },
    { var: 'abuse-addresses', type: 'list-multi', values: addresses },
    { var: 'admin-addresses', type: 'list-multi', values: addresses },
  ]);
}

function items(request: IqRequest, options: DiscoOptions): Element {
  const node = nodeOf(request);
  if (node === undefined) return query(ns.discoItems, undefined, item(options.domain, ns.commands, 'Commands'));
  if (node === ns.commands) {
    return query(ns.discoItems, node, ...allowed(request, options).map((command) => item(options.domain, command.node, command.name)));
  }
  throw unknownNode();
}

/** Commands the sender may not run are not shown to him. */
function allowed(request: IqRequest, { commands }: DiscoOptions): readonly Command[] {
  return commands.filter((command) => command.isAllowed(request.from));
}

/** The same for a device's node as for none: nothing tells whether a node exists. */
function unknownNode(): StanzaError {
  return new StanzaError('item-not-found', 'no such node');
}

function nodeOf(request: IqRequest): string | undefined {
  return request.payload.attrs['node'] as string | undefined;
}

function query(xmlns: string, node: string | undefined, ...children: readonly (Element | undefined)[]): Element {
  return xml('query', { xmlns, node }, ...children);
}

function identity(category: string, type: string, name: string): Element {
  return xml('identity', { category, type, name });
}

function feature(name: string): Element {
  return xml('feature', { var: name });
}

function item(jid: string, node: string, name: string): Element {
  return xml('item', { jid, node, name });
}
