import { list, record } from "../../snapshot/value.ts";
import { byText } from "../../text/order.ts";

/** A parameter that was not given stays in a policy as `${name}`. AWS's own variables have a colon, or one sign. */
const OPEN = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Every text of a document, with the key that it stands under. */
function* leaves(value: unknown, key = ""): Iterable<readonly [key: string, text: string]> {
  if (typeof value === "string") yield [key.toLowerCase(), value];
  for (const item of list(value) ?? []) yield* leaves(item, key);
  for (const [name, inner] of Object.entries(record(value) ?? {})) yield* leaves(inner, name);
}

/**
 * What the open references of a template stand for in a text, or `undefined` where the two do not fit. A reference
 * stands for at least one character and for no wildcard: `*` is no value. Nor is a placeholder that was copied from a
 * page, `<your id>`: no name or id of AWS has such brackets.
 */
function fitting(template: string, text: string): ReadonlyMap<string, string> | undefined {
  const parts = template.split(OPEN);
  const found = new Map<string, string>();
  if (!text.startsWith(parts[0] ?? "")) return undefined;
  let at = (parts[0] ?? "").length;
  for (let i = 1; i < parts.length; i += 2) {
    const name = parts[i] ?? "";
    const next = parts[i + 1] ?? "";
    const last = i + 2 >= parts.length;
    const end = next === "" ? text.length : last ? text.length - next.length : text.indexOf(next, at + 1);
    if (end <= at || !text.startsWith(next, end)) return undefined;
    const value = text.slice(at, end);
    if (/[*?<>]|\$\{/.test(value) || (found.get(name) ?? value) !== value) return undefined;
    found.set(name, value);
    at = end + next.length;
  }
  return at === text.length ? found : undefined;
}

/**
 * Values for the parameters that were not given: for each the one that fits the live documents most often, at the
 * places where the documented ones have it. Any value that fits is accepted, but only one.
 */
export function bind(documented: readonly unknown[], live: readonly unknown[]): ReadonlyMap<string, string> {
  const templates = documented.flatMap((d) => [...leaves(d)]).filter(([, text]) => text.search(OPEN) >= 0);
  const counts = new Map<string, Map<string, number>>();
  const texts = templates.length === 0 ? [] : live.flatMap((d) => [...leaves(d)]);
  for (const [key, template] of templates) {
    for (const [liveKey, text] of texts) {
      if (liveKey !== key) continue;
      for (const [name, value] of fitting(template, text) ?? []) {
        const values = counts.get(name) ?? new Map<string, number>();
        values.set(value, (values.get(value) ?? 0) + 1);
        counts.set(name, values);
      }
    }
  }
  return new Map(
    [...counts].map(([name, values]) => {
      const best = [...values].sort(([a, n], [b, m]) => m - n || byText(a, b))[0];
      return [name, best?.[0] ?? ""];
    }),
  );
}

/** The parameters of a document that were not given, in order. */
export function openParameters(document: unknown): readonly string[] {
  const names = [...leaves(document)].flatMap(([, text]) => [...text.matchAll(OPEN)].map((m) => m[1] ?? ""));
  return [...new Set(names)].sort(byText);
}

/** What to do before a command can be given: a value that was read off the live state may be the wrong one. */
export function giveInWords(open: readonly string[]): string {
  return `The values of ${open.join(" and ")} were not given: scan again with ${open.map((name) => `--set ${name}=…`).join(" ")} for the command.`;
}

/** A document with the values put in; a reference that nothing fits becomes `{name}`, which no live value can be. */
export function bound(document: unknown, values: ReadonlyMap<string, string>): unknown {
  if (typeof document === "string") {
    return document.replace(OPEN, (_, name: string) => values.get(name) ?? `{${name}}`);
  }
  const items = list(document);
  if (items !== undefined) return items.map((item) => bound(item, values));
  const object = record(document);
  if (object === undefined) return document;
  return Object.fromEntries(Object.entries(object).map(([key, inner]) => [key, bound(inner, values)]));
}
