import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { createSandboxApns } from '../sandbox/apns/sandbox-apns.ts';
import { describeAnswer, encodeAnswer } from '../sandbox/answer-line.ts';
import { buildAuthority, buildSigningKey } from '../sandbox/authority.ts';
import { buildTable, writeFolder } from '../sandbox/folder.ts';
import { give, parseSwitch, switchUsages, type Order } from '../sandbox/switches.ts';

const help = `reveille sandbox: an APNs on this machine, for tests and for trying things out

  --listen HOST:PORT    where to listen (default 127.0.0.1:2197; port 0 takes a free one)
  --dir FOLDER          where ca.pem, AuthKey_<id>.p8 and apns.p12 are written (default ./sandbox)
  --topic BUNDLE-ID     the app; may be repeated (default org.example.app)
  --misbehave SWITCH    done to every push, with @N to the Nth only, with @N-M or @N+ to some; may be repeated:
                        ${wrap(switchUsages, 24, 90)}
  --show-payload        print payloads too
  --json                one JSON object a line
  --help`;

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

interface Settings {
  readonly help: boolean;
  readonly host: string;
  readonly port: number;
  readonly dir: string;
  readonly topics: readonly [string, ...string[]];
  readonly orders: readonly Order[];
  readonly showPayload: boolean;
  readonly json: boolean;
}

/** Runs until SIGINT or SIGTERM and resolves with the exit status: 0, 1 where it can't start, 2 for a mistake in the arguments. */
export async function sandbox(args: readonly string[]): Promise<number> {
  const settings = readSettings(args);
  if (typeof settings === 'string') return complain(settings, 2);
  if (settings.help) {
    console.log(help);
    return 0;
  }
  try {
    await run(settings);
    return 0;
  } catch (error) {
    return complain(messageOf(error), 1);
  }
}

async function run({ host, port, dir, topics, orders, showPayload, json }: Settings): Promise<void> {
  const authority = buildAuthority();
  const key = buildSigningKey();
  const files = writeFolder(dir, authority, key, topics);
  const onAnswer = (answer: Parameters<typeof describeAnswer>[0]) =>
    console.log(json ? encodeAnswer(answer, showPayload) : describeAnswer(answer, showPayload));
  const apns = await createSandboxApns({ authority, keys: [key], topics, host, port, onAnswer });
  for (const order of orders) give(order, apns);
  const stop = stopSignal();
  const { keyId, teamId } = key;
  if (json) console.log(JSON.stringify({ event: 'ready', endpoint: apns.origin, topics, keyId, teamId, ...files }));
  else console.log(`APNs sandbox at ${apns.origin}\n\n${buildTable(topics[0], apns.origin, files, key)}\n`);
  await stop;
  await apns.close();
}

async function stopSignal(): Promise<void> {
  const done = new AbortController();
  const { signal } = done;
  await Promise.race([once(process, 'SIGINT', { signal }), once(process, 'SIGTERM', { signal })]);
  done.abort();
}

/** The settings, or what is wrong with the arguments in one line. */
function readSettings(args: readonly string[]): Settings | string {
  try {
    return parseSettings(args);
  } catch (error) {
    return messageOf(error).split('\n', 1)[0] ?? '';
  }
}

function parseSettings(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      listen: { type: 'string', default: '127.0.0.1:2197' },
      dir: { type: 'string', default: './sandbox' },
      topic: { type: 'string', multiple: true, default: ['org.example.app'] },
      misbehave: { type: 'string', multiple: true, default: [] },
      'show-payload': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [topic = '', ...others] = values.topic;
  const { help, dir, json, 'show-payload': showPayload } = values;
  return {
    help,
    ...parseListen(values.listen),
    dir,
    topics: [topic, ...others],
    orders: values.misbehave.map(parseSwitch),
    showPayload,
    json,
  };
}

function parseListen(text: string): { readonly host: string; readonly port: number } {
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host === '' || Number(port) > 65_535) throw new Error(`--listen ${text}: expected HOST:PORT`);
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function complain(message: string, status: number): number {
  console.error(`reveille sandbox: ${message}`);
  return status;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
