export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Options as they stand in the usage text, flag and meaning; undefined where the command answers `--help` itself. */
  readonly options: readonly (readonly [flag: string, meaning: string])[] | undefined;
  /** Settles with the exit code; rejects with a UsageError, a ConfigError, or whatever else went wrong. */
  run(args: readonly string[]): Promise<number>;
}

const config = ['--config FILE', 'the configuration, a TOML file'] as const;

/** Every command; its code is loaded when it runs. */
export const commands: readonly Command[] = [
  {
    name: 'serve',
    summary: 'runs until it is told to end (SIGTERM or Ctrl-C)',
    options: [config],
    run: async (args) => (await import('./serve.ts')).serve(args),
  },
  {
    name: 'check',
    summary: 'reads the configuration, loads every provider and its credentials, and lists all mistakes',
    options: [config],
    run: async (args) => (await import('./check.ts')).check(args),
  },
  {
    name: 'sandbox',
    summary: "plays Apple's push service on this machine, for tests and for trying things out",
    options: undefined,
    run: async (args) => (await import('./sandbox.ts')).sandbox(args),
  },
  {
    name: 'migrate',
    summary: 'brings the database to the state this version needs (serve does it as well)',
    options: [config],
    run: async (args) => (await import('./migrate.ts')).migrate(args),
  },
];
