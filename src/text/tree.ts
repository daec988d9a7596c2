import { isAlias, isCollection, isMap, isScalar, isSeq, type Node, type Pair, parseAllDocuments } from "yaml";
import { placesIn, type TextPlace } from "./place.ts";
import { NUMBERS, syntaxText, tooDeep, UNTRUSTED, WORDS } from "./yaml.ts";

/** A value of a YAML or JSON file, where it stands. */
export interface Leaf {
  /** `a.b.0.c` */
  readonly path: string;
  readonly value: unknown;
  /** A scalar as it was written: `0123`, which is the number 123. */
  readonly written?: string;
  /** A text without quotes that another edition of YAML takes for a number, or for true or false: `yes`, `0b101`. */
  readonly unsure?: true;
  readonly at: TextPlace;
}

/** A file's values by path, or why it cannot be read and where. */
export type Tree =
  | {
      readonly kind: "tree";
      readonly at: (path: string) => readonly Leaf[];
      /** The items of lists that lack what the path asks of each; of a path without `*` none. */
      readonly lacking: (path: string) => readonly Leaf[];
      readonly near: (path: string) => TextPlace;
    }
  | { readonly kind: "problem"; readonly text: string; readonly at: TextPlace };

const MOST_CHARACTERS = 1_000_000;
const DEEPEST = 60;
const START: TextPlace = { line: 1, column: 1 };

/**
 * Reads a YAML 1.2 file (JSON is YAML) of one document without trusting it. What a key says twice, an alias and a tag are
 * problems: which value counts, a chart's own reader would decide.
 */
export function treeOf(text: string): Tree {
  const places = placesIn(text);
  const problem = (what: string, offset: number | undefined): Tree => ({
    kind: "problem",
    text: what,
    at: offset === undefined ? START : places(offset),
  });
  if (text.length > MOST_CHARACTERS) return problem("is larger than a megabyte", undefined);
  const deep = tooDeep(text, DEEPEST);
  if (deep !== undefined) return problem(`nests more than ${DEEPEST} levels deep`, deep);
  const documents = parseAllDocuments(text, { ...UNTRUSTED });
  if (!Array.isArray(documents) || documents.length === 0) return problem("is empty", undefined);
  const [document, second] = documents;
  if (second !== undefined) return problem("has more than one document", second.range[0]);
  const [error] = document?.errors ?? [];
  if (error !== undefined) return problem(syntaxText(error.message), error.pos[0]);
  const root = document?.contents ?? null;
  if (root === null) return problem("is empty", undefined);
  const odd = oddIn(root);
  if (odd !== undefined) return problem(odd.text, odd.offset);
  const placeOf = (node: Node | undefined): TextPlace => places(node?.range?.[0] ?? 0);
  return {
    kind: "tree",
    at: (path) =>
      nodesAt(root, path).map(({ path: own, node }) => ({
        path: own,
        value: isScalar(node) ? node.value : isCollection(node) ? node : null,
        ...(isScalar(node) && node.source !== undefined ? { written: node.source } : {}),
        ...(isUnsure(node) ? { unsure: true as const } : {}),
        at: placeOf(node),
      })),
    lacking: (path) => {
      const end = path.lastIndexOf("*");
      if (end < 0) return [];
      const rest = path.slice(end + 2);
      return nodesAt(root, path.slice(0, end + 1))
        .filter(({ node }) => rest !== "" && nodesAt(node, rest).length === 0)
        .map(({ path: own, node }) => ({ path: `${own}.${rest}`, value: undefined, at: placeOf(node) }));
    },
    near: (path) => {
      const parts = path.split(".");
      for (let length = parts.length - 1; length > 0; length--) {
        const [first] = nodesAt(root, parts.slice(0, length).join("."));
        if (first !== undefined) return placeOf(first.node);
      }
      return placeOf(root);
    },
  };
}

function isUnsure(node: Node): boolean {
  return (
    isScalar(node) &&
    node.type === "PLAIN" &&
    node.tag === undefined &&
    typeof node.value === "string" &&
    (WORDS.test(node.value) || NUMBERS.test(node.value))
  );
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

/** The first thing of which it is not plain what it means. */
function oddIn(node: unknown): { readonly text: string; readonly offset: number | undefined } | undefined {
  if (isAlias(node)) return { text: "has an alias", offset: node.range?.[0] };
  if (isCollection(node) || isScalar(node)) {
    if (node.tag !== undefined && !/^tag:yaml\.org,2002:(?:map|seq|str)$/.test(node.tag))
      return { text: `has the tag ${node.tag}`, offset: node.range?.[0] };
  }
  if (isMap(node)) {
    const seen = new Set<string>();
    for (const pair of node.items) {
      const key = keyOf(pair);
      if (seen.has(key))
        return {
          text: `has the key ${JSON.stringify(key)} twice`,
          offset: (pair.key as Node | null)?.range?.[0],
        };
      seen.add(key);
      const inner = oddIn(pair.value);
      if (inner !== undefined) return inner;
    }
  }
  if (isSeq(node)) {
    for (const item of node.items) {
      const inner = oddIn(item);
      if (inner !== undefined) return inner;
    }
  }
  return undefined;
}

/** The nodes at a path; `*` stands for every item of a list. */
function nodesAt(root: Node, path: string): readonly { readonly path: string; readonly node: Node }[] {
  return path.split(".").reduce<readonly { readonly path: string; readonly node: Node }[]>(
    (nodes, part) =>
      nodes.flatMap(({ path: above, node }) => {
        const at = (name: string | number) => (above === "" ? String(name) : `${above}.${name}`);
        if (part === "*" && isSeq(node))
          return node.items.map((item, i) => ({ path: at(i), node: item as Node }));
        if (!isMap(node)) return [];
        const pair = node.items.find((each) => keyOf(each) === part);
        return pair?.value == null ? [] : [{ path: at(part), node: pair.value as Node }];
      }),
    [{ path: "", node: root }],
  );
}
