/** What is wrong with a status; nothing, if it is one. */
export function faultsOfStatus(status: unknown): string[] {
  if (typeof status !== 'object' || status === null) return [`${String(status)} is no status`];
  if (status instanceof Promise) return ['it is a promise; it has to be at hand at once'];
  const { ready, reason, credentialExpiresAt, sessions } = status as Readonly<Record<string, unknown>>;
  return [
    ...(typeof ready === 'boolean' ? [] : ['ready: not a boolean']),
    ...(isReason(reason, ready) ? [] : ['reason: not a text, or empty, or missing beside ready = false']),
    ...(isMoment(credentialExpiresAt) ? [] : ['credentialExpiresAt: not a valid Date']),
    ...(isCount(sessions) ? [] : ['sessions: not a whole number from 0 on']),
  ];
}

function isReason(reason: unknown, ready: unknown): boolean {
  return reason === undefined ? ready !== false : typeof reason === 'string' && reason.trim() !== '';
}

function isMoment(value: unknown): boolean {
  return value === undefined || (value instanceof Date && !Number.isNaN(value.getTime()));
}

function isCount(value: unknown): boolean {
  return value === undefined || (typeof value === 'number' && Number.isInteger(value) && value >= 0);
}
