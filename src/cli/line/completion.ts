import { listBundled } from "../../baselines/bundled.ts";
import { checks } from "../../checks/registry.ts";
import { type CommandName, commandNames, type Flag, flagsOf } from "./flags.ts";
import type { GivenOptions } from "./options.ts";
import { oneOf } from "./settings.ts";
import type { Shell } from "./shell.ts";
import { shells } from "./shells.ts";

/** `completion SHELL`: a script that completes commands, flags and the values that are known. */
export async function completion(
  operands: readonly string[],
  _given: GivenOptions,
  shell: Shell,
): Promise<number> {
  const wanted = oneOf(operands[0] ?? "", "completion", shells);
  await shell.out.write({ bash, zsh, fish }[wanted]());
  return 0;
}

interface Spelled {
  readonly name: CommandName;
  readonly flags: readonly Flag[];
}

const spelled: readonly Spelled[] = commandNames.map((name) => ({ name, flags: flagsOf(name) }));
const firstWords = [...new Set(commandNames.map((name) => name.split(" ")[0] as string))];

function secondWords(first: string): string[] {
  return commandNames
    .filter((name) => name.startsWith(`${first} `))
    .map((name) => name.slice(first.length + 1));
}

/** What may stand as the value of a flag; `undefined`: any text; `file`: a path. */
function valuesOf(flag: Flag): readonly string[] | "file" | undefined {
  if (flag.name === "baseline") return [...new Set(listBundled().map(({ id }) => id))];
  const known = flag.choices ?? flag.begins;
  if (known !== undefined) return known;
  return flag.path === true ? "file" : undefined;
}

/** What may follow a command of its own words. */
function operandsOf(name: CommandName): readonly string[] | "file" {
  if (name === "baseline show" || name === "baseline card")
    return [...new Set(listBundled().map(({ id }) => id))];
  if (name === "check explain") return checks.map(({ id }) => id);
  if (name === "completion") return shells;
  return name === "compare" || name === "policy compare" ? "file" : [];
}

function bash(): string {
  const values = new Map<string, readonly string[] | "file">();
  for (const { name, flags } of spelled) {
    for (const flag of flags) {
      const known = valuesOf(flag);
      if (known !== undefined) values.set(`${name.replace(" ", "-")}:--${flag.name}`, known);
    }
  }
  const valueCases = [...values].map(([key, known]) => {
    const reply =
      known === "file" ? 'compgen -f -- "$current"' : `compgen -W '${known.join(" ")}' -- "$current"`;
    return `    ${key}) COMPREPLY=($(${reply})); return ;;`;
  });
  const commandCases = spelled.map(({ name, flags }) => {
    const operands = operandsOf(name);
    const words = [
      ...flags.map((flag) => `--${flag.name}`),
      "--help",
      ...(operands === "file" ? [] : operands),
    ];
    const files = operands === "file" ? ' $(compgen -f -- "$current")' : "";
    return `    ${name.replace(" ", "-")}) COMPREPLY=($(compgen -W '${words.join(" ")}' -- "$current")${files}) ;;`;
  });
  const groups = firstWords.filter((word) => secondWords(word).length > 0);
  return `# chalk-audit completion bash > /etc/bash_completion.d/chalk-audit
_chalk_audit() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command=scan
  COMPREPLY=()
  case "\${COMP_WORDS[1]}" in
    ${groups.join("|")})
      if [ "$COMP_CWORD" -eq 2 ]; then
        case "\${COMP_WORDS[1]}" in
${groups.map((word) => `          ${word}) COMPREPLY=($(compgen -W '${secondWords(word).join(" ")}' -- "$current")) ;;`).join("\n")}
        esac
        return
      fi
      command="\${COMP_WORDS[1]}-\${COMP_WORDS[2]}" ;;
    ${firstWords.filter((word) => !groups.includes(word)).join("|")})
      [ "$COMP_CWORD" -gt 1 ] && command="\${COMP_WORDS[1]}" ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ] && [ "\${current#-}" = "$current" ]; then
    COMPREPLY=($(compgen -W '${firstWords.join(" ")}' -- "$current"))
    return
  fi
  case "$command:$previous" in
${valueCases.join("\n")}
  esac
  case "$command" in
${commandCases.join("\n")}
  esac
}
complete -F _chalk_audit chalk-audit
`;
}

