import { type Described, type Option, takesFile } from './describe.ts';

/** Completion for fish, with what each command and option means. */
export function buildFish(commands: readonly Described[]): string {
  const known = '__fish_use_subcommand';
  const lines = commands.flatMap(({ name, summary, verbs, options }) => {
    const inside = `complete -c reveille -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c reveille -f -n ${known} -a ${name} -d ${quote(summary)}`,
      ...(verbs.length === 0 ? [] : [`${inside} -f -a ${quote(verbs.join(' '))}`]),
      ...options.map((option) => `${inside} ${describe(option)}`),
    ];
  });
  return [
    '# fish completion for reveille',
    `complete -c reveille -f -n ${known} -l help -d 'shows this text'`,
    `complete -c reveille -f -n ${known} -l version -d 'shows the version'`,
    ...lines,
    '',
  ].join('\n');
}

function describe(option: Option): string {
  const { flag, value, meaning } = option;
  const argument = value === '' ? '' : takesFile(option) ? ' -r -F' : ' -x';
  return `-l ${flag.slice(2)}${argument} -d ${quote(meaning)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
