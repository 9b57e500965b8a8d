import type { CreateProvider } from './provider.ts';

/** What the libraries that follow Standard Schema (https://standardschema.dev) have in common, as far as Reveille uses it. */
export interface OptionsSchema {
  readonly '~standard': {
    validate(value: unknown): OptionsResult | Promise<OptionsResult>;
  };
}

export interface OptionsResult {
  readonly issues?: readonly OptionsIssue[] | undefined;
}

export interface OptionsIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What the module of a provider exports: its factory, and where it has one the schema of its options. */
export interface ProviderExports {
  readonly default: CreateProvider;
  /** Validates synchronously; `reveille check` tells each issue with its key before `default` is called. */
  readonly options?: OptionsSchema;
}
