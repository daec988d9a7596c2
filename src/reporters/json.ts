import type { Finding, Report } from "../report/report.ts";
import { reportSchema } from "../report/schema.ts";
import { type SaidOnce, saidOnce } from "../report/texts.ts";
import { inertJson } from "../text/visible.ts";
import { inPieces, type Reporter } from "./define.ts";

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

/**
 * The report as JSON: keys in the schema's order, those of free values (`expected`, `actual`) sorted, so that equal
 * reports are equal bytes. A finding has a line for each of its fields, and what repeats is said once in `texts`. Ends
 * with a newline.
 */
export const json: Reporter = {
  format: "json",
  title: "the whole report as JSON (schemas/report.schema.json)",
  extension: "json",
  ...inPieces(pieces),
};

/** The schema's part for a property of the report. */
const PARTS: Readonly<Record<string, Node | undefined>> = (reportSchema as Node).properties ?? {};
const LISTS: ReadonlySet<string> = new Set(["findings", "gone", "unassessed"]);

/** A piece for each finding, so that a long report is never one text, nor twice in memory. */
function* pieces(report: Report): Iterable<string> {
  const once = saidOnce(report);
  const published: Readonly<Record<string, unknown>> = {
    ...report,
    ...(once.texts.length > 0 && { texts: once.texts }),
  };
  yield "{\n";
  let open = false;
  for (const key of Object.keys(PARTS)) {
    const value = published[key];
    if (value === undefined) continue;
    yield `${open ? ",\n" : ""}  ${JSON.stringify(key)}: `;
    open = true;
    if (LISTS.has(key)) yield* findings(value as readonly Finding[], PARTS[key]?.items, once);
    else {
      const ordered = inOrder(value, PARTS[key]);
      const text = key === "texts" ? lines(ordered as readonly unknown[]) : JSON.stringify(ordered, null, 2);
      yield inertJson(text.replaceAll("\n", "\n  "));
    }
  }
  yield "\n}\n";
}

function lines(values: readonly unknown[]): string {
  return `[\n${values.map((value) => `  ${JSON.stringify(value)}`).join(",\n")}\n]`;
}

function* findings(list: readonly Finding[], node: Node | undefined, once: SaidOnce): Iterable<string> {
  if (list.length === 0) {
    yield "[]";
    return;
  }
  yield "[";
  for (const [at, finding] of list.entries()) {
    const ordered = inOrder(once.finding(finding), node) as object;
    const fields = Object.entries(ordered).map(
      ([name, value]) => `   ${JSON.stringify(name)}: ${JSON.stringify(value)}`,
    );
    yield inertJson(`${at === 0 ? "" : ","}\n  {\n${fields.join(",\n")}\n  }`);
  }
  yield "\n  ]";
}

function inOrder(value: unknown, node: Node | undefined): unknown {
  if (Array.isArray(value)) {
    const items = node?.items ?? node?.anyOf?.find((each) => each.items !== undefined)?.items;
    return value.map((item) => inOrder(item, items));
  }
  if (typeof value !== "object" || value === null) return value;
  const object = value as Readonly<Record<string, unknown>>;
  const shape = node?.properties === undefined ? fitting(object, node?.anyOf) : node;
  const known = Object.keys(shape?.properties ?? {});
  const rest = Object.keys(object)
    .filter((key) => !known.includes(key))
    .sort();
  return Object.fromEntries(
    [...known, ...rest]
      .filter((key) => object[key] !== undefined && Object.hasOwn(object, key))
      .map((key) => [key, inOrder(object[key], shape?.properties?.[key])]),
  );
}

/** The alternative that knows every key of the object. */
function fitting(object: Readonly<Record<string, unknown>>, alternatives: readonly Node[] | undefined) {
  return alternatives?.find((a) => Object.keys(object).every((key) => a.properties?.[key] !== undefined));
}
