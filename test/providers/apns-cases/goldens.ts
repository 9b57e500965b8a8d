import { createPrivateKey } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { buildCollapseId, buildCollapseKey } from '../../../providers/apns/request/collapse.ts';
import type { Subject } from '../../../providers/payload/push-cases.ts';
import { parseNotification } from '../../../src/handlers/publish/notification.ts';
import type { Notification } from '../../../src/index.ts';
import { parseStanza } from '../../flows/stage/stanzas.ts';
import { signingKey, topic } from '../apns/stage.ts';

const folder = new URL('../../fixtures/apns/', import.meta.url);
const captures = new URL('../../fixtures/stanzas/', import.meta.url);

/** What a stanza must become: `<name>.xml` and `<name>.json` of the fixtures. */
export interface Golden {
  readonly name: string;
  readonly why: string;
  readonly stanza: string;
  /** The capture of a real server that the stanza is, where it is one. */
  readonly captured: string | undefined;
  readonly hasSecondToken: boolean;
  readonly headers: Readonly<Record<string, string | { readonly 'keyed-hash-of': Subject }>>;
  readonly payload: Readonly<Record<string, unknown>>;
}

export const goldens: readonly Golden[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => readGolden(file.slice(0, -'.json'.length)));

function readGolden(name: string): Golden {
  const file = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Golden & { readonly 'second-token': boolean };
  const stanza = readFileSync(new URL(`${name}.xml`, folder), 'utf8');
  return { ...file, name, stanza, hasSecondToken: file['second-token'] };
}

export function readCapture(file: string): string {
  return readFileSync(new URL(file, captures), 'utf8');
}

export function readNotification(stanza: string): Notification {
  const publish = parseStanza(stanza.trim()).getChild('pubsub')?.getChild('publish');
  return parseNotification(publish?.getChild('item')?.getChild('notification', 'urn:xmpp:push:0'));
}

/** The collapse id of a provider with the stage's signing key. */
export function collapseId(subject: Subject): string {
  const { p8, keyId, teamId } = signingKey;
  return buildCollapseId(buildCollapseKey({ kind: 'key', topic, key: createPrivateKey(p8), keyId, teamId }), subject);
}
