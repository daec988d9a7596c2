/** Reads a pattern as `lineText` writes it back to a rule: `get,list secrets "a","b" -n team`, `* *.*`, `get /metrics*`. */
import type { KubernetesRule } from "../policy.ts";

/** A rule and the namespace in which it applies; absent: everywhere. */
export interface PlacedRule {
  readonly rule: KubernetesRule;
  readonly namespace?: string;
}

const QUOTED = '"(?:[^"\\\\]|\\\\.)*"';
const VERBS = new RegExp(`^((?:${QUOTED}|[\\w:*-]+)(?:,(?:${QUOTED}|[\\w:*-]+))*) `);
const RESOURCE = new RegExp(
  `^(${QUOTED}|[\\w*-]+)(?:\\.(${QUOTED}|[\\w.*-]+))?(?:/(${QUOTED}|[^\\s"]+))?` +
    `(?: (${QUOTED}(?:,${QUOTED})*))?(?: -n (${QUOTED}|[\\w.<>-]+))?$`,
);
const WORDS = new RegExp(`${QUOTED}|[^",]+`, "g");

/** Undefined: no pattern that this program writes. */
export function readNotation(text: string): PlacedRule | undefined {
  const verbsText = VERBS.exec(text)?.[1];
  if (verbsText === undefined) return undefined;
  const verbs = wordsOf(verbsText);
  const rest = text.slice(verbsText.length + 1);
  const url = /^\//.test(rest) ? rest : /^\[(.*)\]$/s.exec(rest)?.[1];
  if (url !== undefined) return { rule: { nonResourceURLs: [url], verbs } };
  const found = RESOURCE.exec(rest);
  if (found === null) return undefined;
  const [, resource = "", group = "", sub, names, namespace] = found;
  const base = word(resource);
  return {
    rule: {
      apiGroups: [word(group)],
      resources: [sub === undefined ? base : `${base}/${word(sub)}`],
      ...(names === undefined ? {} : { resourceNames: wordsOf(names) }),
      verbs,
    },
    ...(namespace === undefined ? {} : { namespace: word(namespace) }),
  };
}

function wordsOf(text: string): readonly string[] {
  return (text.match(WORDS) ?? []).map(word);
}

function word(text: string): string {
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}

/** Whether a request can lie in both; true where that is not clear. */
export function notationMayMeet(a: PlacedRule, b: PlacedRule): boolean {
  if (a.namespace !== undefined && b.namespace !== undefined && a.namespace !== b.namespace) return false;
  if (!share(a.rule.verbs, b.rule.verbs)) return false;
  if ("nonResourceURLs" in a.rule !== "nonResourceURLs" in b.rule) return false;
  if ("nonResourceURLs" in a.rule || "nonResourceURLs" in b.rule) return true;
  const [x, y] = [a.rule, b.rule];
  if (x.resourceNames !== undefined && y.resourceNames !== undefined) {
    if (!x.resourceNames.some((name) => y.resourceNames?.includes(name))) return false;
  }
  return share(x.apiGroups, y.apiGroups) && x.resources.some((r) => y.resources.some((s) => meet(r, s)));
}

function share(a: readonly string[], b: readonly string[]): boolean {
  return a.includes("*") || b.includes("*") || a.some((each) => b.includes(each));
}

function meet(a: string, b: string): boolean {
  if (a === "*" || b === "*" || a === b) return true;
  const [left, right] = [a, b].map((text) => {
    const slash = text.indexOf("/");
    return slash < 0 ? [text, ""] : [text.slice(0, slash), text.slice(slash + 1)];
  }) as [string[], string[]];
  return left[1] === right[1] && (left[0] === "*" || right[0] === "*");
}
