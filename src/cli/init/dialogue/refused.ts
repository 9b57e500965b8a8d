/** It ends here, for a reason that is said; nothing half-done is left. */
export class Refused extends Error {
  override readonly name: string = 'Refused';
}

/** Ctrl-C, a signal, or the end of what a person types. */
export class Interrupted extends Refused {
  override readonly name = 'Interrupted';
  constructor(options?: ErrorOptions) {
    super('interrupted', options);
  }
}
