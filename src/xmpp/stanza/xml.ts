// Room: words of XMPP: elements, JIDs, data forms, errors. In: elements. Out: elements and values. May enter: every room that knows XML.
import ltx from '@xmpp/xml';
import type { Element as LtxElement } from '@xmpp/xml';

/**
 * The stanza model of `@xmpp/xml`. The package is CommonJS and hangs its class on the build function, which its types (of
 * the next major version) do not know; this is the one place that bridges it.
 */
export const Element = (ltx as unknown as { Element: new (name: string, attrs?: Readonly<Record<string, unknown>>) => LtxElement }).Element;
export type Element = LtxElement;

type Attributes = Readonly<Record<string, string | undefined>>;

/** Builds an element; undefined attributes and children are left out. The package's own way takes apart what it is given, for each answer. */
export function xml(name: string, attributes: Attributes, ...children: readonly (Element | string | undefined)[]): Element {
  const element = new Element(name);
  for (const key of Object.keys(attributes)) if (attributes[key] !== undefined) element.attrs[key] = attributes[key];
  for (const child of children) if (child !== undefined && child !== '') element.cnode(child as Element);
  return element;
}

/** The element children, without the text between them. */
export function childElements(element: Element): Element[] {
  return element.children.filter((child): child is Element => typeof child !== 'string');
}

/** The first child element of that name, in that namespace where one is given; as the package's own way, which makes a list of all. */
export function findChild(element: Element | undefined, name: string, xmlns?: string): Element | undefined {
  if (element === undefined) return undefined;
  for (const child of element.children) if (typeof child !== 'string' && child.is(name, xmlns)) return child;
  return undefined;
}

/** How many element children it has. */
export function countElements({ children }: Element): number {
  let count = 0;
  for (const child of children) if (typeof child !== 'string') count += 1;
  return count;
}
