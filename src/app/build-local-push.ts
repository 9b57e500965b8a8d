import type { RequestListener } from 'node:http';
import type { Config } from '../config/config.ts';
import { LocalPush, type LocalPushOptions } from '../local-push/local-push.ts';
import { openListener, type HttpServer } from '../http/listener.ts';
import { loadServerCertificate } from '../http/tls/server-certificate.ts';
import type { Log } from '../log/log.ts';
import type { Measurements } from '../metrics/measurements.ts';
import type { ProviderGuard } from '../push/guard/provider-guard.ts';
import type { LateRegistry } from './late-registry.ts';

export interface LocalPushParts extends Pick<LocalPushOptions, 'onConnect'> {
  readonly guards: ReadonlyMap<string, ProviderGuard>;
  readonly registry: LateRegistry;
  readonly log: Log;
  readonly measurements: Measurements;
}

/** Undefined where it is off: then nothing of it is there. */
export function buildLocalPush({ component, delivery, localPush }: Config, { guards, ...parts }: LocalPushParts): LocalPush | undefined {
  if (localPush === undefined) return undefined;
  return new LocalPush({
    ...parts,
    ...localPush,
    // The push service has to have a chance before the publish is answered.
    answerWithinMs: Math.min(localPush.answerWithinMs, delivery.answerWithinMs / 2),
    componentSecret: component.secret,
    contentOf: (push, provider) => guards.get(provider)?.contentOf(push) ?? { account: push.account },
  });
}

/** Once the database is there, registrations that change and the other instances are heard of. */
export function joinLocalPush(localPush: LocalPush | undefined, registry: LateRegistry, opened: Promise<void>): void {
  localPush?.join(
    opened.then(() => {
      registry.watchDevices((nodes) => localPush.changed(nodes));
      return registry.wire;
    }),
  );
}

/** A port for devices and nothing else, where one is configured. Closed by whoever opens it, after local push is drained. */
export async function openOwnListener(
  { localPush: config, http }: Config,
  localPush: LocalPush | undefined,
  log: Log,
): Promise<HttpServer | undefined> {
  if (config?.own === undefined || localPush === undefined) return undefined;
  const { listen, certificate } = config.own;
  const [mistake] = listCertificateMistakes({ localPush: config });
  if (mistake !== undefined) throw new AggregateError([new Error(mistake)]);
  // A proxy that ends TLS before us is not in the way of TLS that ends here.
  const trustProxy = certificate === undefined && http.trustProxy;
  return openListener({ listen, certificate, keeper: localPush.door, trustProxy, handle: answerNothing }, log);
}

/** What is wrong with the certificate of local push's own port, as a mistake of the configuration. */
export function listCertificateMistakes({ localPush }: Pick<Config, 'localPush'>): readonly string[] {
  const files = localPush?.own?.certificate;
  if (files === undefined) return [];
  try {
    loadServerCertificate(files);
    return [];
  } catch (error) {
    return [`local-push.${error instanceof Error ? error.message : String(error)}`];
  }
}

const answerNothing: RequestListener = (_request, response) => void response.writeHead(404, { 'Content-Length': 0 }).end();
