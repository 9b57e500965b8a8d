import type { AdminConfig } from './sections/admin.ts';
import type { ComponentConfig } from './sections/component.ts';
import type { DatabaseConfig } from './sections/database.ts';
import type { DialectsConfig } from './sections/dialects.ts';
import type { DeliveryConfig } from './sections/delivery.ts';
import type { HttpConfig } from './sections/http.ts';
import type { LimitsConfig } from './sections/limits.ts';
import type { LocalPushConfig } from './sections/local-push.ts';
import type { LogConfig } from './sections/log.ts';
import type { ProviderConfig } from './sections/providers.ts';

export type { ProviderConfig };

/** The configuration after parsing: frozen, durations in milliseconds, paths absolute, secrets non-enumerable. */
export interface Config {
  /** Absolute path of the TOML file. */
  readonly file: string;
  readonly component: ComponentConfig & {
    /** PEM text of extra trust anchors for a `tls://` server. */
    readonly ca: string | undefined;
  };
  readonly database: DatabaseConfig;
  readonly http: HttpConfig;
  readonly log: LogConfig;
  readonly delivery: DeliveryConfig;
  readonly limits: LimitsConfig;
  readonly providers: readonly ProviderConfig[];
  readonly dialects: DialectsConfig;
  /** Absent: off. */
  readonly localPush?: LocalPushConfig | undefined;
  /** Absent: no status page. */
  readonly admin?: AdminConfig | undefined;
}
