const longestReason = 200;

/** What is wrong with what `checkToken` returned; nothing, if it is a verdict. */
export function faultsOfTokenVerdict(verdict: unknown): string[] {
  if (verdict instanceof Promise) return ['a promise: nobody waits for it'];
  if (typeof verdict !== 'object' || verdict === null) return [`${String(verdict)} is no verdict`];
  const { kind, ...fields } = verdict as Readonly<Record<string, unknown>>;
  if (kind === 'token') return [...faultsOfText('token', fields['token']), ...unknownBeside('token', fields)];
  if (kind === 'refused') return [...faultsOfReason(fields['reason']), ...unknownBeside('reason', fields)];
  return [`kind: ${String(kind)} is none of token, refused`];
}

function unknownBeside(known: string, fields: Readonly<Record<string, unknown>>): string[] {
  const others = Object.keys(fields).filter((name) => name !== known);
  return others.map((name) => `${name}: not a field beside ${known}`);
}

function faultsOfReason(reason: unknown): string[] {
  const faults = faultsOfText('reason', reason);
  if (faults.length > 0 || typeof reason !== 'string') return faults;
  if (reason.includes('\n')) return ['reason: more than one line'];
  return reason.length > longestReason ? [`reason: ${reason.length} characters, at most ${longestReason} are shown`] : [];
}

function faultsOfText(name: string, text: unknown): string[] {
  return typeof text === 'string' && text.trim() !== '' ? [] : [`${name}: not a text, or empty`];
}
