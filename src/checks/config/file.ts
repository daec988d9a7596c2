import { isCollection } from "yaml";
import { type Leaf, type Tree, treeOf } from "../../text/tree.ts";
import { visible } from "../../text/visible.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Params {
  readonly file?: string;
  readonly what: string;
  readonly require?: readonly { readonly path: string; readonly message: string }[];
  readonly matches?: readonly { readonly path: string; readonly pattern: string; readonly message: string }[];
  readonly references?: readonly { readonly from: string; readonly to: string; readonly what: string }[];
  readonly some?: readonly { readonly path: string; readonly is: string; readonly message: string }[];
}

type Read = Extract<Tree, { readonly kind: "tree" }>;

const TYPE = "file";
/** A placeholder of a page, `<YOUR API HOST>`, alone or in a text: nobody has put a value there. An address is none. */
const PLACEHOLDER = /^\s*<[^<>]*>\s*$|<\s*[A-Za-z][^<>@]*>/;

/** What a value says, where it is one: text, not blank and no placeholder. */
function saidBy({ value }: Leaf): string | undefined {
  if (value === null || value === undefined || isCollection(value)) return undefined;
  const text = String(value);
  return text.trim() === "" || PLACEHOLDER.test(text) ? undefined : text;
}

/** What stands there, for a sentence; never more than a line of it. */
function shownOf({ value, written, unsure }: Leaf): string {
  if (isCollection(value)) return "a list or an object";
  if (value === null) return "nothing";
  const text = visible(written ?? String(value)).slice(0, 80);
  return typeof value === "string" && unsure === undefined
    ? `"${text}"`
    : `${text}, which is no text without quotes`;
}

class Judge {
  private readonly tree: Read;
  private readonly file: string;
  private readonly params: Params;

  constructor(tree: Read, file: string, params: Params) {
    this.tree = tree;
    this.file = file;
    this.params = params;
  }

  *all(): Iterable<Observation> {
    const { require = [], matches = [], references = [], some = [] } = this.params;
    for (const [i, each] of require.entries()) yield* this.present(each.path, each.message, `/require/${i}`);
    for (const [i, each] of matches.entries()) yield* this.matching(each, `/matches/${i}`);
    for (const [i, each] of references.entries()) yield* this.resolving(each, `/references/${i}`);
    for (const [i, each] of some.entries()) yield* this.having(each, `/some/${i}`);
    const count = require.length + matches.length + references.length + some.length;
    yield { kind: "assessed", count, what: "demands on the file" };
  }

  private drift(
    path: string,
    message: string,
    at: string,
    seen: {
      readonly leaf?: Leaf;
      readonly expected: unknown;
      readonly drift?: "absent" | "changed";
      readonly text: string;
    },
  ): Observation {
    const { leaf, expected, drift = "changed", text } = seen;
    const place = leaf?.at ?? this.tree.near(path);
    return {
      kind: "drift",
      drift,
      resource: { type: TYPE, id: this.file, name: this.file },
      message: `${this.file}:${place.line}:${place.column}: ${message}`,
      property: path,
      expected,
      actual:
        leaf === undefined || leaf.value === undefined || isCollection(leaf.value)
          ? null
          : visible(leaf.written ?? String(leaf.value)).slice(0, 80),
      at,
      standsIn: { file: this.file, line: place.line },
      remediation: { text, commands: [] },
    };
  }

  private *present(path: string, message: string, at: string): Iterable<Observation> {
    const leaves = this.tree.at(path);
    const [leaf] = leaves;
    if (leaves.some((each) => saidBy(each) !== undefined)) return;
    const found = leaf === undefined ? "is not there" : `is ${shownOf(leaf)}`;
    yield this.drift(path, `${path} ${found}: ${message}`, at, {
      ...(leaf === undefined ? {} : { leaf }),
      drift: "absent",
      expected: "a value",
      text: `Give ${path} a value.`,
    });
  }

  private *matching(
    { path, pattern, message }: NonNullable<Params["matches"]>[number],
    at: string,
  ): Iterable<Observation> {
    const test = new RegExp(pattern, "u");
    for (const leaf of this.tree.at(path)) {
      const said = saidBy(leaf);
      const isText = typeof leaf.value === "string" && leaf.unsure === undefined;
      if (said !== undefined && said.length <= 256 && isText && test.test(said)) continue;
      // a number as an id is text to whoever reads the file, and not the one that was meant: 0123 is 123, no is false
      yield this.drift(leaf.path, `${leaf.path} is ${shownOf(leaf)}: ${message}`, at, {
        leaf,
        expected: pattern,
        text: `Choose another: ${message}.`,
      });
    }
    for (const leaf of this.tree.lacking(path)) yield this.lack(leaf, message, at, pattern);
  }

  /** An item of a list that does not say what each must. */
  private lack(leaf: Leaf, message: string, at: string, expected: unknown): Observation {
    return this.drift(leaf.path, `${leaf.path} is not there: ${message}`, at, {
      leaf,
      expected,
      drift: "absent",
      text: `Give ${leaf.path} a value.`,
    });
  }

