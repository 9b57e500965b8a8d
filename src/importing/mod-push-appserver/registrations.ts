// Room: mod_push_appserver's store in Prosody, and its lines in Prosody's configuration. In: paths. Out: registrations, settings. May enter:
// importing.
import { buildNobody, shortDigest } from '../../base/nobody.ts';
import { opendir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Found, type FoundRegistrations, SourceUnusable } from '../found.ts';
import { readLuaTable } from '../lua/read-table.ts';
import { TextTrouble } from '../text/trouble.ts';

const store = 'push_appserver';
const extension = '.dat';
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The store of mod_push_appserver in Prosody's own storage: a file a node. `path` is its folder, its host's or Prosody's data folder. */
export async function openStore(path: string, service: string): Promise<FoundRegistrations> {
  const folder = await findStore(path);
  const files = (await readdir(folder)).filter((file) => file.endsWith(extension));
  return { isRepeatable: true, total: files.length, read: (extent) => read(folder, service, extent) };
}

async function findStore(path: string): Promise<string> {
  if (basename(path) === store) return path;
  const below = await readdir(path, { withFileTypes: true });
  const folders = below.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (folders.includes(store)) return join(path, store);
  const hosts: string[] = [];
  for (const host of folders) if (await isFolder(join(path, host, store))) hosts.push(host);
  const [only, ...others] = hosts;
  if (only === undefined) {
    if (below.some(({ name }) => name.endsWith(extension))) return path;
    throw new SourceUnusable(
      `${path}: there is no folder ${store} in it, nor in the folders of its hosts: is Prosody's storage "internal"?`,
    );
  }
  if (others.length > 0) throw new SourceUnusable(`${path}: several hosts have a folder ${store}, name one of them: ${hosts.join(', ')}`);
  return join(path, only, store);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function* read(folder: string, service: string, extent: { done: number }): AsyncGenerator<Found> {
  for await (const { name: file } of await opendir(folder)) {
    if (!file.endsWith(extension)) continue;
    yield await parse(join(folder, file), file, service);
    extent.done += 1;
  }
}

async function parse(path: string, file: string, service: string): Promise<Found> {
  try {
    const settings = readLuaTable(utf8.decode(await readFile(path)));
    return build(path, file, service, (key) => {
      const value = settings[key];
      return typeof value === 'string' ? value : '';
    });
  } catch (error) {
    if (error instanceof TextTrouble) return { kind: 'refused', place: `${path}:${error.line}`, reason: error.message };
    if (error instanceof TypeError) return { kind: 'refused', place: `${path}:1`, reason: 'the file is not UTF-8' };
    throw error;
  }
}

function build(path: string, file: string, service: string, value: (key: string) => string): Found {
  const place = `${path}:1`;
  const kind = value('type');
  if (kind !== 'apns' && kind !== 'fcm') return { kind: 'refused', place, reason: 'its type is neither apns nor fcm' };
  const node = value('node') || decodeName(file.slice(0, -extension.length));
  const token = value('token');
  const registered = new Date(value('renewed') || value('registered'));
  return {
    kind: 'device',
    place,
    device: {
      // Nobody said who he was there: the same owner and handle as of a registration by its HTTP API here, so that a client that registers
      // the same token again finds its node and secret.
      owner: buildNobody(node, service),
      service: { kind },
      token,
      secondToken: undefined,
      node,
      secret: value('secret'),
      registeredAt: Number.isNaN(registered.getTime()) ? undefined : registered,
      dialect: { name: 'mod_push_appserver', handle: `mod_push_appserver ${node} ${shortDigest(token.toLowerCase())}`, keys: {} },
    },
  };
}

/** Prosody writes every character but letters and digits as %xx. */
function decodeName(name: string): string {
  const bytes = name.replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
