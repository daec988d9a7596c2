import { Command, CommanderError, Option } from "commander";
import { didYouMean } from "../../text/nearest.ts";
import { UsageError } from "./errors.ts";
import { type CommandName, commandNames, type Flag, flagsOf } from "./flags.ts";
import { fromEnvironment, type Given, type GivenOptions, inOrder, keyOf } from "./options.ts";
import type { Shell } from "./shell.ts";
import { shells } from "./shells.ts";
import { version } from "./version.ts";

/** Carries out one command: its operands, and the options of command line and environment. */
type Action = (operands: readonly string[], given: GivenOptions, shell: Shell) => Promise<number>;

interface Entry {
  readonly name: CommandName;
  readonly title: string;
  /** As commander writes them: `<old> <new>`. */
  readonly operands?: string;
  /** What its exit status means, where it is not that of every command: 0 done, 2 usage or internal error. */
  readonly exits?: string;
  /** Loads the code of the command, and nothing before: a scan need not load what a comparison needs. */
  readonly load: () => Promise<Action>;
}

const entries: readonly Entry[] = [
  {
    name: "scan",
    title: "audit live state, or recorded state, against baselines (the default command)",
    exits: "0 no drift, 1 drift, 2 usage or internal error, 3 something could not be assessed",
    load: async () => (await import("../commands/scan.ts")).scan,
  },
  {
    name: "collect",
    title: "record the state of a target in a file, to audit it later",
    exits: "0 everything was read, 2 usage or internal error, 3 something could not be read",
    load: async () => (await import("../commands/collect.ts")).collect,
  },
  {
    name: "compare",
    title: "what is new, gone and unchanged between two reports or two snapshots",
    operands: "<old> <new>",
    exits: "0 no new drift, 1 drift is new or has changed, 2 usage error, 3 the new side is not complete",
    load: async () => (await import("../commands/compare.ts")).compare,
  },
  {
    name: "review",
    title: "before a scope-down: which permissions go, which were used, what would break, what to apply",
    exits:
      "0 nothing that was used breaks, 1 a recorded call would be refused, 2 usage or internal error, 3 something could not be read or decided",
    load: async () => (await import("../commands/review.ts")).review,
  },
  {
    name: "waiver",
    title: "entries of a waiver file that accept findings exactly as a report has them",
    operands: "<fingerprint...>",
    load: async () => (await import("../commands/waiver.ts")).waiver,
  },
  {
    name: "baseline list",
    title: "the bundled baselines",
    load: async () => (await import("../commands/baseline.ts")).baselineList,
  },
  {
    name: "baseline show",
    title: "what a baseline demands: its parameters, controls and errata",
    operands: "<baseline>",
    load: async () => (await import("../commands/baseline.ts")).baselineShow,
  },
  {
    name: "baseline card",
    title: "what a vendor asks for, in words, before anything is granted",
    operands: "<baseline>",
    load: async () => (await import("../commands/baseline-card.ts")).baselineCard,
  },
  {
    name: "check list",
    title: "the checks",
    load: async () => (await import("../commands/check.ts")).checkList,
  },
  {
    name: "check explain",
    title: "what a check looks at, what its findings mean and how to put them right",
    operands: "<check>",
    load: async () => (await import("../commands/check.ts")).checkExplain,
  },
  {
    name: "policy compare",
    title: "the exact difference of two sets of native policy documents",
    operands: "<documented...>",
    exits: "0 equal, 1 different, 2 usage error or unreadable input, 3 undecided and otherwise equal",
    load: async () => (await import("../commands/policy.ts")).policyCompare,
  },
  {
    name: "permissions",
    title: "the scanner's own least-privilege policy: AWS policy, Azure role or Kubernetes manifest",
    load: async () => (await import("../commands/permissions.ts")).permissions,
  },
  {
    name: "preflight",
    title: "try every read that a scan makes, and name the permissions that are missing",
    exits:
      "0 every permission is there, 2 usage or internal error, 3 a permission is missing or a read failed",
    load: async () => (await import("../commands/preflight.ts")).preflight,
  },
  {
    name: "completion",
    title: `a completion script for the shell: ${shells.join(", ")}`,
    operands: "<shell>",
    load: async () => (await import("./completion.ts")).completion,
  },
];

