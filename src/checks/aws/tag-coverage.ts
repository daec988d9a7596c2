import { matches, questionGlob, subject } from "../../access/glob.ts";
import type { Resource } from "../../report/report.ts";
import type { Facts } from "../../snapshot/facts.ts";
import type { DocumentKind } from "../../snapshot/kinds/kinds.ts";
import { record, textList } from "../../snapshot/value.ts";
import { statementsOf } from "../../state/aws/document.ts";
import { POLICY } from "../../state/aws/documented.ts";
import { type Owned, ownedIn } from "../../state/aws/owned.ts";
import { bound } from "../../state/aws/parameters.ts";
import { tagValue } from "../../state/aws/tags.ts";
import { hasWord, isNamed, wordsOf } from "../../state/aws/vendor-names.ts";
import type { Context } from "../../state/context.ts";
import { command } from "../../text/command.ts";
import { chosenCluster, chosenVpc } from "../../wording/aws/chosen.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Rule {
  readonly rule: string;
  readonly kinds: readonly string[];
  readonly name?: string;
  readonly vpc?: string;
  readonly cluster?: string;
  /** How it knows the vendor's resources: the keys that stand in the baseline, whether given or not. */
  readonly by?: "vpc" | "cluster";
}

interface Params {
  readonly tag: { readonly key: string; readonly value: string };
  readonly named: readonly Rule[];
  readonly exempt?: readonly { readonly arn: string; readonly because: string }[];
  readonly statements?: readonly string[];
}

/** A rule that knows what to look for. */
interface Ready {
  readonly rule: Rule;
  /** Whether the rule can say of this resource that it is, or is not, the vendor's; `undefined`: it cannot. */
  readonly judges: (resource: Owned) => boolean | undefined;
}

const KIND = /^[a-z]+\/[a-z-]+$/;

function globMatches(glob: string, text: string): boolean {
  return matches(questionGlob(glob), subject(text));
}

/** A rule over kinds of documents, or over ARNs. */
function isOfKind(rule: Rule, resource: Owned): boolean {
  return rule.kinds.some((kind) =>
    KIND.test(kind) ? kind === resource.kind : globMatches(kind, resource.arn),
  );
}

function readyRule(rule: Rule, facts: Facts): Ready | Observation | undefined {
  const { by } = rule;
  if (by === undefined) {
    const { name } = rule;
    return {
      rule,
      judges: (r) => {
        if (!isOfKind(rule, r)) return undefined;
        if (name !== undefined) return globMatches(name, r.name);
        return true;
      },
    };
  }
  const chosen = by === "vpc" ? chosenVpc(facts, rule.vpc) : chosenCluster(facts, rule.cluster);
  if (chosen.kind === "unclear") {
    // Without a VPC or a cluster there is nothing in it either.
    if (chosen.observation.empty === true) return undefined;
    const { observation } = chosen;
    return {
      ...observation,
      message: `what is "${rule.rule}" is not known: ${observation.message}`,
      property: `rule:${rule.rule}`,
      at: "/named",
    };
  }
  if (chosen.kind === "absent") {
    const type = by === "vpc" ? "AWS::EC2::VPC" : "AWS::EKS::Cluster";
    return {
      kind: "unknown",
      resource: { type, id: chosen.wanted, name: chosen.wanted },
      message: `what is "${rule.rule}" is not known: there is no ${by === "vpc" ? "VPC" : "EKS cluster"} ${chosen.wanted} in ${facts.scope}`,
      property: `rule:${rule.rule}`,
      decide: `name the one that is there with --set, or its region`,
      at: "/named",
    };
  }
  const { id, name } = chosen.one;
  return {
    rule,
    judges: (r) => {
      if (!isOfKind(rule, r)) return undefined;
      if (by === "cluster") return r.cluster === undefined ? undefined : r.cluster === name;
      return r.vpcs.length === 0 ? undefined : r.vpcs.includes(id);
    },
  };
}

/** The resources that statements under the tag's condition reach, by service and ARN. */
function reachOf(params: Params, context: Context): (arn: string) => string | undefined {
  const key = `aws:resourcetag/${params.tag.key}`.toLowerCase();
  const statements = (params.statements ?? []).flatMap((id) => {
    const control = context.controls.get(id) ?? context.elsewhere?.get(id);
    if (control?.check !== POLICY) return [];
    return statementsOf(bound((control.with as { readonly policy?: unknown }).policy, new Map()));
  });
  const conditioned = statements.filter((s) =>
    Object.values(record(s["Condition"]) ?? {}).some((keys) =>
      Object.keys(record(keys) ?? {}).some((k) => k.toLowerCase() === key),
    ),
  );
  return (arn) => {
    const service = arn.split(":")[2] ?? "";
    const found = conditioned.find(
      (s) =>
        textList(s["Action"]).some((a) => a === "*" || a.split(":")[0]?.toLowerCase() === service) &&
        textList(s["Resource"]).some((r) => globMatches(r, arn)),
    );
    if (found === undefined) return undefined;
    const sid = found["Sid"];
    return typeof sid === "string" ? sid : "a statement under the tag's condition";
  };
}

