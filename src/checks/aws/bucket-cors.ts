import type { Facts } from "../../snapshot/facts.ts";
import { field, list, textList } from "../../snapshot/value.ts";
import { familyOf } from "../../state/family.ts";
import { command } from "../../text/command.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check, Narrowed } from "../define.ts";

interface Params {
  readonly parts: readonly string[];
  readonly buckets?: readonly string[];
  /** Where one was not given its host is left out. */
  readonly hosts: readonly { readonly parameter: string; readonly host?: string }[];
  readonly method: string;
}

const TYPE = "AWS::S3::Bucket";

/** The origin of a host as a browser sends it: lower case, no default port, no slash. */
function originOf(host: string): string {
  return `https://${host
    .trim()
    .replace(/^https:\/\//i, "")
    .replace(/\/.*$/, "")
    .replace(/:443$/, "")
    .toLowerCase()}`;
}

/**
 * An allowed origin has at most one star, which stands for any text (S3's own rule). S3 compares it with the text that
 * the browser sent: in lower case, and without the port that goes without saying.
 */
function admits(allowed: string, origin: string): boolean {
  const [before = "", behind] = allowed.split("*");
  if (behind === undefined) return before === origin;
  return (
    origin.length >= before.length + behind.length && origin.startsWith(before) && origin.endsWith(behind)
  );
}

interface Chosen {
  readonly names: readonly string[];
  /** By which rule they were taken to be the installation's. */
  readonly by: string;
}

function chosen(facts: Facts, params: Params): Chosen | Observation {
  const { buckets, parts } = params;
  if (buckets !== undefined && buckets.length > 0) return { names: buckets, by: "named by --set buckets" };
  const known = facts.all("aws/bucket").map(({ id }) => id);
  const family = familyOf(known, parts, false);
  if (family.kind === "told") {
    const { before, behind } = family.scheme;
    return { names: [...family.names.values()], by: `taken by their names, ${before}…${behind}` };
  }
  const several =
    family.kind === "unclear"
      ? `: there are ${family.schemes.map((s) => `${s.before}…${s.behind}`).join(" and ")}`
      : "";
  return {
    kind: "unknown",
    resource: { type: TYPE, id: facts.scope, name: "buckets" },
    message: `which buckets are the deployment's is not told by their names${several}`,
    property: "buckets",
    decide: `name them with --set buckets=${parts.map((part) => part.toUpperCase()).join(",")}`,
  };
}

function isThere(facts: Facts, name: string): boolean {
  return (
    facts.all("aws/bucket").some(({ id }) => id === name) ||
    facts.all("aws/bucket-cors").some(({ id }) => id === name) ||
    facts.unread("aws/bucket-cors", name).some(({ id }) => id === name)
  );
}

function* judge(facts: Facts, name: string, params: Params): Iterable<Observation> {
  const resource = { type: TYPE, id: `arn:aws:s3:::${name}`, name };
  const verify = command("aws", "s3api", "get-bucket-cors", "--bucket", name);
  const read = facts.all("aws/bucket-cors").find(({ id }) => id === name);
  if (read === undefined) {
    const why = facts.unread("aws/bucket-cors", name)[0];
    yield {
      kind: "unknown",
      resource,
      message: `the CORS configuration of bucket ${name} could not be read${why === undefined ? "" : `: ${why.api}: ${why.detail}`}`,
      property: "cors",
      decide:
        why?.permission === undefined
          ? "collect it with --set buckets=…"
          : `grant the scanner ${why.permission}`,
      verify,
    };
    return;
  }
  const rules = list(field(read.body, "CORSRules")) ?? [];
  const hosts = params.hosts.flatMap(({ parameter, host }, at) =>
    host === undefined ? [] : [{ parameter, origin: originOf(host), at }],
  );
  const origins = hosts.map(({ origin }) => origin);
  const wanted = {
    CORSRules: [
      {
        AllowedMethods: [params.method],
        AllowedOrigins: origins.length > 0 ? origins : ["https://HOST"],
        AllowedHeaders: ["*"],
      },
    ],
  };
  const mend = {
    text: `Let the hosts' origins ${params.method}, beside the rules that are there: ${JSON.stringify(wanted)}`,
    commands:
      rules.length > 0 || origins.length === 0
        ? []
        : [
            command(
              "aws",
              "s3api",
              "put-bucket-cors",
              "--bucket",
              name,
              "--cors-configuration",
              JSON.stringify(wanted),
            ),
          ],
  };
  if (rules.length === 0) {
    yield {
      kind: "drift",
      drift: "absent",
      resource,
      message: `bucket ${name} has no CORS configuration: browsers get nothing from it`,
      property: "cors",
      expected: wanted,
      actual: [],
      at: "/method",
      verify,
      remediation: mend,
    };
    return;
  }
  for (const { parameter, origin, at } of hosts) {
    const allowed = rules.some(
      (rule) =>
        textList(field(rule, "AllowedMethods")).includes(params.method) &&
        textList(field(rule, "AllowedOrigins")).some((each) => admits(each, origin)),
    );
    if (allowed) continue;
    yield {
      kind: "drift",
      drift: "changed",
      resource,
      message: `no CORS rule of bucket ${name} allows ${params.method} from ${origin}`,
      property: `origin:${parameter}`,
      expected: origin,
      actual: rules.map((rule) => ({
        methods: textList(field(rule, "AllowedMethods")),
        origins: textList(field(rule, "AllowedOrigins")),
      })),
      at: `/hosts/${at}`,
      verify,
      remediation: mend,
    };
  }
}

