// Room: reveille sandbox: push services for trials, run by hand. In: options and typed lines. Out: lines. May enter: cli.
import {
  describeAnswer,
  describeTokenRefusal,
  encodeAnswer,
  encodeTokenRefusal,
  reportApns,
  reportFcm,
  reportWebpush,
  type AnswerReport,
} from '../../sandbox/answer-line.ts';
import { createSandboxApns, type SandboxApns } from '../../sandbox/apns/sandbox-apns.ts';
import { buildAuthority, buildSigningKey, type Authority, type SigningKey } from '../../sandbox/authority.ts';
import { createSandboxFcm, type SandboxFcm, type SandboxTokenRequest } from '../../sandbox/fcm/sandbox-fcm.ts';
import { giveFcm } from '../../sandbox/fcm/switches.ts';
import { buildFcmTable, buildTable, buildWebpushTable, writeFolder, writeServiceAccount, writeVapidKey } from '../../sandbox/folder.ts';
import { give } from '../../sandbox/switches.ts';
import { createSandboxWebpush, type SandboxWebpush } from '../../sandbox/webpush/sandbox-webpush.ts';
import { giveWebpush } from '../../sandbox/webpush/switches.ts';
import { buildVapidPair } from '../../sandbox/webpush/vapid.ts';
import { parseSandboxSettings, sandboxHelp, type SandboxSettings } from './settings.ts';
import { onFirstSignal } from '../signals.ts';

/** Runs until it is told to end and resolves with the exit status: 0, 1 where it can't start, 2 for a mistake in the arguments. */
export async function sandbox(args: readonly string[]): Promise<number> {
  const settings = readSettings(args);
  if (typeof settings === 'string') return complain(settings, 2);
  if (settings.help) {
    console.log(sandboxHelp);
    return 0;
  }
  try {
    await run(settings);
    return 0;
  } catch (error) {
    return complain(messageOf(error), 1);
  }
}

interface Services {
  readonly apns: SandboxApns;
  readonly fcm: SandboxFcm;
  readonly webpush: SandboxWebpush;
}

async function run(settings: SandboxSettings): Promise<void> {
  const authority = buildAuthority();
  const key = buildSigningKey();
  await using open = new AsyncDisposableStack();
  const apns = open.adopt(await startApns(settings, authority, key), (service) => service.close());
  const fcm = open.adopt(await startFcm(settings, authority), (service) => service.close());
  const webpush = open.adopt(await startWebpush(settings, authority), (service) => service.close());
  announce(settings, authority, key, { apns, fcm, webpush });
  await new Promise((resolve) => onFirstSignal(resolve));
}

async function startApns(settings: SandboxSettings, authority: Authority, key: SigningKey): Promise<SandboxApns> {
  const { topics, orders } = settings;
  const apns = await createSandboxApns({
    authority,
    keys: [key],
    topics,
    ...settings.apns,
    onAnswer: (answer) => print(settings, reportApns(answer)),
  });
  for (const order of orders) give(order, apns);
  return apns;
}

async function startFcm(settings: SandboxSettings, authority: Authority): Promise<SandboxFcm> {
  const { fcmTokens, fcmOrders } = settings;
  const fcm = await createSandboxFcm({
    authority,
    ...settings.fcm,
    tokenHost: fcmTokens.host,
    tokenPort: fcmTokens.port,
    onAnswer: (answer) => print(settings, reportFcm(answer)),
    onTokenRequest: (request) => printRefusal(settings, request),
  });
  for (const order of fcmOrders) giveFcm(order, fcm);
  return fcm;
}

async function startWebpush(settings: SandboxSettings, authority: Authority): Promise<SandboxWebpush> {
  const webpush = await createSandboxWebpush({
    authority,
    ...settings.webpush,
    onAnswer: (answer) => print(settings, reportWebpush(answer)),
  });
  for (const order of settings.webpushOrders) giveWebpush(order, webpush);
  return webpush;
}

function announce({ dir, topics, json }: SandboxSettings, authority: Authority, key: SigningKey, { apns, fcm, webpush }: Services): void {
  const account = fcm.issueServiceAccount();
  const files = writeFolder(dir, authority, key, topics);
  const serviceAccountFile = writeServiceAccount(dir, account);
  const vapid = buildVapidPair();
  const vapidKeyFile = writeVapidKey(dir, vapid);
  const { applicationServerKey } = vapid;
  const [browser, unifiedPush] = [webpush.subscribe({ applicationServerKey }), webpush.subscribe({ hasKeys: false })];
  if (json) {
    const { keyId, teamId } = key;
    const { project_id: projectId, token_uri: tokenUri } = account;
    const ready = { event: 'ready', endpoint: apns.origin, fcmEndpoint: fcm.origin, tokenUri, projectId, topics, keyId, teamId };
    const apps = { webpushOrigin: webpush.origin, applicationServerKey, subscription: browser, unifiedPush: unifiedPush.endpoint };
    console.log(JSON.stringify({ ...ready, ...files, serviceAccountFile, vapidKeyFile, ...apps }));
    return;
  }
  const tables = [
    buildFcmTable(fcm.origin, serviceAccountFile, files.caFile),
    buildWebpushTable(vapidKeyFile, files.caFile, [browser, unifiedPush]),
    buildTable(topics[0], apns.origin, files, key),
  ];
  console.log(
    `APNs sandbox at ${apns.origin}, FCM sandbox at ${fcm.origin}, Web Push sandbox at ${webpush.origin}\n\n${tables.join('\n\n')}\n`,
  );
}

function print({ json, showPayload }: SandboxSettings, report: AnswerReport): void {
  console.log(json ? encodeAnswer(report, showPayload) : describeAnswer(report, showPayload));
}

/** Of the token exchanges, only those that failed explain anything. */
function printRefusal({ json }: SandboxSettings, request: SandboxTokenRequest): void {
  if (request.status !== 200) console.log(json ? encodeTokenRefusal(request) : describeTokenRefusal(request));
}

/** The settings, or what is wrong with the arguments in one line. */
function readSettings(args: readonly string[]): SandboxSettings | string {
  try {
    return parseSandboxSettings(args);
  } catch (error) {
    return messageOf(error).split('\n', 1)[0] ?? '';
  }
}

function complain(message: string, status: number): number {
  console.error(`reveille sandbox: ${message}`);
  return status;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
