import { readSnapshot } from "../../../src/snapshot/read.ts";
import type { Snapshot } from "../../../src/snapshot/snapshot.ts";
import { formatSnapshot } from "../../../src/snapshot/write.ts";

/** Ids that the servers make up, by what stands before them. */
const ids = new RegExp(
  [
    "(vpc|subnet|rtb|rtbassoc|igw|nat|sg|sgr|eipalloc|eipassoc|eni|vpc-cidr-assoc|vpce-svc|acl|dopt)-[0-9a-f]{8,17}",
    "()[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:-\\d+)?",
    "((?:nodegroup/chalk/controllers|access-entry/chalk|addon/chalk/[\\w-]+)/)[0-9a-f]{8}\\b",
    "(loadbalancer/net/gateway/)[0-9a-f]{16}",
    "(AROA)[A-Z0-9]{16,17}",
    "(chalk-metadata-plane-)[0-9a-f]{8,10}-[a-z0-9]{5}\\b",
    "(/hostedzone/)[A-Z0-9]{14,32}",
    "()\\b127(?:\\.\\d+){3}(?!:)",
  ].join("|"),
  "g",
);

const TAKEN_AT = "2026-11-28T06:00:00.000Z";

/** Which of the alternatives of `ids` an id is, by the text before what is made up. */
function kindOf(groups: readonly (string | undefined)[]): string {
  return groups.findIndex((each) => each !== undefined) + (groups.find((each) => each !== undefined) ?? "");
}

function renamed(id: string, kind: string, n: number): string {
  const counted = String(n).padStart(4, "0");
  if (kind.startsWith("0"))
    return `${kind.slice(1)}-0${counted.padStart(16, kind.slice(1) === "vpc" ? "c" : "a")}`;
  if (kind.startsWith("1")) return `00000000-0000-4000-8000-${counted.padStart(12, "0")}${id.slice(36)}`;
  if (kind.startsWith("2")) return `${kind.slice(1)}${counted.padStart(8, "0")}`;
  if (kind.startsWith("3")) return `${kind.slice(1)}${counted.padStart(16, "0")}`;
  if (kind.startsWith("4")) return `AROA${counted.padStart(17, "0")}`;
  if (kind.startsWith("5")) return `${kind.slice(1)}5d8f6c7b9-${counted.slice(-4)}x`;
  if (kind.startsWith("6")) return `/hostedzone/Z${counted.padStart(13, "0")}`;
  return `192.0.2.${n}`;
}

/**
 * A recording of the live installation as a file to keep: ids that the servers made up are counted through, in an order
 * that does not hang on them; times are one time, and addresses are AWS's own.
 */
export function steady(text: string, provider: "aws" | "kubernetes"): string {
  const plain = text
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+\/(\d{12})\//g, "https://sqs.eu-west-1.amazonaws.com/$1/")
    .replaceAll(/https?:\/\/(?:127\.0\.0\.1|localhost):\d+/g, "https://example.invalid")
    .replaceAll(/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, TAKEN_AT);
  const snapshot = JSON.parse(plain) as Snapshot;
  const masked = snapshot.documents.map(({ kind, body }) => {
    const whole = JSON.stringify(body);
    return { whole, key: `${kind} ${whole.replaceAll(ids, "")}` };
  });
  masked.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const match of masked
    .map(({ whole }) => whole)
    .join("\n")
    .matchAll(ids)) {
    const [id, ...groups] = match;
    if (names.has(id)) continue;
    const kind = kindOf(groups);
    const n = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, n);
    names.set(id, renamed(id, kind, n));
  }
  // a zone stands without its path too
  for (const [id, name] of [...names])
    if (id.startsWith("/hostedzone/")) names.set(id.slice(12), name.slice(12));
  const longest = [...names].sort(([a], [b]) => b.length - a.length);
  const replaced = longest.reduce((so, [id, name]) => so.replaceAll(id, name), plain);
  return formatSnapshot(readSnapshot(replaced, provider));
}

/** The kinds of which there is a document. */
export function kindsIn({ documents }: Snapshot): readonly string[] {
  return [...new Set(documents.map(({ kind }) => kind))].sort();
}
