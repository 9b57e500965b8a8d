/** Is told what happens at a service. */
export interface Witness<Answer> {
  /** Every answer that is given. */
  readonly onAnswer?: ((answer: Answer) => void) | undefined;
  /** Every request that was read and is not ignored, and whether a misbehaviour is done to it. */
  readonly onRequest?: ((request: { readonly id: string; readonly token: string }, isMisbehaved: boolean) => void) | undefined;
}
