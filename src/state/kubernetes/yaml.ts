import type { Rule } from "./rules.ts";

/** Words that YAML would read as something else than text. */
const READ_OTHERWISE = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** A text in YAML: as it is where nothing in it has a meaning, else as a JSON string, which YAML takes too. */
function scalar(text: string): string {
  return /^[A-Za-z][A-Za-z0-9./-]*$/.test(text) && !READ_OTHERWISE.test(text) ? text : JSON.stringify(text);
}

function flow(items: readonly string[]): string {
  return `[${items.map(scalar).join(", ")}]`;
}

/** A list item of objects: `- a: 1`, `  b: 2`. */
function item(entries: readonly (readonly [string, string])[]): readonly string[] {
  return entries.map(([key, value], i) => `${i === 0 ? "- " : "  "}${key}: ${value}`);
}

function entries(rule: Rule): readonly (readonly [string, string])[] {
  return (["apiGroups", "resources", "nonResourceURLs", "resourceNames", "verbs"] as const).flatMap((key) => {
    const list = rule[key];
    return list === undefined ? [] : [[key, flow(list)] as const];
  });
}

/** A rule as an item of `rules`, in the lines of a manifest. */
export function ruleLines(rule: Rule): readonly string[] {
  return item(entries(rule));
}

/** A subject as an item of `subjects`. */
export function subjectLines(subject: Readonly<Record<string, string>>): readonly string[] {
  return item(Object.entries(subject).map(([key, value]) => [key, scalar(value)] as const));
}

/** A list of a manifest with some items taken out and others put in, as lines of a unified diff. */
export function diffLines(
  key: string,
  removed: readonly (readonly string[])[],
  added: readonly (readonly string[])[],
): readonly string[] {
  return [
    ` ${key}:`,
    ...removed.flatMap((lines) => lines.map((line) => `-${line}`)),
    ...added.flatMap((lines) => lines.map((line) => `+${line}`)),
  ];
}

/** Rules for a person, one a line, in a form that a manifest takes too. */
export function rulesText(rules: readonly Rule[]): string {
  if (rules.length === 0) return "(no rule)";
  return rules
    .map(
      (rule) =>
        `- { ${entries(rule)
          .map(([key, value]) => `${key}: ${value}`)
          .join(", ")} }`,
    )
    .join("\n");
}
