import assert from 'node:assert/strict';
import { push } from '../helpers/app.ts';
import type { TestApp } from '../helpers/app.ts';

export const commands = 'http://jabber.org/protocol/commands';
export const admin = 'admin@example.net/desk';
export const anybody = 'anna@example.net/phone';

let count = 0;

/** Whole XML of a command request; `content` is what stands in the `<command/>`. */
export function command(node: string, content = '', attributes = `action='execute'`, from = admin): string {
  count += 1;
  return `<iq type='set' id='c${count}' from='${from}' to='${push}'><command xmlns='${commands}' node='${node}' ${attributes}>${content}</command></iq>`;
}

export function form(values: Readonly<Record<string, string>>): string {
  const fields = Object.entries(values).map(([name, value]) => `<field var='${name}'><value>${value}</value></field>`);
  return `<x xmlns='jabber:x:data' type='submit'>${fields.join('')}</x>`;
}

/** The content of the `<command/>` in an answer; its status has to be the expected one. */
export function contentOf(answer: string, status: 'executing' | 'completed' | 'canceled'): string {
  const [, found, content] = /<command [^>]*status="(\w+)"(?:\/>|>(.*)<\/command>)/.exec(answer) ?? [];
  assert.equal(found, status, answer);
  return content ?? '';
}

/** Runs a command as people do: asks for its form, then completes it; settles with the last answer. */
export async function fillIn(app: TestApp, node: string, values: Readonly<Record<string, string>>): Promise<string> {
  const session = sessionOf(await app.ask(command(node)));
  return app.ask(command(node, form(values), `sessionid='${session}' action='complete'`));
}

export function sessionOf(answer: string): string {
  const session = /sessionid="([^"]+)"/.exec(answer)?.[1];
  assert.ok(session, answer);
  return session;
}

/** The same words in an error for programs, and beside the form for people in a session. */
export async function assertRefused(app: TestApp, node: string, values: Readonly<Record<string, string>>, text: string): Promise<void> {
  const again = contentOf(await fillIn(app, node, values), 'executing');
  assert.ok(again.includes(`<note type="error">${text}</note>`), again);
  assert.match(again, /^<actions execute="complete"><complete\/><\/actions><x xmlns="jabber:x:data" type="form">.*<\/x><note /);
  assert.ok(again.includes(`<instructions>${text}</instructions>`), again);
  const refusal = await app.ask(command(node, form(values)));
  assert.match(refusal, new RegExp(`<error type="modify"><bad-request xmlns="[^"]+"/><bad-payload xmlns="${commands}"/>`));
  assert.ok(refusal.includes(`>${text}</text>`), refusal);
}

/** The rows of a table. */
export function rowsOf(content: string): readonly (readonly string[])[] {
  const items = [...content.matchAll(/<item>(.*?)<\/item>/g)];
  return items.map(([, item = '']) => [...item.matchAll(/<value>([^<]*)<\/value>|<value\/>/g)].map(([, value = '']) => value));
}