/** Browsers on the product's pages may read from each of the buckets. */
export const bucketCors: Check = {
  id: "aws/bucket-cors",
  cloud: "aws",
  title: "Buckets let the product's hosts read across origins",
  help: `On each bucket some CORS rule must allow the method from each host's https origin: by that very origin as a browser sends it (in lower case, without \`:443\` and without a slash behind it), or by a pattern with one star. A bucket without a CORS configuration is drift, not unknown.

The buckets are those that \`buckets\` names, else those whose names follow one scheme that the document's parts show (\`acme-data-prod\`, \`acme-source-prod\`). Hosts that were not given are unknown.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["parts", "method", "hosts"],
    properties: {
      parts: {
        type: "array",
        minItems: 1,
        items: { type: "string", minLength: 1 },
        description: "what the document calls the buckets",
      },
      buckets: {
        type: "array",
        items: { type: "string", minLength: 1 },
        description: "their names, in that order",
      },
      hosts: {
        type: "array",
        minItems: 1,
        description: "hosts whose pages read from the buckets",
        items: {
          type: "object",
          additionalProperties: false,
          required: ["parameter"],
          properties: {
            parameter: { type: "string", minLength: 1, description: "name of the parameter that gives it" },
            host: { type: "string", minLength: 1, description: "without scheme; absent: it was not given" },
          },
        },
      },
      method: { type: "string", minLength: 1, description: "HTTP method that must be allowed" },
    },
  },
  needs: () => ["aws/bucket", "aws/bucket-cors"],
  narrows: (params): Narrowed => {
    const { buckets = [] } = params as Params;
    return buckets.length === 0 ? {} : { names: { "aws/bucket-cors": buckets } };
  },
  tolerates: ["aws/bucket-cors"],
  drifts: {
    absent: {
      short: "A bucket has no CORS configuration.",
      help: "Pages of the product cannot read from it in a browser.",
    },
    changed: {
      short: "No CORS rule of a bucket lets a host in.",
      help: "Pages of that host cannot read from the bucket in a browser. Add its origin to a rule.",
    },
  },
  run: function* (facts, rawParams): Iterable<Observation> {
    const params = rawParams as Params;
    const found = chosen(facts, params);
    if ("kind" in found) {
      yield found;
      return;
    }
    const left = params.hosts.flatMap(({ parameter, host }) => (host === undefined ? [parameter] : []));
    const asked = hostsAsked(left, facts.scope);
    if (asked !== undefined) yield asked;
    // a bucket that is not there is the inventory's to report
    const there = found.names.filter((name) => isThere(facts, name));
    for (const name of there) yield* judge(facts, name, params);
    if (there.length === 0) {
      yield {
        kind: "unknown",
        resource: { type: TYPE, id: facts.scope, name: "buckets" },
        message: `none of the buckets ${found.names.join(", ")} is there: nothing to assess`,
        property: "buckets",
        decide: "name those that are there with --set buckets=…",
      };
      return;
    }
    yield { kind: "assessed", count: there.length, what: "buckets", notes: [`buckets: ${found.by}`] };
  },
};

/** What is asked for where a host was not given: nothing follows for it. */
function hostsAsked(left: readonly string[], scope: string): Observation | undefined {
  if (left.length === 0) return undefined;
  return {
    kind: "unknown",
    resource: { type: TYPE, id: scope, name: "buckets" },
    message: `which origins must be let in is not known: ${left.join(" and ")} ${left.length === 1 ? "was" : "were"} not given`,
    property: "hosts",
    decide: `give ${left.map((name) => `--set ${name}=HOST`).join(" ")}`,
  };
}
