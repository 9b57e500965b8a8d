import { nodeOf, push, registerRequest } from '../helpers/app.ts';
import { ids, type Program, type Words } from './program.ts';
import type { Secrets } from './leaks.ts';

let count = 0;

/** Everything that can happen, in one life of the program. Settles with what of it must not stand in the log. */
export async function playAll(program: Program): Promise<Secrets> {
  const { words } = program;
  const nodes = await registerAll(program);
  for (const node of nodes.values())
    for (const notification of notifications(words)) await publish(program, words.domain, node, notification);
  await refuse(program, nodes);
  await bury(program, nodes);
  await fail(program, nodes);
  await administrate(program, nodes);
  await callRest(program);
  await loseDatabase(program, nodes);
  return collect(words, nodes);
}

type Nodes = ReadonlyMap<string, string>;

const nodeFor = (nodes: Nodes, device: string): string => nodes.get(device) ?? '';

async function registerAll({ app, words }: Program): Promise<Nodes> {
  const devices: readonly (readonly [name: string, token: string, provider: string])[] = [
    ['iphone', words.iphone, ids.iphone],
    ['deadIphone', words.deadIphone, ids.iphone],
    ['uploaded', words.uploaded, ids.uploaded],
    ['android', words.android, ids.android],
    ['deadAndroid', words.deadAndroid, ids.android],
    ['logged', words.logged, ids.logged],
    ['blabbing', words.blabbing, ids.blabbing],
    ['rejected', words.rejected, ids.blabbing],
    ...(app.config.providers.some(({ id }) => id === ids.leaking) ? [['leaking', words.leaking, ids.leaking] as const] : []),
  ];
  const nodes = new Map<string, string>();
  for (const [name, token, provider] of devices) {
    const second = name === 'iphone' ? `<field var='device-second-token'><value>${words.iphoneCalls}</value></field>` : '';
    nodes.set(name, nodeOf(await app.ask(registerRequest(words.owner, provider, token, second))));
  }
  await app.ask(registerRequest(words.owner, 'no such provider', words.iphone));
  return nodes;
}

function notifications({ sender, senderResource, body, nickname, payload, iv, callId, meet }: Words): readonly string[] {
  const summary =
    `<x xmlns='jabber:x:data'><field var='message-count'><value>2</value></field><field var='last-message-sender'>` +
    `<value>${sender}/${senderResource}</value></field><field var='last-message-body'><value>${escapeXml(body)}</value></field></x>`;
  const encrypted = (type = '') => `<encrypted xmlns='tigase:push:encrypt:0' alg='aes-128-gcm' iv='${iv}'${type}>${payload}</encrypted>`;
  const urgent = `<priority xmlns='tigase:push:priority:0'>high</priority>`;
  return [
    summary,
    `${summary}<groupchat xmlns='http://tigase.org/protocol/muc#offline'><nickname>${nickname}</nickname></groupchat>`,
    encrypted() + urgent,
    encrypted(` type='voip'`) + urgent,
    `${summary}<jingle xmlns='tigase:push:jingle:0' sid='${callId}' action='session-initiate'><media>audio</media></jingle>`,
    `<meet xmlns='tigase:push:meet:0' id='${callId}' jid='${meet}'><media>video</media></meet>`,
    '',
  ];
}

async function publish({ app, words }: Program, from: string, node: string, notification: string, isOneWay = false): Promise<string> {
  count += 1;
  const request =
    `<iq type='set' id='publish-${count}' from='${from}' to='${push}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'>` +
    `<item><notification xmlns='urn:xmpp:push:0'>${notification}</notification></item></publish><publish-options>` +
    `<x xmlns='jabber:x:data' type='submit'><field var='secret'><value>${words.secret}</value></field></x></publish-options></pubsub></iq>`;
  if (!isOneWay) return app.ask(request);
  app.peer.write(request);
  return '';
}

/** Wrong publishers, unknown nodes, no publish at all, a sender that is none, commands of strangers. */
async function refuse(program: Program, nodes: Nodes): Promise<void> {
  const { app, words } = program;
  const [summary = ''] = notifications(words);
  await publish(program, words.sender, nodeFor(nodes, 'iphone'), summary);
  await publish(program, words.domain, words.unknownNode, summary);
  await publish(program, words.domain, '', summary);
  await publish(program, `@${words.domain}/${words.secret}`, nodeFor(nodes, 'iphone'), summary, true);
  await app.ask(`<iq type='set' id='c${(count += 1)}' from='${words.owner}/x' to='${push}'>${command('set-apns-certificate', {})}</iq>`);
  await app.ask(`<iq type='set' id='c${(count += 1)}' from='${words.owner}/x' to='${push}'>${command(words.secret, {})}</iq>`);
  const unregister = command('unregister-device', { provider: ids.android, 'device-token': words.outage });
  await app.ask(`<iq type='set' id='c${(count += 1)}' from='${words.owner}/x' to='${push}'>${unregister}</iq>`);
}

