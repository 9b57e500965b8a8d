const everyMs = 100;
/** The process was busy for so long that peers had no chance to be heard. */
const lateMs = 10 * everyMs;

/** A coarse timer that runs only while there is work; one for all deadlines, pings and signals of a pool. */
export interface Beat {
  start(): void;
  /** Called by whoever started it. */
  stop(): void;
}

export function createBeat(act: (now: number, isLate: boolean) => void): Beat {
  let timer: NodeJS.Timeout | undefined;
  let last = 0;
  const beat = () => {
    const now = performance.now();
    const isLate = now - last > lateMs;
    last = now;
    act(now, isLate);
  };
  return {
    start() {
      if (timer !== undefined) return;
      last = performance.now();
      timer = setInterval(beat, everyMs);
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}
