import { reportSchema } from "../report/schema.ts";
import { inertJson } from "../text/visible.ts";
import type { Reporter } from "./define.ts";

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

/**
 * The report as JSON: keys in the schema's order, those of free values (`expected`, `actual`) sorted, so that equal
 * reports are equal bytes. Ends with a newline.
 */
export const json: Reporter = {
  format: "json",
  title: "the whole report as JSON (schemas/report.schema.json)",
  extension: "json",
  render: (report) => `${inertJson(JSON.stringify(inOrder(report, reportSchema as Node), null, 2))}\n`,
};

function inOrder(value: unknown, node: Node | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => inOrder(item, node?.items));
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
