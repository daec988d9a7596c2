import type { Drift } from "../report/report.ts";
import type { Check, DriftText } from "./define.ts";

const PAGES = "https://github.com/chalk-audit/chalk-audit/blob/main/docs/checks";

/** Every check can find that something is unreadable; the words are the same for all. */
const UNREADABLE: DriftText = {
  short: "Something that the check needs could not be read or decided.",
  help: "The control is unknown: not pass, and not drift. The finding says what could not be read, why, which permission is missing or which clause of the semantics leaves it open, and what would decide it. Put that right and scan again; `--allow-incomplete` accepts it.",
};

/** Order of the drifts on a page: what is commonly looked for first. */
const ORDER = {
  excess: 0,
  missing: 1,
  weakened: 2,
  wider: 3,
  changed: 4,
  dead: 5,
  absent: 6,
  stray: 7,
  expired: 8,
  unreadable: 9,
} as const satisfies Record<Drift, number>;

/** Where the page of a check is published. */
export function pageUri(id: string): string {
  return `${PAGES}/${id}.md`;
}

/** Every drift that a check can report, with its words; `unreadable` for all of them. */
export function driftTexts(check: Check): readonly (readonly [Drift, DriftText])[] {
  const own = Object.entries({ ...check.drifts, unreadable: check.drifts.unreadable ?? UNREADABLE });
  return (own as [Drift, DriftText][]).sort((a, b) => ORDER[a[0]] - ORDER[b[0]]);
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** The parameters of a schema as nested list items. */
function parameters(schema: Schema, depth = 0): readonly string[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const kind = typeof inner.type === "string" ? inner.type : (inner.type?.join(" or ") ?? "any");
    const words = [kind, ...(required.has(name) ? ["required"] : [])].join(", ");
    const text = inner.description === undefined ? "" : `: ${inner.description}`;
    const own = `${"  ".repeat(depth)}- \`${name}\` (${words})${text}`;
    return [own, ...parameters(inner.items ?? inner, depth + 1)];
  });
}

/** The page of a check, Markdown: what it does, its parameters, what each of its drifts means. */
export function checkPage(check: Check): string {
  const lines = [
    `# ${check.id}`,
    "",
    `${check.title}.`,
    "",
    check.help,
    "",
    "## Parameters",
    "",
    "Of a control's `with`:",
    "",
    ...parameters(check.params as Schema),
    "",
    "## Drifts",
    ...driftTexts(check).flatMap(([drift, words]) => ["", `### ${drift}`, "", words.short, "", words.help]),
  ];
  return `${lines.join("\n")}\n`;
}
