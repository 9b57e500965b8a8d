import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { buildAuthority } from '../../../src/sandbox/authority.ts';
import type { Answer, DrawnFrame } from './inputs.ts';
import { RawPeer } from './raw-peer.ts';

export const authority = buildAuthority();

/** What one input has its requests answered with, and what it was answered. */
export interface Script {
  /** Those still to come. */
  readonly answers: Answer[];
  token: Answer | undefined;
  readonly given: Answer[];
  readonly deviceToken: string;
  readonly accessToken: string;
}

/** One server for APNs, FCM and Google's token endpoint, which finds the script of a request by a number in its body. */
export interface Service {
  readonly origin: string;
  readonly scripts: Map<string, Script>;
  close(): void;
}

export async function openService(greeting: readonly DrawnFrame[] = []): Promise<Service> {
  const scripts = new Map<string, Script>();
  const sockets = new Set<TLSSocket>();
  let greetings = [greeting];
  const server = createServer({ ...authority.server, ALPNProtocols: ['h2'] }, (socket) => {
    sockets.add(socket.on('error', () => undefined).once('close', () => sockets.delete(socket)));
    // Only the first connection is greeted: with the next one all is well.
    const [first = []] = greetings;
    greetings = [];
    new RawPeer(socket, first, (body, peer, stream) => answer(scripts, body, peer, stream));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    scripts,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function answer(scripts: ReadonlyMap<string, Script>, body: string, peer: RawPeer, stream: number): void {
  const assertion = new URLSearchParams(body).get('assertion');
  const text = assertion === null ? body : Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString();
  const script = scripts.get(/fuzz-(\d+)-/.exec(text)?.[1] ?? '');
  if (script === undefined) return;
  const said = assertion === null ? nextOf(script, text) : (script.token ?? goodToken);
  if (assertion !== null) script.token = undefined;
  const words: Readonly<Record<string, string>> = { TOKEN: script.deviceToken, ACCESS: script.accessToken, ASSERTION: assertion ?? '' };
  peer.answer(stream, said, (template) => template.replace(/\$(TOKEN|ACCESS|ASSERTION)/g, (_, word: string) => words[word] ?? ''));
}

function nextOf(script: Script, text: string): Answer {
  const said = script.answers.shift() ?? (text.includes('"aps"') ? goodApns : goodFcm);
  script.given.push(said);
  return said;
}

const good = { kind: 'response', status: '200', headers: [], end: 'data' } as const;
const goodApns: Answer = { ...good, body: { kind: 'text', text: '' } };
const goodFcm: Answer = { ...good, body: { kind: 'text', text: '{"name":"projects/example-app/messages/1"}' } };
const goodToken: Answer = { ...good, body: { kind: 'text', text: '{"access_token":"$ACCESS","expires_in":3600,"token_type":"Bearer"}' } };