function resourceOf(owned: Owned): Resource {
  const [, , service = "", , , ...rest] = owned.arn.split(":");
  const type = /^([a-z-]+)[/:]/.exec(rest.join(":"))?.[1];
  return { type: type === undefined ? service : `${service}:${type}`, id: owned.arn, name: owned.name };
}

function showTags(arn: string): string {
  return command("aws", "resourcegroupstaggingapi", "get-resources", "--resource-arn-list", arn);
}

function untagged(owned: Owned, rule: Rule, params: Params): Observation {
  const { key, value } = params.tag;
  const live = tagValue(owned.tags, key);
  return {
    kind: "drift",
    drift: live === undefined ? "absent" : "changed",
    resource: resourceOf(owned),
    message: `${owned.name} is the vendor's (${rule.rule}) and ${live === undefined ? `lacks the tag ${key}` : `carries ${key}: ${live || "(empty)"}`}, documented is ${key}: ${value}; after the scope-down the vendor cannot manage it`,
    property: "tag",
    expected: `${key}: ${value}`,
    actual: live ?? null,
    by: rule.rule,
    at: "/tag",
    verify: showTags(owned.arn),
    remediation: {
      text: `Tag it, if it is the vendor's: ${key}: ${value}.`,
      commands: [
        command(
          ...["aws", "resourcegroupstaggingapi", "tag-resources", "--resource-arn-list", owned.arn],
          ...["--tags", `${key}=${value}`],
        ),
      ],
    },
  };
}

/** @param not what would make it the vendor's, and does not */
function stranger(owned: Owned, statement: string, not: readonly string[], params: Params): Observation {
  const { key, value } = params.tag;
  return {
    kind: "drift",
    drift: "stray",
    resource: resourceOf(owned),
    message: `${owned.name} carries ${key}: ${value} and is not the vendor's (not ${not.join(", not ")}): ${statement} puts it within the vendor's reach`,
    property: "tag",
    expected: null,
    actual: `${key}: ${value}`,
    by: statement,
    at: "/tag",
    verify: showTags(owned.arn),
    remediation: {
      text: "Take the tag away, if it is not the vendor's.",
      commands: [
        command(
          ...["aws", "resourcegroupstaggingapi", "untag-resources", "--resource-arn-list", owned.arn],
          ...["--tag-keys", key],
        ),
      ],
    },
  };
}

/** The words by which the vendor's things are known: of rules over names and ARNs, of exemptions, of its clusters. */
function namesOf(params: Params, resources: readonly Owned[]): readonly string[] {
  const globs = params.named.flatMap((r) => [...r.kinds.filter((k) => !KIND.test(k)), r.name ?? ""]);
  const clusters = resources.filter(
    (r) => r.kind === "aws/eks-cluster" && tagValue(r.tags, params.tag.key) === params.tag.value,
  );
  const exempt = (params.exempt ?? []).map((e) => e.arn);
  return wordsOf([...globs, ...exempt, ...clusters.map((r) => r.name)]);
}

function* judge(
  resources: readonly Owned[],
  rules: readonly Ready[],
  params: Params,
  reach: (arn: string) => string | undefined,
  scope: string,
): Iterable<Observation> {
  const unjudged: string[] = [];
  const words = namesOf(params, resources);
  let vendors = 0;
  let strangers = 0;
  for (const owned of resources) {
    if ((params.exempt ?? []).some((e) => globMatches(e.arn, owned.arn))) {
      vendors += 1;
      continue;
    }
    const tagged = tagValue(owned.tags, params.tag.key) === params.tag.value;
    if (owned.made === true && !tagged) continue;
    const opinions = rules.flatMap(({ rule, judges }) => {
      const opinion = judges(owned);
      return opinion === undefined ? [] : [{ rule, opinion }];
    });
    const naming = opinions.find((o) => o.opinion);
    if (naming !== undefined) {
      vendors += 1;
      if (!tagged) yield untagged(owned, naming.rule, params);
      continue;
    }
    const statement = tagged ? reach(owned.arn) : undefined;
    if (statement === undefined) continue;
    // Where no rule is about such things, a name that somebody chose and that is none of the vendor's says whose it is.
    const ruled = params.named.some((r) => isOfKind(r, owned));
    const strange = !ruled && words.length > 0 && isNamed(owned.arn) && !hasWord(owned.arn, words);
    if (opinions.length === 0 && !strange) unjudged.push(owned.arn);
    else {
      strangers += 1;
      const denying = opinions.map((o) => `"${o.rule.rule}"`);
      const not = denying.length > 0 ? denying : [`named ${words.join("*, ")}*`];
      yield stranger(owned, statement, not, params);
    }
  }
  if (unjudged.length > 0) {
    const shown = unjudged.slice(0, 5).join(", ");
    const more = unjudged.length > 5 ? ` and ${unjudged.length - 5} more` : "";
    yield {
      kind: "note",
      drift: "stray",
      resource: { type: "resources", id: "tagged", name: `${unjudged.length} tagged resources` },
      message: `${unjudged.length} ${unjudged.length === 1 ? "resource carries" : "resources carry"} the tag and no rule can tell whose ${unjudged.length === 1 ? "it is" : "they are"}: within the vendor's reach are ${shown}${more}`,
      property: "unjudged",
      at: "/named",
    };
  }
  if (vendors + strangers + unjudged.length === 0) {
    yield nothing(scope, "no resource is the vendor's by any rule, and none carries the tag");
    return;
  }
  yield {
    kind: "assessed",
    count: vendors,
    what: vendors === 1 ? "resource of the vendor" : "resources of the vendor",
  };
}

