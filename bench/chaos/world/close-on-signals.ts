/** How to close what is owned, which signals to end do as well: a database outlives this process unless it is ended. */
export function closeOnSignals(owned: AsyncDisposableStack): () => Promise<void> {
  let closing: Promise<void> | undefined;
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
  const stop = () => void close().finally(() => process.exit(1));
  const close = () => {
    for (const signal of signals) process.off(signal, stop);
    return (closing ??= owned.disposeAsync());
  };
  for (const signal of signals) process.on(signal, stop);
  return close;
}
