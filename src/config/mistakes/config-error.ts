/** The configuration can't be used as it is; every mistake found is one line in `mistakes`. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[], options?: ErrorOptions) {
    super(mistakes.join('\n'), options);
    this.mistakes = mistakes;
  }
}

/** The configuration file as such is missing or can't be read. */
export class ConfigUnreadable extends ConfigError {
  readonly kind = 'unreadable';
}
