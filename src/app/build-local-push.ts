import type { Config } from '../config/config.ts';
import { LocalPush, type LocalPushOptions } from '../local-push/local-push.ts';
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
