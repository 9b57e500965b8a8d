import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SourceUnusable } from '../found.ts';
import { componentSecret, type FoundProvider, type FoundSettings, type FoundValue } from '../settings/settings.ts';
import { type Bean, readTdsl, type TdslValue } from '../tdsl/read-tdsl.ts';
import { TextTrouble } from '../text/trouble.ts';

const componentClass = 'tigase.push.PushNotificationsComponent';
const usual: Readonly<Record<string, 'apns' | 'fcm'>> = { 'apns-binary-api': 'apns', 'fcm-xmpp-api': 'fcm', 'fcm-http-v1': 'fcm' };

/** Tigase Push's part of config.tdsl: the component's bean, and the beans of its providers, whose names are the provider ids. */
export async function readTigaseSettings(path: string): Promise<FoundSettings> {
  const root = await parse(path);
  const component = root.beans.find((bean) => bean.class === componentClass) ?? root.beans.find(({ name }) => name === 'push');
  if (component === undefined)
    throw new SourceUnusable(`${path}: there is no bean of class ${componentClass}, and none that is called push`);
  const remarks: string[] = [
    "secret: Tigase keeps it among its external components and not in this file; it is the one that the server's side knows",
  ];
  const folder = resolve(dirname(path));
  const providers = component.beans.map((bean) => buildProvider(bean, folder, remarks)).filter((provider) => provider !== undefined);
  const admins = root.properties.get('admins');
  const jid = readJid(root, component);
  return {
    from: `Tigase Push's ${path}`,
    component: {
      ...(jid === undefined ? {} : { jid }),
      secret: componentSecret(undefined),
      admins: Array.isArray(admins) ? admins.map(String).filter((admin) => /^[^\s@/]+@[^\s@/]+$/.test(admin)) : [],
    },
    providers,
    dialects: {},
    remarks,
  };
}

async function parse(path: string): Promise<Bean> {
  try {
    return readTdsl(new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)));
  } catch (error) {
    if (error instanceof TextTrouble) throw new SourceUnusable(`${path}:${error.line}: ${error.message}`, { cause: error });
    if (error instanceof TypeError) throw new SourceUnusable(`${path}: the file is not UTF-8`, { cause: error });
    throw error;
  }
}

/** In component mode the virtual host is the component's whole address; inside a server its name stands before it. */
function readJid(root: Bean, { name }: Bean): string | undefined {
  const host = root.properties.get('default-virtual-host');
  if (typeof host !== 'string') return undefined;
  return root.properties.get('config-type') === 'component' ? host : `${name}.${host}`;
}

function buildProvider(bean: Bean, folder: string, remarks: string[]): FoundProvider | undefined {
  const { name } = bean;
  const use = bean.class === undefined ? usual[name] : /apns/i.test(bean.class) ? 'apns' : /fcm/i.test(bean.class) ? 'fcm' : undefined;
  if (use === undefined || !bean.isActive) {
    remarks.push(`${name}: ${bean.isActive ? 'is neither APNs nor FCM' : 'is switched off (active: false)'}`);
    return undefined;
  }
  return { id: name, use, options: use === 'apns' ? buildApns(bean, folder, remarks) : buildFcm(bean, folder, remarks) };
}

function buildApns({ name, properties }: Bean, folder: string, remarks: string[]): FoundProvider['options'] {
  const path = (key: string): string | undefined => toPath(folder, properties.get(key));
  const password = properties.get('cert-password');
  const known = ['apns-topic', 'cert-file', 'cert-password', 'pushkit-cert-file', 'fallbackToSandbox'];
  for (const key of properties.keys()) if (!known.includes(key)) remarks.push(`${name}.${key}: is not known here`);
  return {
    'apns-topic': toText(properties.get('apns-topic')),
    'cert-file': path('cert-file'),
    'cert-password': password === undefined ? undefined : buildPassword(name, password),
    'pushkit-cert-file': path('pushkit-cert-file'),
    'fallback-to-sandbox': properties.get('fallbackToSandbox') === true ? true : undefined,
  };
}

function buildPassword(name: string, value: TdslValue): FoundValue {
  const id = name.replace(/[^A-Za-z0-9]/g, '_');
  const variable = /^env\(([A-Za-z_]\w*)\)$/.exec(String(value))?.[1];
  return {
    secret: variable === undefined ? String(value) : undefined,
    file: `${id}-cert-password`,
    env: variable ?? `REVEILLE_${id.toUpperCase()}_PASSWORD`,
  };
}

/** Its property for the service account is not known for sure: whichever names a JSON file. */
function buildFcm({ name, properties }: Bean, folder: string, remarks: string[]): FoundProvider['options'] {
  const account = [...properties].find(([key, value]) => /account|credential|json/i.test(key) && typeof value === 'string')?.[1];
  if (properties.has('server-key')) remarks.push(`${name}.server-key: Google ended that API in 2024; a service account replaces it`);
  if (account === undefined) remarks.push(`${name}: names no service account; fill in service-account-file`);
  const sender = properties.get('sender-id');
  return {
    'service-account-file': toPath(folder, account) ?? 'service-account.json',
    'sender-id': sender === undefined ? undefined : String(sender),
    'pool-size': typeof properties.get('pool-size') === 'number' ? (properties.get('pool-size') as number) : undefined,
  };
}

function toText(value: TdslValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function toPath(folder: string, value: TdslValue | undefined): string | undefined {
  return typeof value === 'string' ? resolve(folder, value) : undefined;
}
