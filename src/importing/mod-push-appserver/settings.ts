import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SourceUnusable } from '../found.ts';
import { componentSecret, type FoundProvider, type FoundSettings } from '../settings/settings.ts';

interface Block {
  readonly host: string;
  readonly module: string;
  readonly options: Map<string, string | boolean>;
}

/**
 * The component's lines of prosody.cfg.lua. That file is a program, which is not run: what is read is `Component "…" "push_appserver…"` and the
 * plain `push_appserver_… = value` lines below it.
 */
export async function readAppserverSettings(path: string): Promise<FoundSettings> {
  const [block, ...others] = findBlocks(await readFile(path, 'utf8'));
  if (block === undefined)
    throw new SourceUnusable(`${path}: there is no Component "…" "push_appserver_apns" or "push_appserver_fcm" in it`);
  const remarks = others.map(({ host }) => `${host}: another component; a Reveille of its own, or move its clients to ${block.host}`);
  const folder = resolve(dirname(path));
  const providers = [buildApns(block, folder), buildFcm(block, remarks)].filter((provider) => provider !== undefined);
  return {
    from: `mod_push_appserver in ${path}`,
    component: { jid: block.host, server: '127.0.0.1:5347', secret: componentSecret(undefined) },
    providers,
    dialects: { mod_push_appserver: { table: { ...Object.fromEntries(providers.map(({ id }) => [id, id])), http: true } } },
    remarks: [
      ...remarks,
      `secret: a component inside Prosody has none; give ${block.host} one with component_secret, and let REVEILLE_SECRET hold it`,
    ],
  };
}

function findBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let current: Block | undefined;
  // Options before the first host are for all of them.
  const global = new Map<string, string | boolean>();
  for (const line of text.split(/\r?\n/)) {
    const [, kind, host = '', module = ''] =
      /^\s*(Component|VirtualHost)\s*\(?\s*["']([^"']+)["']\s*\)?\s*(?:["']([^"']+)["'])?/.exec(line) ?? [];
    if (kind !== undefined) {
      current = { host, module, options: new Map(global) };
      if (kind === 'Component' && module.startsWith('push_appserver')) blocks.push(current);
    }
    const [, key, quoted, word] = /^\s*(push_appserver\w*)\s*=\s*(?:["']([^"']*)["']|(true|false))/.exec(line) ?? [];
    if (key !== undefined) (current?.options ?? global).set(key, quoted ?? word === 'true');
  }
  return blocks;
}

function buildApns({ options }: Block, folder: string): FoundProvider | undefined {
  const [certificate, key] = [options.get('push_appserver_apns_cert'), options.get('push_appserver_apns_key')];
  if (typeof certificate !== 'string' || typeof key !== 'string') return undefined;
  return {
    id: 'apns',
    use: 'apns',
    options: {
      'cert-file': { join: [resolve(folder, certificate), resolve(folder, key)], file: 'apns.pem' },
      // Theirs is the sandbox where nothing is said.
      environment: options.get('push_appserver_apns_sandbox') === false ? 'production' : 'sandbox',
    },
  };
}

function buildFcm({ module, options }: Block, remarks: string[]): FoundProvider | undefined {
  if (!options.has('push_appserver_fcm_key') && module !== 'push_appserver_fcm') return undefined;
  remarks.push('push_appserver_fcm_key: Google ended that API in 2024; make a service account and fill in service-account-file');
  return { id: 'fcm', use: 'fcm', options: { 'service-account-file': 'service-account.json' } };
}