async function bury(program: Program, nodes: Nodes): Promise<void> {
  const { apns, fcm, words } = program;
  const [summary = ''] = notifications(words);
  apns.expire(words.deadIphone);
  apns.markBad(words.iphoneCalls);
  fcm.unregister(words.deadAndroid);
  for (const device of ['deadIphone', 'deadIphone', 'deadAndroid']) await publish(program, words.domain, nodeFor(nodes, device), summary);
  for (const notification of notifications(words)) await publish(program, words.domain, nodeFor(nodes, 'iphone'), notification);
}

/** What services do when they are not well. */
async function fail(program: Program, nodes: Nodes): Promise<void> {
  const { apns, fcm, words } = program;
  const [summary = ''] = notifications(words);
  const push = (device: string) => publish(program, words.domain, nodeFor(nodes, device), summary);
  apns.misbehave({ kind: 'answer', status: 503, reason: 'ServiceUnavailable' });
  await push('iphone');
  apns.misbehave({ kind: 'answer', status: 403, reason: 'InvalidProviderToken' });
  await push('iphone');
  apns.misbehave({ kind: 'truncate', status: 400, reason: 'BadTopic' });
  await push('iphone');
  apns.misbehave({ kind: 'goaway', code: 0, reason: 'Shutdown' });
  fcm.misbehave({ kind: 'goaway', code: 11 });
  await Promise.all([push('iphone'), push('android')]);
  fcm.misbehave({ kind: 'disconnect', how: 'rst' });
  fcm.misbehave({ kind: 'expire-token' });
  for (let round = 0; round < 3; round += 1) await push('android');
}

async function administrate(program: Program, nodes: Nodes): Promise<void> {
  const { app, words, issueClient } = program;
  const file = issueClient().p12(words.password).toString('base64');
  const upload = async (password: string, certificate: string) => {
    const fields = { provider: ids.uploaded, certificate, password };
    return app.ask(
      `<iq type='set' id='u${(count += 1)}' from='${words.admin}/x' to='${push}'>${command('set-apns-certificate', fields)}</iq>`,
    );
  };
  await upload(words.wrongPassword, file);
  await upload(words.password, words.payload);
  await upload(words.password, file);
  await publish(program, words.domain, nodeFor(nodes, 'uploaded'), notifications(words)[0] ?? '');
}

async function callRest({ post, words }: Program): Promise<void> {
  const path = `/unregister-device/${push}`;
  for (const account of [words.owner, words.sender])
    await post(path, JSON.stringify({ account, provider: ids.logged, 'device-token': words.logged }));
  await post(path, `{"account":"${words.owner}", ${words.body}`);
  await post(`/unregister-device/${words.owner}`, '{}');
}

async function loseDatabase(program: Program, nodes: Nodes): Promise<void> {
  const { app, database, words } = program;
  const [summary = ''] = notifications(words);
  await database.stop();
  await app.ask(registerRequest(words.owner, ids.android, words.outage));
  await publish(program, words.domain, words.unknownNode.split('').reverse().join(''), summary);
  await publish(program, words.domain, nodeFor(nodes, 'android'), summary);
  await database.start();
}

function command(node: string, values: Readonly<Record<string, string>>): string {
  const fields = Object.entries(values).map(([name, value]) => `<field var='${name}'><value>${value}</value></field>`);
  return `<command xmlns='http://jabber.org/protocol/commands' node='${node}'><x xmlns='jabber:x:data' type='submit'>${fields.join('')}</x></command>`;
}

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}

function collect(words: Words, nodes: Nodes): Secrets {
  const locals = ['owner', 'admin', 'sender', 'meet'] as const;
  return new Map([
    ...Object.entries(words),
    ...[...nodes].map(([device, node]) => [`node of ${device}`, node] as const),
    ...locals.map((name) => [`local part of ${name}`, words[name].split('@')[0] ?? ''] as const),
  ]);
}
