import { parseArgs } from 'node:util';
import { fcmSwitchUsages, parseFcmSwitch, type FcmOrder } from '../../sandbox/fcm/switches.ts';
import { parseSwitch, switchUsages, type Order } from '../../sandbox/switches.ts';
import { parseWebpushSwitch, webpushSwitchUsages, type WebpushOrder } from '../../sandbox/webpush/switches.ts';

export const sandboxHelp = `reveille sandbox: an APNs, an FCM and a Web Push service on this machine, for tests and for trying things out

  --listen HOST:PORT    where APNs listens (default 127.0.0.1:2197; port 0 takes a free one)
  --fcm-listen HOST:PORT
                        where FCM takes messages (default 127.0.0.1:2198, or a free port beside --listen HOST:0)
  --fcm-token-listen HOST:PORT
                        where FCM gives access tokens (default a free port beside the messages)
  --webpush-listen HOST:PORT
                        where Web Push takes messages (default 127.0.0.1:2199, or a free port beside --listen HOST:0)
  --dir FOLDER          where ca.pem, AuthKey_<id>.p8, apns.p12, service-account.json and vapid.pem are written
                        (default ./sandbox)
  --topic BUNDLE-ID     the app; may be repeated (default org.example.app)
  --misbehave SWITCH    done to every push by APNs, with @N to the Nth only, with @N-M or @N+ to some; may be repeated:
                        ${wrap(switchUsages, 24, 90)}
  --misbehave-fcm SWITCH
                        the same for FCM; with token- before it, for access tokens:
                        ${wrap(fcmSwitchUsages, 24, 90)}
  --misbehave-webpush SWITCH
                        the same for Web Push:
                        ${wrap(webpushSwitchUsages, 24, 90)}
  --show-payload        print payloads too
  --json                one JSON object a line
  --help`;

export interface Listen {
  readonly host: string;
  readonly port: number;
}

export interface SandboxSettings {
  readonly help: boolean;
  readonly apns: Listen;
  readonly fcm: Listen;
  readonly fcmTokens: Listen;
  readonly webpush: Listen;
  readonly dir: string;
  readonly topics: readonly [string, ...string[]];
  readonly orders: readonly Order[];
  readonly fcmOrders: readonly FcmOrder[];
  readonly webpushOrders: readonly WebpushOrder[];
  readonly showPayload: boolean;
  readonly json: boolean;
}

/** Throws an Error whose message begins with what is wrong. */
export function parseSandboxSettings(args: readonly string[]): SandboxSettings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      listen: { type: 'string', default: '127.0.0.1:2197' },
      'fcm-listen': { type: 'string' },
      'fcm-token-listen': { type: 'string' },
      'webpush-listen': { type: 'string' },
      dir: { type: 'string', default: './sandbox' },
      topic: { type: 'string', multiple: true, default: ['org.example.app'] },
      misbehave: { type: 'string', multiple: true, default: [] },
      'misbehave-fcm': { type: 'string', multiple: true, default: [] },
      'misbehave-webpush': { type: 'string', multiple: true, default: [] },
      'show-payload': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [topic = '', ...others] = values.topic;
  const { help, dir, json, 'show-payload': showPayload, 'fcm-token-listen': tokenListen } = values;
  const apns = parseListen('--listen', values.listen);
  const beside = (option: '--fcm-listen' | '--webpush-listen', text: string | undefined, port: number) =>
    text === undefined ? { host: '127.0.0.1', port: apns.port === 0 ? 0 : port } : parseListen(option, text);
  const fcm = beside('--fcm-listen', values['fcm-listen'], 2198);
  return {
    help,
    apns,
    fcm,
    fcmTokens: tokenListen === undefined ? { host: fcm.host, port: 0 } : parseListen('--fcm-token-listen', tokenListen),
    webpush: beside('--webpush-listen', values['webpush-listen'], 2199),
    dir,
    topics: [topic, ...others],
    orders: values.misbehave.map(parseSwitch),
    fcmOrders: values['misbehave-fcm'].map(parseFcmSwitch),
    webpushOrders: values['misbehave-webpush'].map(parseWebpushSwitch),
    showPayload,
    json,
  };
}

function parseListen(option: string, text: string): Listen {
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host === '' || Number(port) > 65_535) throw new Error(`${option} ${text}: expected HOST:PORT`);
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

/** The items with commas between, in indented lines of that many characters. */
function wrap(items: readonly string[], indent: number, width: number): string {
  const lines = [''];
  for (const item of items) {
    const line = lines.at(-1) ?? '';
    if (line.length + item.length > width) lines.push(`${item}, `);
    else lines.splice(-1, 1, `${line}${item}, `);
  }
  return lines
    .map((line) => line.trimEnd())
    .join(`\n${' '.repeat(indent)}`)
    .replace(/,$/, '');
}
