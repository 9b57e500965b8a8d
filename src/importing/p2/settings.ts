import { dirname, resolve } from 'node:path';
import { SourceUnusable } from '../found.ts';
import { type JsonObject, readJson } from '../settings/read-json.ts';
import { componentSecret, type FoundProvider, type FoundSettings } from '../settings/settings.ts';

/** https://codeberg.org/iNPUTmice/p2: config.json. */
export async function readP2Settings(path: string): Promise<FoundSettings> {
  const root = await readJson(path);
  const jid = root.text('jid');
  if (jid === undefined) throw new SourceUnusable(`${path}: jid is missing: this is not p2's config.json`);
  const remarks: string[] = [];
  const folder = resolve(dirname(path));
  const providers = [buildFcm(root.object('fcm'), folder, remarks), buildApns(root.object('apns'), folder)].filter(
    (one) => one !== undefined,
  );
  if (root.value('fcmAuthKey') !== undefined) remarks.push('fcmAuthKey: Google ended this API in 2024; a service account replaces it');
  if (root.value('dbUrl') !== undefined)
    remarks.push('dbUrl, dbUsername, dbPassword: Reveille has a database of its own, take the registrations from a dump');
  return {
    from: `p2's ${path}`,
    component: {
      jid,
      server: `${root.text('host') ?? 'localhost'}:${root.number('port') ?? 5348}`,
      secret: componentSecret(root.text('sharedSecret')),
    },
    providers,
    dialects: { p2: { table: Object.fromEntries(providers.map(({ id }) => [id, id])) } },
    remarks,
  };
}

function buildFcm(fcm: JsonObject | undefined, folder: string, remarks: string[]): FoundProvider | undefined {
  if (fcm === undefined) return undefined;
  const file = fcm.text('serviceAccountFile');
  if (file === undefined) {
    remarks.push('fcm: has no serviceAccountFile; a server key (authKey) is of no use since Google ended that API in 2024');
    return undefined;
  }
  return { id: 'fcm', use: 'fcm', options: { 'service-account-file': resolve(folder, file) } };
}

function buildApns(apns: JsonObject | undefined, folder: string): FoundProvider | undefined {
  const [certificate, key] = [apns?.text('certificate'), apns?.text('privateKey')];
  if (apns === undefined || certificate === undefined || key === undefined) return undefined;
  return {
    id: 'apns',
    use: 'apns',
    options: {
      'apns-topic': apns.text('bundleId'),
      'cert-file': { join: [resolve(folder, certificate), resolve(folder, key)], file: 'apns.pem' },
      environment: apns.flag('sandbox') === true ? 'sandbox' : 'production',
    },
  };
}