/** What groups the commands of two words. */
const groups: Readonly<Record<string, string>> = {
  baseline: "what the bundled baselines demand",
  check: "what the checks look at",
  policy: "native policy documents",
};

/** The last lines of a command's help. */
function closingOf({ name, exits = "0 done, 2 usage or internal error" }: Entry): string {
  const readable = flagsOf(name).some((flag) => flag.name === "config");
  const from = "Every option is also read from CHALK_AUDIT_<OPTION> and from chalk-audit.yaml.\n";
  return `\nExit status: ${exits}.\n${readable ? from : ""}`;
}

/**
 * Carries out one command line.
 * @returns the exit status
 * @throws UsageError and the errors of the command
 */
export async function run(words: readonly string[], shell: Shell): Promise<number> {
  const argv = asksHelp(words);
  let status = 0;
  let text = "";
  const program = new Command("chalk-audit");
  const settle = (command: Command): Command =>
    command
      .exitOverride()
      .configureOutput({
        writeOut: (written) => {
          text += written;
        },
        writeErr: () => undefined,
        getOutHelpWidth: () => shell.out.columns ?? 100,
        getOutHasColors: () => false,
      })
      .configureHelp({
        sortSubcommands: false,
        showGlobalOptions: false,
        // its own term has the placeholder of the operands that it refuses
        subcommandTerm: (each) => `${each.name()} ${each.usage()}`,
      })
      .showSuggestionAfterError(false)
      .helpOption("-h, --help", "show help")
      .helpCommand(false);

  settle(program)
    .description(
      "Proves, against live cloud state, that a vendor holds exactly the permissions it documents.",
    )
    .usage("[scan] [options]")
    .version(version, "-V, --version", "show the version")
    .enablePositionalOptions();

  const parents = new Map<string, Command>();
  for (const entry of entries) {
    const [first, second] = entry.name.split(" ") as [string, string?];
    let parent = program;
    if (second !== undefined) {
      parent = parents.get(first) ?? group(settle(program.command(first)), first);
      parents.set(first, parent);
    }
    const command = settle(parent.command(second ?? first, { isDefault: entry.name === "scan" }));
    command.description(entry.title);
    if (entry.name === "scan") command.argument("[none...]", "").usage("[options]");
    else if (entry.operands !== undefined) command.arguments(entry.operands);
    for (const flag of flagsOf(entry.name)) command.addOption(optionOf(flag));
    command.addHelpText("after", closingOf(entry));
    if (entry.name === "scan") {
      // The options of the default command belong into the first help that anybody reads.
      program.addHelpText("after", () => `\nOptions of scan:\n${optionLines(command)}\n${closingOf(entry)}`);
    }
    command.action(async () => {
      const operands = command.args;
      if (entry.name === "scan" && operands[0] !== undefined) {
        throw unknownCommand(operands[0]);
      }
      const given = inOrder(fromCommandLine(command, entry.name), fromEnvironment(shell.env, entry.name));
      const action = await entry.load();
      status = await action(operands, given, shell);
    });
  }

  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw new UsageError(inWords(error, argv));
  }
  if (text !== "") await shell.out.write(text);
  return status;
}

function unknownCommand(word: string): UsageError {
  const known = [...new Set(entries.map((each) => each.name.split(" ")[0] as string))];
  return new UsageError(`unknown command "${word}"${didYouMean(word, [...known, "help"])}`);
}

/** `help`, `help COMMAND`: the command line that shows it. */
function asksHelp(argv: readonly string[]): readonly string[] {
  if (argv[0] !== "help") return argv;
  const [first, second] = argv.slice(1).filter((word) => !word.startsWith("-"));
  if (first === undefined) return ["--help"];
  if (!entries.some(({ name }) => name.split(" ")[0] === first)) throw unknownCommand(first);
  return [first, ...(second === undefined ? [] : [second]), "--help"];
}

/** A command of two words without its second, or with one that is not known. */
function group(command: Command, name: string): Command {
  const known = entries
    .filter((entry) => entry.name.startsWith(`${name} `))
    .map((entry) => entry.name.slice(name.length + 1));
  return command
    .description(groups[name] ?? "")
    .argument("[command...]", "")
    .usage("[command]")
    .action(() => {
      const found = command.args[0];
      if (found === undefined) throw new UsageError(`${name}: expected a command: ${known.join(", ")}`);
      throw new UsageError(
        `${name}: unknown command "${found}"${didYouMean(found, known)} (known: ${known.join(", ")})`,
      );
    });
}

