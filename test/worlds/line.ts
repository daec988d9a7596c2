import type { KubernetesRequest, Witness } from "../../src/access/policy.ts";
import type { Finding } from "../../src/report/report.ts";
import { witnessText } from "../../src/reporters/words.ts";
import { subscriptionId } from "../servers/azure-state.ts";

/**
 * A finding in one line, the same for every cloud; what is not said of a finding is left out:
 *
 * `CONTROL DRIFT SEVERITY latent PLANE PATTERN except PATTERNS ! WITNESS, by HOLDING`, and the resource in brackets
 * where there is no pattern; more than fifteen patterns are counted. `unknown`, or `waived` and `note` before the drift, where it is no failure.
 */
export function line(finding: Finding): string {
  const { except = [], latent, plane, pattern, witness, by } = finding;
  const words = [
    bare(finding.control),
    kindOf(finding),
    finding.severity,
    latent === true ? "latent" : "",
    plane ?? "",
    pattern ?? resourceIn(finding),
    except.length === 0
      ? ""
      : `except ${except.length > 15 ? `${except.length} patterns` : except.join("; ")}`,
    witness === undefined ? "" : `! ${proof(witness)}`,
  ];
  return `${words.filter((word) => word !== "").join(" ")}${by === undefined ? "" : `, by ${short(by)}`}`;
}

/** A control's id without its baseline's. */
export function bare(id: string): string {
  return id.slice(id.indexOf("/") + 1);
}

function kindOf({ outcome, drift }: Finding): string {
  if (outcome === "fail") return drift;
  if (outcome === "unknown") return drift === "unreadable" ? "unknown" : `unknown ${drift}`;
  return `${outcome === "pass" ? "note" : outcome} ${drift}`;
}

/** The id; the name too where the id does not end with it. */
function resourceIn({ resource: { id, name } }: Finding): string {
  return id.endsWith(name) ? `(${short(id)})` : `${name} (${short(id)})`;
}

function proof(witness: Witness): string {
  if (!("action" in witness)) return witnessText(witness as KubernetesRequest);
  const { principal, action, resource, scope, context } = witness as {
    readonly principal?: string;
    readonly action: string;
    readonly resource?: string;
    readonly scope?: string;
    readonly context?: object;
  };
  const words = [
    ...(principal === undefined ? [] : [principal]),
    action,
    ...(resource === undefined ? [] : [resource]),
    ...(scope === undefined ? [] : [`@ ${short(scope)}`]),
    ...(Object.keys(context ?? {}).length === 0 ? [] : [JSON.stringify(context)]),
  ];
  return words.join(" ");
}

/** Scopes and ids of Azure as one reads them: `SUB` is the audited subscription. */
function short(id: string): string {
  return id
    .replaceAll(`/providers/Microsoft.Subscription/subscriptions/${subscriptionId}`, "SUB")
    .replaceAll(`/subscriptions/${subscriptionId}`, "SUB")
    .replaceAll("/providers/Microsoft.Authorization/", " ")
    .replaceAll("/providers/Microsoft.Management/managementGroups/", "MG ")
    .replaceAll("/resourceGroups/", "/");
}
