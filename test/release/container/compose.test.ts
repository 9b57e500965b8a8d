import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { fetchDebianPackages } from '../../../scripts/release/container/debian-packages.ts';
import { buildImageConfig } from '../../../scripts/release/container/image-config.ts';
import { findPlatform } from '../../../scripts/release/platforms.ts';
import { runTool } from '../../../scripts/release/run-tool.ts';
import { loadConfig } from '../../../src/config/reading/load-config.ts';
import { createTestFolder } from '../../helpers/database/postgres.ts';
import { epochSeconds, notHere, root } from '../built.ts';

interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck: { readonly test: readonly string[] };
  readonly networks: Readonly<Record<string, { readonly aliases?: readonly string[] } | null>>;
  readonly ports?: readonly { readonly published: string; readonly target: number; readonly host_ip?: string }[];
  readonly volumes: readonly { readonly type: string; readonly source: string; readonly target: string; readonly read_only?: boolean }[];
  readonly [key: string]: unknown;
}

interface Project {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
}

const secret = 'a secret of the test';

describe('compose.yaml, as Docker Compose reads it', { skip: notHere }, () => {
  let folder: string;
  let program: string;
  before(async () => {
    folder = await createTestFolder();
    const [file] = await fetchDebianPackages(findPlatform('linux-x64'), join(folder, 'debian'), ['docker-compose']);
    assert.ok(file !== undefined);
    await runTool('dpkg-deb', ['--extract', file, join(folder, 'tool')]);
    program = join(folder, 'tool/usr/libexec/docker/cli-plugins/docker-compose');
    await mkdir(join(folder, 'project/etc'), { recursive: true });
    await cp(join(root, 'compose.yaml'), join(folder, 'project/compose.yaml'));
    await cp(join(root, 'etc/container'), join(folder, 'project/etc/container'), { recursive: true });
    await cp(join(root, 'etc/container/secrets.env.example'), join(folder, 'project/etc/container/secrets.env'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const read = async (...profiles: string[]): Promise<Project> => {
    const args = [...profiles.flatMap((profile) => ['--profile', profile]), 'config', '--format', 'json'];
    const options = { cwd: join(folder, 'project'), env: { PATH: '/usr/bin:/bin', HOME: folder }, timeout: 60_000 };
    return JSON.parse((await promisify(execFile)(program, args, options)).stdout) as Project;
  };
  const service = (project: Project, name: string): Service => {
    const found = project.services[name];
    assert.ok(found !== undefined, name);
    return found;
  };

  test('runs Reveille alone, or with the server whose profile is asked for', async () => {
    assert.deepEqual(Object.keys((await read()).services), ['reveille']);
    assert.deepEqual(Object.keys((await read('prosody')).services).sort(), ['prosody', 'reveille']);
    assert.deepEqual(Object.keys((await read('ejabberd')).services).sort(), ['ejabberd', 'reveille']);
  });

  test('runs the image of this version, locked up, with the health check that the image has', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    const reveille = service(await read(), 'reveille');
    assert.equal(reveille.image, `reveille:${version}`, 'the default of REVEILLE_VERSION in compose.yaml');
    const { read_only: isReadOnly, cap_drop: dropped, security_opt: security, stop_grace_period: grace } = reveille;
    assert.deepEqual([isReadOnly, dropped, security, grace], [true, ['ALL'], ['no-new-privileges:true'], '30s']);
    const ofImage = buildImageConfig({ platform: findPlatform('linux-x64'), version, revision: '', epochSeconds, diffIds: [] }) as {
      config: { Healthcheck: { Test: readonly string[] }; Volumes: object };
    };
    assert.deepEqual(reveille.healthcheck.test, ofImage.config.Healthcheck.Test);
    const volumes = reveille.volumes.flatMap(({ type, target }) => (type === 'volume' ? [target] : []));
    assert.deepEqual(volumes, Object.keys(ofImage.config.Volumes));
  });

  test('keeps the component link on a network that leads nowhere, and its port unpublished', async () => {
    const project = await read('prosody', 'ejabberd');
    assert.equal(project.networks['xmpp']?.internal, true);
    for (const name of ['prosody', 'ejabberd']) {
      const { networks, ports = [] } = service(project, name);
      assert.deepEqual(networks['xmpp']?.aliases, ['xmpp'], name);
      assert.deepEqual(
        ports.map(({ target }) => target),
        [5222, 5269],
        name,
      );
    }
    const { networks, ports = [] } = service(project, 'reveille');
    assert.deepEqual(Object.keys(networks).sort(), ['outside', 'xmpp']);
    assert.deepEqual(
      ports.map(({ host_ip: host }) => host),
      ['127.0.0.1'],
    );
  });

  test('mounts files that there are, and hands the one secret to each', async () => {
    const project = await read('prosody', 'ejabberd');
    for (const [name, { volumes, environment = {} }] of Object.entries(project.services)) {
      for (const { source, read_only: isReadOnly } of volumes.filter(({ type }) => type === 'bind')) {
        assert.ok(existsSync(source), source);
        assert.equal(isReadOnly, true, source);
      }
      assert.deepEqual([environment['REVEILLE_SECRET'], environment['EJABBERD_MACRO_REVEILLE_SECRET']], ['change-me', 'change-me'], name);
    }
  });

  test("gives Reveille a configuration without mistakes, which fits the servers' ones and what is published", async () => {
    const { component, database, http } = loadConfig(join(root, 'etc/container/reveille.toml'), { REVEILLE_SECRET: secret });
    assert.deepEqual([component.jid, component.server], ['push.example.org', { host: 'xmpp', port: 5347, tls: false }]);
    assert.equal(component.secret, secret);
    assert.equal(database.dataDir, '/var/lib/reveille');
    const [port] = service(await read(), 'reveille').ports ?? [];
    assert.deepEqual(http.listen, { host: '0.0.0.0', port: port?.target });
    const prosody = await readFile(join(root, 'etc/container/prosody.cfg.lua'), 'utf8');
    assert.match(prosody, /component_ports = \{ 5347 \}[^]*Component "push\.example\.org"\n +component_secret = ENV_REVEILLE_SECRET\n/);
    const ejabberd = await readFile(join(root, 'etc/container/ejabberd.yml'), 'utf8');
    assert.match(ejabberd, /port: 5347[^]*push\.example\.org:\n[^]*password: REVEILLE_SECRET\n/);
  });
});
