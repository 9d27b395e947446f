import type { CommandContext, CommonOptions } from '../command-context.js';
import { write } from '../io.js';

/**
 * Each asks `referent complete -- WORDS…` and reads a candidate a line, with its description behind a tab, and a last
 * line `:files`, `:folders` or `:none`: whether paths come into question as well.
 */
const scripts: Readonly<Record<string, string>> = {
  bash: `# referent: completion for bash
_referent() {
  local line kind=none current=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  while IFS=$'\\t' read -r line _; do
    case $line in
      :*) kind=\${line#:} ;;
      ?*) COMPREPLY+=("$line") ;;
    esac
  done < <("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  case $kind in
    files | folders)
      compopt -o filenames 2>/dev/null
      local flag=-f
      [ "$kind" = folders ] && flag=-d
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$flag" -- "$current")
      ;;
  esac
}
complete -F _referent referent
`,
  zsh: `# referent: completion for zsh
_referent() {
  local line kind=none
  local -a values
  while IFS= read -r line; do
    case $line in
      :*) kind=\${line#:} ;;
      ?*) values+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done < <("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( $#values )) && _describe referent values
  case $kind in
    files) _files ;;
    folders) _files -/ ;;
  esac
}
compdef _referent referent
`,
  fish: `# referent: completion for fish
function __referent_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    for line in ($program complete -- $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$current"
            case :folders
                __fish_complete_directories "$current"
            case ':*'
            case '*'
                echo $line
        end
    end
end
complete -c referent -f -a '(__referent_complete)'
`,
};

/** Prints the script that teaches a shell to complete. */
export async function complete(
  { io }: CommandContext,
  _options: CommonOptions,
  [shell]: readonly string[],
): Promise<number> {
  await write(io.stdout, scripts[shell!]!);
  return 0;
}
