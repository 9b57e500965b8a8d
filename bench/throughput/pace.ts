const tickMs = 1;

/** Calls `take` with how many are due, evenly `perSecond`, until the returned function is called. */
export function startPace(perSecond: number, take: (count: number) => void): () => void {
  const startedAt = performance.now();
  let taken = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) * perSecond) / 1000) - taken;
    taken += due;
    if (due > 0) take(due);
  }, tickMs);
  return () => clearInterval(timer);
}
