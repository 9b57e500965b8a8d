import { domain } from '../program/connection.ts';
import { buildBytes, type Piece } from '../stanzas/input.ts';
import { serialiseTree, type Node } from '../stanzas/tree.ts';
import type { Field, Step } from './input.ts';

/** The request of a step. `session` is undefined where it shows none. */
export function buildRequest(step: Step, id: string, from: string, session: string | undefined): Buffer {
  const attributes = { node: step.node, action: step.action, sessionid: session };
  const form =
    step.form === undefined ? [] : [element('x', { xmlns: 'jabber:x:data', type: step.form.type }, step.form.fields.map(buildField))];
  const command = element('command', { xmlns: 'http://jabber.org/protocol/commands', ...attributes }, form);
  const iq = element('iq', { type: 'set', id, from, to: domain }, [command]);
  return buildBytes({ pieces: serialiseTree(iq), cuts: [] }, () => '');
}

function buildField({ var: name, type, values }: Field): Node {
  const children = values.map((text) => ({ ...element('value', {}, []), children: [{ text }] }));
  return element('field', { var: name, type }, children);
}

function element(name: string, attributes: Readonly<Record<string, Piece | undefined>>, children: Node[]): Node {
  const given = Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as [string, Piece]]));
  return { name, attributes: given, children };
}
