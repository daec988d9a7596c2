import { type Operation, operationsOf, type ServiceData } from "../../access/aws/service-data.ts";
import type { Owned } from "../../state/aws/owned.ts";
import type { CallGroup } from "../../usage/usage.ts";
import type { CallVerdict, GrantReach, RehearsedCall } from "../review.ts";
import type { ActionChange } from "./changes.ts";
import { type AwsSide, asker, type KnownKeys, limitsOf, readySide, type SideAnswer } from "./side.ts";

/** What the rehearsal knows beside the policies. */
export interface AwsStage {
  readonly live: AwsSide;
  readonly target: AwsSide;
  /** The role that makes the calls. */
  readonly role: string;
  /** Resources whose tags are known, by ARN. */
  readonly tagged: ReadonlyMap<string, Owned>;
  readonly changes: ReadonlyMap<string, ActionChange>;
  readonly data: ServiceData;
}

interface Judged {
  readonly verdict: CallVerdict;
  readonly why: string;
}

/** Begin of the keys that hold a tag of the resource; EC2 and some more have one of their own beside the global one. */
const RESOURCE_TAG = /^[a-z0-9-]+:resourcetag\//;

/**
 * Actions that make a resource: it has no tags yet when they are checked, whatever it carries today. In EC2 it has no
 * name yet either, and is checked beside those that the request names. (EC2 user guide, "Resource-level permissions".)
 */
const CREATES =
  /^[^:]+:(?:Allocate|Clone|Copy|Create(?!Tags$)|Import|Launch|Provision|Purchase|Register|Request|Restore|Run)/;

/**
 * Every action of every recorded call, asked of what is granted today and of the target. What the record does not say
 * (tags of a resource that is not known, the keys of the request) is taken both ways, and the verdict is then `depends`.
 */
export function rehearse(calls: readonly CallGroup[], stage: AwsStage): readonly RehearsedCall[] {
  const operations = new Map(operationsOf(stage.data).map((o) => [o.name.toLowerCase(), o]));
  const askLive = asker(readySide(stage.live));
  const askTarget = asker(readySide(stage.target));
  return calls.flatMap((call) =>
    call.actions.map((action): RehearsedCall => {
      const operation = operations.get(action.toLowerCase());
      const resources = relevant(action, call.resources);
      const change = stage.changes.get(action.toLowerCase());
      const judge = (ask: typeof askLive, reach: GrantReach) =>
        judged(action, resources, reach, ask, operation, call.region, stage);
      const live = judge(askLive, change?.live ?? "none");
      const target = judge(askTarget, change?.target ?? "none");
      const promised = target.verdict === "refused" && change?.target === "dead";
      return {
        action,
        event: call.event,
        resources,
        who: call.who,
        count: call.count,
        first: call.first,
        last: call.last,
        live: live.verdict,
        target: target.verdict,
        why: whyOf(live, target, change),
        ...(target.verdict === "refused" ? { needs: needed(action, resources, operation) } : {}),
        ...(promised ? { promised: true } : {}),
      };
    }),
  );
}

function whyOf(live: Judged, target: Judged, change: ActionChange | undefined): string {
  if (target.verdict === "allowed") return "";
  if (target.verdict === "refused" && live.verdict === "refused")
    return "the role's own policies do not grant it today either: another policy did, or they were changed since";
  if (target.verdict === "refused" && change?.target === "dead")
    return "the target names it and cannot grant it: by the catalogue the action has no such resource or condition key";
  if (target.verdict === "refused" && change?.target === "none")
    return "the target does not grant it on anything";
  return target.why;
}

/**
 * Of the resources that a call names, those that the action is checked on: S3 tells objects from buckets, and what is
 * done to a role of IAM is checked on the role, not on the policy that it is about. (Service Authorization Reference.)
 */
function relevant(action: string, resources: readonly string[]): readonly string[] {
  if (/^iam:\w*Role/.test(action)) {
    const roles = resources.filter((arn) => arn.includes(":role/"));
    return roles.length > 0 ? roles : resources;
  }
  if (!action.startsWith("s3:") || resources.length < 2) return resources;
  const objects = resources.filter((arn) => arn.includes("/"));
  const ofObjects = /Object(?!LockConfiguration)|MultipartUpload/.test(action) && !/ListBucket/.test(action);
  const wanted = ofObjects ? objects : resources.filter((arn) => !arn.includes("/"));
  return wanted.length > 0 ? wanted : resources;
}