  private *resolving(
    { from, to, what }: NonNullable<Params["references"]>[number],
    at: string,
  ): Iterable<Observation> {
    const ids = this.tree.at(to);
    const known = new Set(ids.flatMap((leaf) => saidBy(leaf) ?? []));
    for (const leaf of this.tree.at(from)) {
      const said = saidBy(leaf);
      // `no` without quotes is no reference to "no"
      if (ids.some((id) => said !== undefined && saidBy(id) === said && id.unsure === leaf.unsure)) continue;
      yield this.drift(
        leaf.path,
        `${leaf.path} is ${shownOf(leaf)}, and there is no ${what} of that id`,
        at,
        {
          leaf,
          expected: [...known],
          text: `Name one of the ${what}s of the file: ${[...known].join(", ") || "there is none"}.`,
        },
      );
    }
    for (const leaf of this.tree.lacking(from)) yield this.lack(leaf, `it names no ${what}`, at, [...known]);
  }

  private *having(
    { path, is, message }: NonNullable<Params["some"]>[number],
    at: string,
  ): Iterable<Observation> {
    const leaves = this.tree.at(path);
    if (leaves.some((leaf) => saidBy(leaf) === is)) return;
    yield this.drift(path.replace(/\.\*.*$/, ""), message, at, {
      drift: "absent",
      expected: is,
      text: `Add one whose ${path.slice(path.lastIndexOf(".") + 1)} is ${is}.`,
    });
  }
}

/** A file that the user wrote for the installation says what it must. */
export const file: Check = {
  id: "config/file",
  cloud: "any",
  ofFiles: true,
  title: "A file of the installation says what the document asks for",
  help: `A YAML or JSON file that a parameter names is judged by itself, with or without a cloud, and a finding stands in that file: code scanning shows it at its line.

- \`require\`: there is a value. Nothing, blanks, and a placeholder in angle brackets (\`<YOUR API HOST>\`, \`https://<YOUR HOST>\`) are none.
- \`matches\`: every value at the path is a text that the pattern matches. A word without quotes that an edition of YAML takes for a number, or for true or false (\`no\`, \`0b101\`), is none.
- \`references\`: every value at one path is among those at another.
- \`some\`: at least one value at the path is the one given.

In a path \`*\` is every item of a list; for \`matches\` and \`references\` each of them must have the value. A file that is not there, is no YAML, says a key twice, or uses aliases or tags is unknown: what a chart would read there is not plain.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["what"],
    properties: {
      file: { type: "string", minLength: 1, description: "the file; absent: the control is skipped" },
      what: { type: "string", minLength: 1, description: "what the file is, for people" },
      require: list({ path: path("value that must be there"), message: text("what is wrong without") }),
      matches: list({
        path: path("values"),
        pattern: text("regular expression that each must match"),
        message: text("what is wrong when one does not"),
      }),
      references: list({
        from: path("values that name something"),
        to: path("what there is"),
        what: text("singular"),
      }),
      some: list({
        path: path("values"),
        is: text("what one of them must be"),
        message: text("what is wrong when none is"),
      }),
    },
  },
  needs: () => [],
  applicable: ({ with: params }) =>
    (params as Params).file === undefined ? `no ${(params as Params).what} was given` : undefined,
  drifts: {
    absent: {
      short: "A value that the document asks for is not in the file.",
      help: "The chart is rendered without it, or with the page's placeholder.",
    },
    changed: {
      short: "A value of the file is not what the document asks for.",
      help: "The chart would be rendered with it all the same. The finding stands at its line of the file; change it there.",
    },
  },
  run: function* (_, rawParams, context): Iterable<Observation> {
    const params = rawParams as Params;
    const { file: name = "" } = params;
    const given = context.files?.[name];
    const unknown = (message: string, line: number, decide: string): Observation => ({
      kind: "unknown",
      resource: { type: TYPE, id: name, name },
      message,
      property: "file",
      decide,
      standsIn: { file: name, line },
    });
    if (given === undefined || "problem" in given) {
      const why = given === undefined ? "it was not given to the audit" : given.problem;
      yield unknown(
        `${name}: the ${params.what} could not be read: ${why}`,
        1,
        "name a file that can be read",
      );
      return;
    }
    const tree = treeOf(given.text);
    if (tree.kind === "problem") {
      const { line, column } = tree.at;
      yield unknown(`${name}:${line}:${column}: the ${params.what} ${tree.text}`, line, "mend the file");
      return;
    }
    yield* new Judge(tree, name, params).all();
  },
};

function text(description: string) {
  return { type: "string", minLength: 1, description } as const;
}

function path(description: string) {
  return { type: "string", minLength: 1, description: `dotted path; ${description}` } as const;
}

function list(properties: Readonly<Record<string, object>>) {
  return {
    type: "array",
    minItems: 1,
    items: { type: "object", additionalProperties: false, required: Object.keys(properties), properties },
  } as const;
}
