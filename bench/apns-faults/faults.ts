/** A fault by its switches, as `reveille sandbox --misbehave` takes them; the numbers count the pushes of the burst. */
export interface Fault {
  readonly name: string;
  readonly switches: readonly string[];
  /** The burst is the first thing the client sends. */
  readonly isCold?: true;
}

export const faults: readonly Fault[] = [
  { name: 'none', switches: [] },
  { name: 'one stream until the first accepted push', switches: ['limit-late'], isCold: true },
  { name: 'limit falls to one after a rejection', switches: ['limit-falls', 'answer=BadDeviceToken@100', 'answer=BadDeviceToken@200'] },
  { name: 'GOAWAY 0', switches: ['goaway@250'] },
  { name: 'GOAWAY 7', switches: ['goaway=7@250'] },
  { name: 'GOAWAY 11', switches: ['goaway=11@250'] },
  { name: 'RST', switches: ['rst@250'] },
  { name: 'FIN', switches: ['fin@250'] },
  { name: 'half-open', switches: ['half-open@250'] },
  { name: 'frozen', switches: ['freeze@250'] },
  { name: 'streams end without answer', switches: ['close-stream@250-269'] },
  { name: 'slow (400 ms)', switches: ['delay=400@100-299'] },
  { name: '429 storm', switches: ['answer=TooManyRequests@100-299'] },
  { name: '500 storm', switches: ['answer=InternalServerError@100-299'] },
  { name: '503 storm', switches: ['answer=ServiceUnavailable@100-299'] },
  { name: '503 with broken JSON', switches: ['truncated=Shutdown@100-149'] },
  { name: '503 with unknown reason', switches: ['unknown-reason=503@100-149'] },
  { name: 'provider token expired', switches: ['expire-token@250'] },
];

/** Enough to see that the bench works. */
export const quickFaults: readonly Fault[] = faults
  .filter(({ name }) => ['one stream until the first accepted push', 'GOAWAY 7', '503 storm'].includes(name))
  .map(({ switches, ...fault }) => ({ ...fault, switches: switches.map((text) => text.replace(/@.*/, '@50')) }));
