import type { Witness } from "../access/policy.ts";
import type { Finding, Report } from "../report/report.ts";
import { wholly } from "../text/visible.ts";

/** A request in words: the operation, and on what. */
export function witnessText(witness: Witness): string {
  if ("action" in witness) {
    if (!("resource" in witness))
      return `${wholly(witness.action)}${witness.plane === "data" ? " (data plane)" : ""}`;
    const given = Object.entries(witness.context ?? {}).map(
      ([key, value]) => `${key}=${[value].flat().join(",")}`,
    );
    return (
      `${wholly(witness.action)} on ${witness.resource}` +
      `${given.length === 0 ? "" : ` with ${given.join(", ")}`}` +
      `${witness.principal === undefined ? "" : ` as ${witness.principal}`}`
    );
  }
  if ("url" in witness) return `${witness.verb} ${witness.url}`;
  const resource =
    witness.subresource === undefined ? witness.resource : `${witness.resource}/${witness.subresource}`;
  return (
    `${witness.verb} ${resource}${witness.group === "" ? "" : `.${witness.group}`}` +
    `${witness.name === undefined ? "" : ` named ${witness.name}`}` +
    `${witness.namespace === undefined ? "" : ` in namespace ${witness.namespace}`}`
  );
}

/** `ID@VERSION`; of a baseline that does not come with the package its file too, whatever it calls itself. */
export function baselineName({ id, version, own, file }: Report["baselines"][number]): string {
  return `${id}@${version}${own === true ? ` (own file ${file ?? "unknown"})` : ""}`;
}

/** The baseline with the profile that was used of it. */
export function judgedBy(baseline: Report["baselines"][number]): string {
  const { profile } = baseline;
  return `${baselineName(baseline)}${profile === undefined ? "" : ` (profile ${profile})`}`;
}

/** Whether the witness is something that the holder can do, or something that it cannot. */
export function proofVerb(finding: Pick<Finding, "drift">): "may" | "may not" {
  return finding.drift === "missing" || finding.drift === "absent" || finding.drift === "dead"
    ? "may not"
    : "may";
}

/**
 * A text with what lies below the audited scope as seen from there: `GET …/Microsoft.Authorization/roleDefinitions`,
 * `policy …:policy/reader`.
 */
export function shortScopes(text: string, audited: string): string {
  if (audited === "" || audited === "/") return shortIds(text);
  const [account = ""] = audited.split("/");
  if (/^\d{12}$/.test(account))
    return shortIds(text.replace(OWN_ARN, (arn, id) => (id === account ? "…:" : arn)));
  const [lower, wanted] = [text.toLowerCase(), `${audited.toLowerCase()}/`];
  let out = "";
  let from = 0;
  // Lower case of another length would shift the places; such a text is left as it is.
  while (lower.length === text.length) {
    const at = lower.indexOf(wanted, from);
    if (at < 0) break;
    out += `${text.slice(from, at)}…`;
    from = at + audited.length;
  }
  return shortIds((out + text.slice(from)).replaceAll("…/providers/", "…/"));
}

/**
 * What proves a finding, as a line of its own: `may not: iam:PassRole on <any>`; nothing where nothing does. Of what is
 * not known the request alone.
 */
export function proofOf(finding: Pick<Finding, "drift" | "outcome" | "witness">): string | undefined {
  const { outcome, witness } = finding;
  if (witness === undefined) return undefined;
  const scope = witnessScope(witness);
  const request = `${witnessText(witness)}${scope === undefined ? "" : ` at ${scope}`}`;
  return outcome === "unknown" ? request : `${proofVerb(finding)}: ${request}`;
}

/** The scope of a witness that has one. */
export function witnessScope(witness: Witness | undefined): string | undefined {
  return witness !== undefined && "scope" in witness ? witness.scope : undefined;
}

/** The start of an ARN of an account's own identities. */
const OWN_ARN = /\barn:[a-z-]+:iam::(\d{12}):/g;

const GUID = /\b([0-9a-f]{4})[0-9a-f]{4}(?:-[0-9a-f]{4}){3}-[0-9a-f]{8}([0-9a-f]{4})\b/gi;

/** Object and subscription ids cut to what a person compares: `6b1f…4e5f`. */
export function shortIds(text: string): string {
  return text.replace(GUID, "$1…$2");
}

/** A scope as seen from the audited one: `…/resourceGroups/rg-chalk` for one below it. */
export function shortScope(scope: string, audited: string): string {
  const inside = scope.toLowerCase().startsWith(`${audited.toLowerCase()}/`);
  return shortIds(inside ? `…${scope.slice(audited.length)}` : scope);
}