/** Silence is no pass: where nothing is the vendor's, its tag is nowhere assessed. */
function nothing(scope: string, why: string): Observation {
  return {
    kind: "unknown",
    empty: true,
    resource: { type: "resources", id: scope, name: "resources" },
    message: `${scope}: ${why}: nothing to assess`,
    property: "resources",
  };
}

/** What is the vendor's carries its tag, and what carries it is the vendor's. */
export const tagCoverage: Check = {
  id: "aws/tag-coverage",
  cloud: "aws",
  title: "The vendor's resources carry its tag, and nobody else's do",
  help: `Rules in the baseline say which resources are the vendor's: those in its VPC, of its cluster, of a name. Each of them must carry the tag (keys compare in any case, as they do in conditions), unless its ARN is exempt. The finding says which rule named it.

The other way round: a resource that carries the tag, of which a rule says that it is not the vendor's, and whose ARN one of the statements under the tag's condition reaches, is within the vendor's reach by mistake. So is one about whose kind no rule says anything, where somebody gave it a name (a secret \`payments/master\`) in which none of the words stands that the rules know the vendor's things by. Tagged resources of which neither says anything (a key, a certificate: their names are ids) are counted in a note.

Looked at are the lists of EC2 and EKS, and of all other services what the tagging API knows: resources that carry, or once carried, some tag. What was never tagged at all in another service is not seen. The default security group and the main route table that AWS makes with each VPC need no tag; tagged, they count like any other.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["tag", "named"],
    properties: {
      tag: {
        type: "object",
        additionalProperties: false,
        required: ["key", "value"],
        properties: {
          key: { type: "string", minLength: 1 },
          value: { type: "string", minLength: 1 },
        },
      },
      named: {
        type: "array",
        minItems: 1,
        items: {
          type: "object",
          additionalProperties: false,
          required: ["rule", "kinds"],
          properties: {
            rule: { type: "string", minLength: 1, description: "the rule in words" },
            kinds: {
              type: "array",
              minItems: 1,
              items: { type: "string", minLength: 1 },
              description: "kinds of documents (aws/subnet) or globs over ARNs",
            },
            by: {
              enum: ["vpc", "cluster"],
              description: "the vendor's is what lies in its VPC, or is of its cluster",
            },
            name: {
              type: "string",
              minLength: 1,
              description: "glob over names; all of the kinds when absent",
            },
            vpc: { type: "string", minLength: 1, description: "id of the VPC; absent: the only one" },
            cluster: { type: "string", minLength: 1, description: "name or ARN; absent: the only one" },
          },
        },
      },
      exempt: {
        type: "array",
        items: {
          type: "object",
          additionalProperties: false,
          required: ["arn", "because"],
          properties: {
            arn: { type: "string", minLength: 1, description: "glob over ARNs" },
            because: { type: "string", minLength: 1 },
          },
        },
      },
      statements: {
        type: "array",
        items: { type: "string", minLength: 1 },
        description:
          "ids of controls, of any profile, whose statements under the tag's condition are the vendor's reach",
      },
    },
  },
  needs: (params) => [
    "aws/tagged-resource",
    ...new Set(
      (params as Params).named.flatMap((rule) => rule.kinds.filter((k) => KIND.test(k)) as DocumentKind[]),
    ),
    "aws/vpc",
    "aws/eks-cluster",
  ],
  drifts: {
    absent: {
      short: "A resource of the vendor lacks its tag.",
      help: "A rule of the baseline says that the resource is the vendor's (`by` says which), and it does not carry the tag. With the scoped policy the vendor can neither change nor delete it. Tag it; if it is not the vendor's, move it out of the VPC or rename it.",
    },
    changed: {
      short: "A resource of the vendor carries the tag with another value.",
      help: "The condition compares the value as well. Tag it again with the documented value.",
    },
    stray: {
      short: "A resource that is not the vendor's carries its tag.",
      help: "The scoped policy lets the vendor manage whatever carries the tag. The resource lies outside the vendor's VPC or cluster, or has a name that is none of the vendor's, so the tag is there by mistake: take it away.",
    },
  },
  run: function* (facts, rawParams, context): Iterable<Observation> {
    const params = rawParams as Params;
    const rules: Ready[] = [];
    for (const rule of params.named) {
      const ready = readyRule(rule, facts);
      if (ready === undefined) continue;
      if ("judges" in ready) rules.push(ready);
      else yield ready;
    }
    const resources = ownedIn(facts);
    if (resources.length === 0) {
      yield nothing(facts.scope, "no resource has or had a tag, and there is none of EC2 or EKS");
      return;
    }
    yield* judge(resources, rules, params, reachOf(params, context), facts.scope);
  },
};
