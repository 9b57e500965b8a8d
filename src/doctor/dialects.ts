import type { Config } from '../config/config.ts';
import type { StepResult } from './step.ts';

type Kinds = { readonly fcm?: string | undefined; readonly apns?: string | undefined };

/** Names as the configuration has them. */
const names = { p2: 'p2', modPushAppserver: 'mod_push_appserver', fluux: 'fluux', openfire: 'openfire' } as const;

/** Says which clients of other app servers are answered, and by which provider; nothing of it can be wrong that `configuration` has not told. */
export function examineDialects({ dialects, providers }: Pick<Config, 'dialects' | 'providers'>): StepResult {
  const { fpush, push2 } = dialects;
  const answered = [
    ...Object.entries(names).flatMap(([key, name]) => describe(name, dialects[key as keyof typeof names])),
    ...(fpush === undefined ? [] : [`fpush: ${list(Object.entries(fpush.modules))}`]),
    ...(push2 === undefined ? [] : [`push2 (experimental): relays to ${push2.allowHosts.join(', ')}`]),
  ];
  const open = (['fcm', 'apns'] as const).filter((kind) => providers.filter(({ use }) => use === kind).length > 1);
  const hint = open.map((kind) => `there are several providers of ${kind}, so [dialects] has to say which one answers`);
  return {
    verdict: 'ok',
    tried: 'look whose clients are answered beside those of Tigase, and by which provider',
    found: [answered.length === 0 ? 'none' : answered.join('; '), ...hint].join('; '),
  };
}

function describe(name: string, kinds: Kinds | undefined): readonly string[] {
  if (kinds === undefined) return [];
  const { fcm, apns } = kinds;
  return [`${name}: ${list(Object.entries({ fcm, apns }))}`];
}

function list(entries: readonly (readonly [what: string, provider: string | undefined])[]): string {
  return entries
    .filter(([, provider]) => provider !== undefined)
    .map(([what, provider]) => `${what} by ${provider}`)
    .join(', ');
}