function optionOf(flag: Flag): Option {
  const short = flag.short === undefined ? "" : `-${flag.short}, `;
  const value = flag.value === undefined ? "" : ` <${flag.value}>`;
  const fallback = flag.default === undefined ? "" : ` (default: ${flag.default})`;
  const among =
    flag.choices === undefined || flag.help.includes(flag.choices[0] as string)
      ? ""
      : `: ${flag.choices.join(", ")}`;
  const option = new Option(`${short}--${flag.name}${value}`, `${flag.help}${among}${fallback}`);
  // Not commander's own choices: its message names none of them, and the config file needs the same test.
  if (flag.many === true)
    option.argParser((given: string, before: unknown) => [
      ...((before as string[] | undefined) ?? []),
      given,
    ]);
  return option;
}

/** The options that were on the command line; a default of commander's is not one. */
function fromCommandLine(command: Command, name: CommandName): GivenOptions {
  const given = new Map<string, Given>();
  for (const flag of flagsOf(name)) {
    const negated = flag.name.startsWith("no-");
    const key = keyOf({ name: negated ? flag.name.slice(3) : flag.name });
    if (command.getOptionValueSource(key) !== "cli") continue;
    const value: unknown = command.getOptionValue(key);
    const from = `--${flag.name}`;
    if (flag.value === undefined) {
      // `--color` and `--no-color` share one place in commander.
      if (value === !negated) given.set(flag.name, { values: ["true"], from });
    } else {
      const values = (Array.isArray(value) ? value : [value]).map(String);
      given.set(flag.name, {
        values:
          flag.split === "comma"
            ? values.flatMap((each) => each.split(",").map((part) => part.trim()))
            : values,
        from,
      });
    }
  }
  return given;
}

function optionLines(command: Command): string {
  const help = command.createHelp();
  help.helpWidth = 100;
  const width = help.padWidth(command, help);
  return help
    .visibleOptions(command)
    .map((option) => help.formatItem(help.optionTerm(option), width, help.optionDescription(option), help))
    .join("\n");
}

/** Commander's errors in the words of this command line. */
function inWords(error: CommanderError, argv: readonly string[]): string {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  switch (error.code) {
    case "commander.unknownOption": {
      const known = [
        ...new Set([
          "help",
          "version",
          ...commandNames.flatMap((name) => flagsOf(name).map((flag) => flag.name)),
        ]),
      ];
      const mine = entryOf(argv);
      const names = mine === undefined ? known : [...flagsOf(mine).map((flag) => flag.name), "help"];
      const bare = quoted.replace(/^-+/, "").replace(/=.*$/s, "");
      // A flag of another command was not misspelt.
      const ofOther = mine !== undefined && known.includes(bare);
      const near = ofOther ? "" : didYouMean(bare, names);
      const elsewhere = ofOther ? `; ${mine} has no such flag` : "";
      return `unknown flag "${quoted}"${near.replace('"', '"--')}${elsewhere}`;
    }
    case "commander.optionMissingArgument": {
      const name = /--[\w-]+/.exec(quoted)?.[0] ?? quoted;
      return `${name}: expected a value: ${quoted.replace(/^-\w, /, "")}`;
    }
    case "commander.missingArgument":
      return `${entryOf(argv) ?? "chalk-audit"}: expected ${operandOf(entryOf(argv), quoted)}; see --help`;
    case "commander.excessArguments":
      return `${entryOf(argv) ?? "chalk-audit"}: more was given than it takes; see --help`;
    default:
      return error.message.replace(/^error: /, "");
  }
}

/** What is missing, in words where a command takes one of a few. */
function operandOf(name: CommandName | undefined, operand: string): string {
  return name === "completion" ? `the name of a ${operand}: ${shells.join(", ")}` : `<${operand}>`;
}

/** The command that a command line names, to say which one was misused. */
function entryOf(argv: readonly string[]): CommandName | undefined {
  const words = argv.filter((word) => !word.startsWith("-"));
  const two = commandNames.find((name) => name === `${words[0]} ${words[1]}`);
  return (
    two ??
    commandNames.find((name) => name === words[0]) ??
    (argv[0]?.startsWith("-") === true ? "scan" : undefined)
  );
}
