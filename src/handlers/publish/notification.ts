import type { Notification } from '../../push/provider/notification.ts';
import { readForm } from '../../xmpp/stanza/data-form.ts';
import type { Element } from '../../xmpp/stanza/xml.ts';
import { childElements, findChild } from '../../xmpp/stanza/xml.ts';
import { ns } from '../namespaces.ts';

/** Reads `<notification/>` in every dialect (servers differ in form type, fields and children); what it doesn't know it passes over. */
export function parseNotification(notification: Element | undefined): Notification {
  const summary = readForm(findChild(notification, 'x', ns.dataForms), ['last-message-body']);
  return {
    messageCount: parseCount(summary.get('message-count')),
    pendingSubscriptionCount: parseCount(summary.get('pending-subscription-count')),
    sender: summary.get('last-message-sender'),
    body: summary.get('last-message-body'),
    nickname: parseLine(textOf(findChild(findChild(notification, 'groupchat', ns.tigaseOffline), 'nickname'))),
    encrypted: parseEncrypted(findChild(notification, 'encrypted', ns.tigaseEncrypt)),
    priority: parsePriority(textOf(findChild(notification, 'priority', ns.tigasePriority))),
    jingle: parseJingle(findChild(notification, 'jingle', ns.tigaseJingle)),
    meet: parseMeet(findChild(notification, 'meet', ns.tigaseMeet)),
    event: attribute(findChild(notification, 'event', ns.tigaseEvent), 'name'),
  };
}

/** Without the white space that pretty-printing puts around it; undefined where nothing is left. */
function parseLine(text: string | undefined): string | undefined {
  const line = text?.trim();
  return line === '' ? undefined : line;
}

function parseCount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined;
}

function parseEncrypted(element: Element | undefined): Notification['encrypted'] {
  const iv = attribute(element, 'iv');
  const payload = element?.getText().trim();
  if (iv === undefined || payload === undefined || payload === '') return undefined;
  return { payload, iv, type: attribute(element, 'type') };
}

function parsePriority(text: string | undefined): Notification['priority'] {
  const priority = text?.trim();
  return priority === 'high' || priority === 'low' ? priority : undefined;
}

function parseJingle(element: Element | undefined): Notification['jingle'] {
  if (element === undefined) return undefined;
  return { sid: attribute(element, 'sid'), action: attribute(element, 'action'), media: parseMedia(element) };
}

function parseMeet(element: Element | undefined): Notification['meet'] {
  if (element === undefined) return undefined;
  return { id: attribute(element, 'id'), jid: attribute(element, 'jid'), media: parseMedia(element) };
}

function parseMedia(element: Element): readonly string[] {
  return childElements(element)
    .filter((child) => child.getName() === 'media')
    .map((child) => child.getText().trim());
}

function textOf(element: Element | undefined): string | undefined {
  return element?.getText();
}

function attribute(element: Element | undefined, name: string): string | undefined {
  const value = element?.attrs[name] as string | undefined;
  return value === '' ? undefined : value;
}
