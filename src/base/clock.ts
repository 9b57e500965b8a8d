/**
 * Milliseconds since the epoch by a clock that nobody can set: it starts with the machine's and runs on steadily. For what
 * begins and ends within this process; what others are to read is told by the machine's own.
 */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}

/** A moment of the steady clock as others see it. In whole seconds: no clock that is less wrong was set. */
export function toMachineTime(at: Date): Date {
  const setBySeconds = Math.round((Date.now() - steadyNow()) / 1000);
  return new Date(at.getTime() + setBySeconds * 1000);
}
