import type { Described } from './describe.ts';

/** Completion for bash: commands, then verbs and options; values are completed as names of files. */
export function buildBash(commands: readonly Described[]): string {
  const branches = commands.map(({ name, verbs, options }) => {
    const flags = options.map(({ flag }) => flag);
    const valued = options.filter(({ value }) => value !== '').map(({ flag }) => flag);
    return `    ${name}) words='${[...verbs, ...flags].join(' ')}' valued='${valued.join(' ')}' ;;`;
  });
  return `# bash completion for reveille
_reveille() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} words='' valued=''
  COMPREPLY=()
  case \${COMP_WORDS[1]} in
${branches.join('\n')}
  esac
  if ((COMP_CWORD == 1)); then
    words='${[...commands.map(({ name }) => name), '--help', '--version'].join(' ')}'
  elif [[ " $valued " == *" $previous "* ]]; then
    return
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F _reveille reveille
`;
}
