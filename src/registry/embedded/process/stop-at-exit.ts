/**
 * However this process ends, `kill -9` and crashes of the runtime excepted, the one that `find` names is sent that signal;
 * it ends by itself, and nobody waits for it. Returns what takes that back.
 */
export function stopAtExit(find: () => number | undefined, signal: NodeJS.Signals): () => void {
  const tell = (): void => {
    const pid = find();
    if (pid !== undefined) signalProcess(pid, signal);
  };
  process.once('exit', tell);
  return () => void process.off('exit', tell);
}

export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it ended by itself
  }
}