function judged(
  action: string,
  resources: readonly string[],
  reach: GrantReach,
  ask: ReturnType<typeof asker>,
  operation: Operation | undefined,
  region: string | undefined,
  stage: AwsStage,
): Judged {
  const limits = limitsOf(operation);
  const creates = CREATES.test(action);
  // What is there now was not there, or not tagged, when a call that creates it was checked.
  const owned = (arn: string) => (creates ? undefined : stage.tagged.get(arn));
  const keys = (arn: string) => keysOf(owned(arn), operation, region, stage);
  if (limits.onlyStar) return one(ask(action, "*", keys("*")), undefined, creates);
  if (resources.length === 0) {
    if (reach === "all") return { verdict: "allowed", why: "" };
    if (reach === "none" || reach === "dead") return { verdict: "refused", why: "it is granted on nothing" };
    return { verdict: "depends", why: "on the resource, which the record does not name" };
  }
  const answers = resources.map((arn) => one(ask(action, arn, keys(arn)), owned(arn), creates));
  const [first] = answers;
  if (first === undefined || answers.every((a) => a.verdict === first.verdict)) {
    const unnamed = action.startsWith("ec2:") && CREATES.test(action) && reach !== "all";
    return first === undefined || (first.verdict === "allowed" && unnamed)
      ? { verdict: "depends", why: "on the resource that it creates, which the record does not name" }
      : first;
  }
  const refused = answers.findIndex((a) => a.verdict === "refused");
  const open = answers.find((a) => a.verdict === "depends");
  if (refused < 0 && open !== undefined) return open;
  return {
    verdict: "depends",
    why: `on which of its resources the action is checked: ${resources[refused] ?? ""} would be refused`,
  };
}

function one(answer: SideAnswer, owned: Owned | undefined, creates: boolean): Judged {
  switch (answer.verdict) {
    case "allowed":
      return { verdict: "allowed", why: "" };
    case "denied":
      return { verdict: "refused", why: refusal(owned) };
    case "undecided":
      return { verdict: "depends", why: "on a part of the policy that cannot be evaluated" };
    case "depends": {
      const tags = answer.on.some((key) => RESOURCE_TAG.test(key));
      const hint = !tags
        ? ""
        : creates
          ? ": the resource was not there before the call"
          : ": the tags of the resource are not known";
      return { verdict: "depends", why: `on ${answer.on.join(", ")}${hint}` };
    }
  }
}

function refusal(owned: Owned | undefined): string {
  if (owned === undefined) return "no statement of the target grants it on this resource";
  const tags = [...owned.tags].map(([key, value]) => `${key}=${value}`).join(", ");
  return `no statement of the target grants it on this resource as it is tagged (${tags === "" ? "no tags" : tags})`;
}

function keysOf(
  owned: Owned | undefined,
  operation: Operation | undefined,
  region: string | undefined,
  stage: AwsStage,
): KnownKeys {
  const { absent } = limitsOf(operation);
  const service = operation?.name.split(":")[0] ?? "";
  const context: Record<string, string> = { "aws:principalarn": stage.role };
  if (region !== undefined) context["aws:requestedregion"] = region;
  for (const [key, value] of owned?.tags ?? []) {
    for (const space of ["aws", service]) {
      const name = `${space}:resourcetag/${key.toLowerCase()}`;
      if (!absent.has(name)) context[name] = value;
    }
  }
  return {
    context,
    knows: (key) =>
      Object.hasOwn(context, key) || absent.has(key) || (owned !== undefined && RESOURCE_TAG.test(key)),
  };
}

function needed(action: string, resources: readonly string[], operation: Operation | undefined): object {
  const star = limitsOf(operation).onlyStar || resources.length === 0;
  return {
    Effect: "Allow",
    Action: action,
    Resource: star ? "*" : resources.length === 1 ? resources[0] : resources,
  };
}
