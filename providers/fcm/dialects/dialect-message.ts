import type { Push, PushDialect } from '../../../src/index.ts';

/** What the app of another app server is sent: nothing of it is ours to add to. */
export interface DialectMessage {
  readonly data: Readonly<Record<string, string>>;
  readonly android: {
    readonly priority: 'HIGH' | 'NORMAL';
    readonly collapse_key?: string;
  };
}

export type BuildDialectMessage = (push: Push, dialect: PushDialect) => DialectMessage;
