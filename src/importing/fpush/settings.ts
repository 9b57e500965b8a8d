// Room: fpush's settings.json. In: a path. Out: settings; it keeps no registrations. May enter: importing.
import { dirname, resolve } from 'node:path';
import { SourceUnusable } from '../found.ts';
import { type JsonObject, readJson } from '../settings/read-json.ts';
import { componentSecret, type FoundProvider, type FoundSettings, type FoundValue } from '../settings/settings.ts';
import { readHumantime } from './humantime.ts';

const usualRatelimitMs = 20_000;

/** https://github.com/monal-im/fpush: a push module becomes a provider of the same name. */
export async function readFpushSettings(path: string): Promise<FoundSettings> {
  const root = await readJson(path);
  const component = root.object('component');
  const modules = root.object('pushModules');
  if (component === undefined || modules === undefined)
    throw new SourceUnusable(`${path}: component or pushModules is missing: this is not fpush's settings.json`);
  const remarks: string[] = [];
  const names = modules.keys();
  const parsed = names.map((name) => parseModule(name, modules.object(name), resolve(dirname(path)), remarks));
  const providers = parsed.filter((provider) => provider !== undefined);
  const taken = providers.map(({ id }) => id);
  const standard = taken.find((name) => modules.object(name)?.flag('is_default_module') === true);
  const server = [component.text('serverHostname') ?? '127.0.0.1', component.number('serverPort') ?? 5347];
  if (root.value('timeout') !== undefined || root.value('timeoutConfig') !== undefined)
    remarks.push('timeout: how long to wait before connecting again is decided by the cause here');
  return {
    from: `fpush's ${path}`,
    component: {
      ...withText('jid', component.text('componentHostname')),
      server: server.join(':'),
      secret: componentSecret(component.text('componentKey')),
    },
    providers,
    dialects: {
      fpush: {
        table: {
          modules: { table: Object.fromEntries(taken.map((name) => [name, name])) },
          ...(standard === undefined ? {} : { default: standard }),
          ratelimit: `${longestRatelimit(taken, modules, remarks)}ms`,
        },
      },
    },
    remarks,
  };
}

function parseModule(name: string, module: JsonObject | undefined, folder: string, remarks: string[]): FoundProvider | undefined {
  const type = module?.text('type');
  const apns = module?.object('apns');
  const fcm = module?.object('fcm');
  if (!/^[\x21-\x7e]{1,255}$/.test(name)) {
    remarks.push(`pushModules.${name}: its name is no provider id (printable ASCII without spaces)`);
    return undefined;
  }
  if (module?.value('blacklist') !== undefined) remarks.push(`pushModules.${name}.blacklist: dead tokens are remembered without it`);
  if (type === 'apple' && apns !== undefined) return { id: name, use: 'apns', options: buildApns(name, apns, folder, remarks) };
  if ((type === 'google' || type === 'fcm') && fcm !== undefined)
    return { id: name, use: 'fcm', options: { 'service-account-file': toPath(folder, fcm.text('fcmSecretPath')) } };
  if (type === 'demo') return { id: name, use: 'log', options: {} };
  remarks.push(`pushModules.${name}: its type is none of apple, google and demo, or its credentials are missing`);
  return undefined;
}

function buildApns(name: string, apns: JsonObject, folder: string, remarks: string[]): FoundProvider['options'] {
  const password = apns.text('certPassword');
  for (const key of ['poolIdleTimeout', 'requestTimeout'])
    if (apns.value(key) !== undefined) remarks.push(`pushModules.${name}.apns.${key}: has its own limits here`);
  return {
    'apns-topic': apns.text('topic'),
    'cert-file': toPath(folder, apns.text('certFilePath')),
    'cert-password': password === undefined ? undefined : { secret: password, file: `${fileName(name)}-cert-password`, env: envName(name) },
    'key-file': toPath(folder, apns.text('keyPath')),
    'key-id': apns.text('keyId'),
    'team-id': apns.text('teamId'),
    environment: apns.text('environment'),
    extra: buildExtra(name, apns.object('additionalData'), remarks),
  };
}

function buildExtra(name: string, data: JsonObject | undefined, remarks: string[]): FoundValue | undefined {
  if (data === undefined) return undefined;
  const plain = data.keys().filter((key) => ['string', 'number', 'boolean'].includes(typeof data.value(key)));
  for (const key of data.keys().filter((one) => !plain.includes(one)))
    remarks.push(`pushModules.${name}.apns.additionalData.${key}: is not a text, a number, true or false`);
  return { table: Object.fromEntries(plain.map((key) => [key, data.value(key) as FoundValue])) };
}

/** Ours is one for all modules. */
function longestRatelimit(names: readonly string[], modules: JsonObject, remarks: string[]): number {
  const limits = names.map((name) => {
    const ratelimit = modules.object(name)?.object('ratelimit');
    if (ratelimit?.flag('enabled') === false) return 0;
    const text = ratelimit?.text('ratelimitTime') ?? ratelimit?.text('ratelimit_time');
    return text === undefined ? usualRatelimitMs : (readHumantime(text) ?? usualRatelimitMs);
  });
  if (new Set(limits).size > 1) remarks.push('ratelimit: differs between the modules; here the longest holds for all of them');
  return Math.min(Math.max(0, ...limits), 3_600_000);
}

export function toPath(folder: string, path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(folder, path);
}

function withText(key: 'jid', value: string | undefined): Partial<Record<'jid', string>> {
  return value === undefined ? {} : { [key]: value };
}

function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/g, '_');
}

function envName(name: string): string {
  return `REVEILLE_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_PASSWORD`;
}
