import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { anna, nodeOf, registerRequest } from '../helpers/app.ts';
import { createTestFolder } from '../helpers/database/postgres.ts';
import { startXmppServer } from '../helpers/xmpp-server.ts';
import type { XmppPeer, XmppServer } from '../helpers/xmpp-server.ts';
import { publishes } from '../handlers/publishes.ts';
import { startReveille } from '../servers/reveille.ts';
import type { ReveilleProcess } from '../servers/reveille.ts';
import { layUsedDatabase } from '../helpers/database/used-database.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { lateFailures } from './bad-providers/late.ts';

const build = publishes['MongooseIM']!;
const path = (file: string) => new URL(file, import.meta.url).pathname;

describe('a provider that fails when nobody is waiting for it', () => {
  let folder: string;
  let server: XmppServer;
  let reveille: ReveilleProcess | undefined;
  let peer: XmppPeer;

  before(async () => {
    folder = await createTestFolder();
    server = await startXmppServer();
    const table = (id: string, use: string) => `[providers."${id}"]\nuse = "${use}"\n`;
    await writeFile(
      join(folder, 'reveille.toml'),
      `[component]\njid = "push.test"\nserver = "127.0.0.1:${server.port}"\nsecret = "${server.secret}"\n` +
        `[database]\ndata-dir = "data"\n[http]\nlisten = "127.0.0.1:0"\n[delivery]\nanswer-within = "2s"\n` +
        table('accepting', path('../helpers/scripted-provider.ts')) +
        ['creation', ...Object.keys(lateFailures)].map((id) => table(id, path('bad-providers/late.ts'))).join(''),
    );
    await layUsedDatabase(join(folder, 'data'));
    reveille = await startReveille(join(folder, 'reveille.toml'));
    peer = await server.online();
  });
  after(async () => {
    await reveille?.kill();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const failureOf = (id: string) =>
    waitFor(`the log to name ${id}`, () => reveille?.lines.find(({ event, provider }) => event === 'provider-failed' && provider === id));

  test('at its creation: it is logged, the program starts', async () => {
    assert.equal((await failureOf('creation'))['call'], 'unhandledRejection');
  });

  for (const id of Object.keys(lateFailures)) {
    test(`by way of: ${id}. It is logged as this provider's, and pushes go on`, async () => {
      const node = nodeOf(await peer.ask(registerRequest(anna, id, `late-${id}`)));
      assert.match(await peer.ask(build(node, `late-${id}`)), /type="result"/);
      assert.ok(!JSON.stringify(await failureOf(id)).includes('a secret in a message'));
      const fine = nodeOf(await peer.ask(registerRequest(anna, 'accepting', 'accept')));
      assert.match(await peer.ask(build(fine, `fine-${id}`)), /type="result"/);
    });
  }

  test('and then the program ends as it should', async () => {
    assert.equal(await reveille?.stop(), 0);
  });
});

/** Runs this in a process that survives the late errors of providers, to its end. */
async function runProgram(program: string): Promise<{ code: number | null; out: string; errors: string }> {
  const prelude =
    `import { surviveLateErrors } from '${path('../../src/push/guard/late-errors.ts')}';` +
    `import { runAsProvider, runAsOurselves } from '${path('../../src/push/guard/provider-context.ts')}';` +
    `import { createLog } from '${path('../../src/log/log.ts')}'; surviveLateErrors(createLog('info'));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', prelude + program], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { code, out, errors };
}

const ours: Readonly<Record<string, string>> = {
  'a throw': `throw new Error('our bug')`,
  'a rejection': `Promise.reject(new Error('our bug'))`,
  'what follows a push': `runAsProvider('acme', async () => 1).then(() => { throw new Error('our bug') })`,
  'what a provider called': `runAsProvider('acme', () => runAsOurselves(() => setTimeout(() => { throw new Error('our bug') })))`,
};
for (const [name, program] of Object.entries(ours))
  test(`an error of our own (${name}) ends the process as ever`, async () => {
    const { code, errors } = await runProgram(`setTimeout(() => process.exit(0), 20_000); setTimeout(() => { ${program} })`);
    assert.equal(code, 1);
    assert.match(errors, /our bug[^]*at /);
  });

test('of many late errors of one provider only the first is logged at once', async () => {
  const { code, out } = await runProgram(
    `for (let count = 0; count < 50; count += 1) for (const name of ['a', 'b']) runAsProvider(name, () => Promise.reject(new Error('x')))`,
  );
  assert.equal(code, 0);
  assert.equal(out.match(/provider-failed/g)?.length, 2);
});