function zsh(): string {
  const quote = (text: string) => text.replaceAll("'", "'\\''").replace(/[[\]:]/g, "\\$&");
  const cases = spelled.map(({ name, flags }) => {
    const args = flags.map((flag) => {
      const known = valuesOf(flag);
      const value = known === "file" ? "_files" : known === undefined ? " " : `(${known.join(" ")})`;
      const many = flag.many === true ? "*" : "";
      return `        '${many}--${flag.name}[${quote(flag.help)}]${flag.value === undefined ? "" : `:${flag.name}:${value}`}'`;
    });
    const operands = operandsOf(name);
    const rest = operands === "file" ? "_files" : operands.length > 0 ? `(${operands.join(" ")})` : " ";
    return `    ${name.replace(" ", "-")})
      _arguments \\
${args.join(" \\\n")} \\
        '*:${name}:${rest}' ;;`;
  });
  const groups = firstWords.filter((word) => secondWords(word).length > 0);
  return `#compdef chalk-audit
# chalk-audit completion zsh > "\${fpath[1]}/_chalk-audit"
_chalk_audit() {
  local command=scan
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    compadd -- ${firstWords.join(" ")}
    return
  fi
  case $words[2] in
    ${groups.join("|")})
      if (( CURRENT == 3 )); then
        case $words[2] in
${groups.map((word) => `          ${word}) compadd -- ${secondWords(word).join(" ")} ;;`).join("\n")}
        esac
        return
      fi
      command="$words[2]-$words[3]"; shift 2 words; (( CURRENT -= 2 )) ;;
    ${firstWords.filter((word) => !groups.includes(word)).join("|")})
      command="$words[2]"; shift words; (( CURRENT -= 1 )) ;;
  esac
  case $command in
${cases.join("\n")}
  esac
}
compdef _chalk_audit chalk-audit
`;
}

function fish(): string {
  const quote = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = [
    "# chalk-audit completion fish > ~/.config/fish/completions/chalk-audit.fish",
    "complete -c chalk-audit -f",
  ];
  for (const word of firstWords) {
    lines.push(`complete -c chalk-audit -n __fish_use_subcommand -a ${word}`);
    for (const second of secondWords(word)) {
      lines.push(
        `complete -c chalk-audit -n '__fish_seen_subcommand_from ${word}; and not __fish_seen_subcommand_from ${secondWords(word).join(" ")}' -a ${second}`,
      );
    }
  }
  for (const { name, flags } of spelled) {
    const words = name.split(" ");
    const within = words.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");
    // scan is the default: its flags also stand without its name.
    const condition =
      name === "scan"
        ? `not __fish_seen_subcommand_from ${firstWords.filter((word) => word !== "scan").join(" ")}`
        : within;
    for (const flag of flags) {
      const known = valuesOf(flag);
      const value =
        flag.value === undefined
          ? ""
          : known === "file"
            ? " -r -F"
            : known === undefined
              ? " -x"
              : ` -x -a ${quote(known.join(" "))}`;
      const short = flag.short === undefined ? "" : ` -s ${flag.short}`;
      lines.push(
        `complete -c chalk-audit -n ${quote(condition)} -l ${flag.name}${short}${value} -d ${quote(flag.help)}`,
      );
    }
    const operands = operandsOf(name);
    if (operands === "file") lines.push(`complete -c chalk-audit -n ${quote(within)} -F`);
    else if (operands.length > 0)
      lines.push(`complete -c chalk-audit -n ${quote(within)} -a ${quote(operands.join(" "))}`);
  }
  return `${lines.join("\n")}\n`;
}
