/** Namespaces that this app speaks. */
export const ns = {
  framing: 'urn:ietf:params:xml:ns:xmpp-framing',
  streams: 'http://etherx.jabber.org/streams',
  sasl: 'urn:ietf:params:xml:ns:xmpp-sasl',
  bind: 'urn:ietf:params:xml:ns:xmpp-bind',
  client: 'jabber:client',
  forms: 'jabber:x:data',
  commands: 'http://jabber.org/protocol/commands',
  items: 'http://jabber.org/protocol/disco#items',
  info: 'http://jabber.org/protocol/disco#info',
  push: 'urn:xmpp:push:0',
};

/** An element; attributes that are undefined are left out. */
export function xml(namespace, name, attributes = {}, ...children) {
  const element = document.implementation.createDocument(namespace, name).documentElement;
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export const serialize = (element) => new XMLSerializer().serializeToString(element);

/** The element of a text, or undefined where that is no XML. */
export function parse(text) {
  const document = new DOMParser().parseFromString(text, 'text/xml');
  return document.querySelector('parsererror') === null ? document.documentElement : undefined;
}

/** Whether it is this element. */
export const is = (element, namespace, name) => element.namespaceURI === namespace && element.localName === name;

/** The children of this name. */
export const childrenOf = (element, namespace, name) => [...element.children].filter((child) => is(child, namespace, name));
