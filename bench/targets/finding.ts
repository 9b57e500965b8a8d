/** One figure beside what it should be. */
export interface Finding {
  readonly figure: string;
  readonly target: string;
  readonly measured: string;
  readonly isReached: boolean;
}

/** The measured value must not be above the target. */
export function atMost(figure: string, most: number, value: number, unit = '', digits = 2): Finding {
  return { figure, target: `≤ ${most}${unit}`, measured: `${value.toFixed(digits)}${unit}`, isReached: value <= most };
}

/** The measured value must not be below the target. */
export function atLeast(figure: string, least: number, value: number, unit = '', digits = 2): Finding {
  return { figure, target: `≥ ${least}${unit}`, measured: `${value.toFixed(digits)}${unit}`, isReached: value >= least };
}

/** A note beside the measured value. */
export function noting(finding: Finding, note: string): Finding {
  return { ...finding, measured: `${finding.measured} (${note})` };
}

/** As a Markdown table; what is missed stands out. */
export function buildTable(findings: readonly Finding[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rows = findings.map(({ figure, target, measured, isReached }) => line([figure, target, measured, isReached ? 'yes' : '**no**']));
  return [line(['figure', 'target', 'measured', 'reached']), line(['---', '---:', '---:', '---']), ...rows].join('\n');
}
