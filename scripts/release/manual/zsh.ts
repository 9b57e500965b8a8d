import { type Described, type Option, takesFile } from './describe.ts';

/** Completion for zsh, with what each command and option means. */
export function buildZsh(commands: readonly Described[]): string {
  const names = commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`);
  const branches = commands.map(({ name, verbs, options }) => {
    const first = verbs.length === 0 ? [] : [quote(`1:what:(${verbs.join(' ')})`)];
    const specs = [...first, ...options.map(describe), quote('*:file:_files')];
    return `    ${name}) _arguments ${specs.join(' ')} ;;`;
  });
  return `#compdef reveille
_reveille() {
  local -a commands=(
${names.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe -t commands command commands
    _arguments '--help[shows this text]' '--version[shows the version]'
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
${branches.join('\n')}
  esac
}
_reveille "$@"
`;
}

function describe(option: Option): string {
  const { flag, value, meaning } = option;
  const argument = value === '' ? '' : `:${escape(value)}:${takesFile(option) ? '_files' : ''}`;
  return quote(`${flag}[${escape(meaning)}]${argument}`);
}

function escape(text: string): string {
  return text.replaceAll(/[\\[\]:]/g, '\\$&');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
