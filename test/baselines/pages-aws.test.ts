// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a baseline refers to its parameters that way
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadBaseline } from "../../src/baselines/bundled.ts";
import { resolveControls } from "../../src/baselines/parameters.ts";
import { checks } from "../../src/checks/registry.ts";
import { logReader, management, scoped, trust } from "../worlds/aws-state.ts";
import { logReaderPage, managementPage, scopedPage, trustPage } from "./pages-aws.ts";

const chalk = loadBaseline("chalk-aws", checks);
const ACCOUNT = "123456789012";

function withOf(id: string): Record<string, unknown> {
  return chalk.baseline.controls.find((c) => c.id === id)?.with as Record<string, unknown>;
}

/** The page's placeholders as the parameters that stand for them. */
function asParameters(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value)
      .replaceAll("<your account id>", "${AWS_ACCOUNT_ID}")
      .replaceAll("<the log group path>", "${logGroup}")
      .replaceAll("<your-chalk-external-id>", "${externalId}"),
  );
}

describe("chalk-aws says what the page says", () => {
  test.each([
    ["trust-policy", trustPage],
    ["management-policy", managementPage],
    ["scoped-execution-policy", scopedPage],
    ["log-reader-policy", logReaderPage],
  ])("%s: every statement, every action, in the page's order", (id, page) => {
    expect(withOf(id).policy).toEqual(asParameters(page));
  });

  test("the transcripts are whole", () => {
    const sizes = [managementPage, scopedPage, logReaderPage].map((d) =>
      d.Statement.map((s) => [s.Sid ?? "", s.Action.length, s.Resource?.length]),
    );
    expect(sizes).toEqual([
      [["", 91, 1]],
      [
        ["ChalkManagedResources", 25, 20],
        ["ChalkUntaggedResources", 5, 3],
        ["ChalkDescribeResources", 7, 1],
        ["ChalkGlobalDescribe", 3, 1],
      ],
      [
        ["readlogs", 7, logReaderPage.Statement[0]?.Resource?.length],
        ["stopActions", 2, 1],
      ],
    ]);
    // Twice on the page, an erratum; IAM does not mind.
    const actions = managementPage.Statement[0]?.Action as string[];
    expect(actions.filter((a, i) => actions.indexOf(a) !== i)).toEqual(["iam:CreateServiceLinkedRole"]);
  });

  test("fourteen controls, their checks, profiles, and what is optional", () => {
    const rows = chalk.baseline.controls.map(({ id, check, profile, optional, severity }) =>
      [id, check, profile ?? "", optional === true ? "optional" : "", severity ?? ""].join("|"),
    );
    expect(rows).toEqual([
      "trust-policy|aws/trust-policy|||",
      "management-policy|aws/policy|management||",
      "scoped-execution-policy|aws/policy|scoped||",
      "log-reader-policy|aws/policy||optional|",
      "effective-access|aws/effective-access|||",
      "managed-by-tag|aws/tag-coverage|||",
      "vpc-cidr-plan|network/cidr-plan|||",
      "eks-version-window|aws/eks-version|||",
      "cluster-management-role|kubernetes/role|||",
      "management-role|kubernetes/role|||",
      "job-reader-role|kubernetes/role|||",
      "argo-workflows-role|kubernetes/role||optional|",
      "role-bindings|kubernetes/role-binding|||",
      "cluster-effective-access|kubernetes/effective-access|||",
    ]);
    expect(chalk.baseline.profiles?.default).toBe("management");
    expect(Object.keys(chalk.baseline.profiles?.names ?? {})).toEqual(["management", "scoped"]);
  });

  test("the parameters by which requirements name them, and where they come from", () => {
    const rows = Object.entries(chalk.baseline.parameters).map(([name, p]) =>
      [name, p.type, p.flag ?? "", p.from ?? ""].join("|"),
    );
    expect(rows).toEqual([
      "role|string|role|",
      "externalId|string||",
      "AWS_ACCOUNT_ID|string||account",
      "AWS_REGION|string|region|region",
      "logGroup|string||",
      "cluster|string||",
      "vpcId|string||",
      "vpcCidr|string||",
      "zones|list||",
      "privateCidrs|list||",
      "publicCidrs|list||",
      "namespace|string|namespace|",
      "managementServiceAccount|string||",
      "workloadServiceAccount|string||",
      "builderServiceAccount|string||",
    ]);
  });

  test("the address plan", () => {
    expect(withOf("vpc-cidr-plan")).toMatchObject({
      vpc: "10.130.0.0/16",
      zones: [
        { zone: "a", private: "10.130.0.0/20", public: "10.130.16.0/20" },
        { zone: "b", private: "10.130.32.0/20", public: "10.130.48.0/20" },
        { zone: "c", private: "10.130.64.0/20", public: "10.130.80.0/20" },
      ],
    });
  });

  const rulesOf = (id: string) => {
    const { kind, name, rules } = withOf(id) as {
      kind: string;
      name: string;
      rules: { apiGroups: string[]; resources: string[]; verbs: string[]; optional?: boolean }[];
    };
    return [
      `${kind} ${name}`,
      ...rules.map(
        (rule) =>
          `${rule.optional === true ? "?" : ""}${[rule.apiGroups, rule.resources, rule.verbs].map((l) => l.join()).join("|")}`,
      ),
    ];
  };

  test("the Kubernetes roles of the EKS edition, rule by rule", () => {
    expect(rulesOf("cluster-management-role")).toEqual([
      "ClusterRole chalk-cluster-management-role",
      "|nodes|get,list,watch",
      "karpenter.sh|nodepools|get,list,create,update,patch,delete",
      "karpenter.k8s.aws|ec2nodeclasses|get,list,create,update,patch,delete",
      "karpenter.sh|nodeclaims|get,list",
      "|persistentvolumes|get,list,create,update,patch,watch,delete",
      "storage.k8s.io|storageclasses|get,list",
    ]);
    expect(rulesOf("management-role")).toEqual([
      "Role chalk-management-role",
      "|configmaps,pods,services|get,list,create,update,patch,watch",
      "|pods/log|get,list,watch",
      "extensions,networking.k8s.io|ingresses,ingresses/status,ingressclasses|get,list,watch,delete,update,create",
      "?extensions,networking.k8s.io|ingresses|get,create,delete,update,list,patch",
      "|secrets|get,list,watch,create,patch,update,delete",
      "|events|get,list,watch",
      "apps|replicasets,statefulsets,deployments,daemonsets|get,list,update,patch,create,delete",
      "batch|cronjobs|get,list,create,update,patch,watch,delete",
      "batch|jobs|get,list,create,update,patch,watch,delete",
      "|persistentvolumeclaims|get,list,create,update,patch,watch,delete",
      "keda.sh|scaledobjects,scaledjobs|get,list,create,update,patch,watch,delete",
      "policy|poddisruptionbudgets|get,list,create,update,patch,watch",
      "?|pods/exec|create,get",
      "?,rbac.authorization.k8s.io|roles,serviceaccounts,rolebindings|get,list",
    ]);
    expect(rulesOf("job-reader-role")).toEqual(["Role chalk-job-reader", "batch|jobs|get,list,watch"]);
    expect(rulesOf("argo-workflows-role")).toEqual([
      "Role argo-workflows-role",
      "argoproj.io|workflows|get,list,watch,create,update,patch,delete",
      "|pods|get,list,watch,create,update,patch,delete",
    ]);
  });

  test("each profile has its own policy, and effective access compares with that one", () => {
    const of = (profile?: string) => resolveControls(chalk.baseline, {}, profile).controls;
    const policies = (profile?: string) =>
      of(profile)
        .filter((c) => c.check === "aws/policy")
        .map((c) => c.id);
    const refers = (profile?: string) => of(profile).find((c) => c.id === "effective-access")?.with;
    expect(policies()).toEqual(["management-policy", "log-reader-policy"]);
    expect(policies("scoped")).toEqual(["scoped-execution-policy", "log-reader-policy"]);
    expect(refers()).toEqual({ required: ["management-policy"], optional: ["log-reader-policy"] });
    expect(refers("scoped")).toEqual({
      required: ["scoped-execution-policy"],
      optional: ["log-reader-policy"],
    });
    // What the tag opens is asked under every profile: the tag must be right before the scope-down.
    const tags = of("management").find((c) => c.id === "managed-by-tag")?.with;
    expect(tags).toMatchObject({ statements: ["scoped-execution-policy"] });
  });

  test("a parameter that is not given keeps its place in a policy, and is put in where it is given", () => {
    const open = resolveControls(chalk.baseline, { AWS_ACCOUNT_ID: ACCOUNT }).controls;
    const policyOf = (id: string, from = open) =>
      JSON.stringify((from.find((c) => c.id === id)!.with as { policy: unknown }).policy);
    expect(policyOf("trust-policy")).toContain('"sts:ExternalId":"${externalId}"');
    expect(policyOf("log-reader-policy")).toContain(
      `"arn:aws:logs:us-east-1:${ACCOUNT}:log-group:\${logGroup}:*"`,
    );
    expect(open.find((c) => c.id === "trust-policy")?.unresolved).toEqual(["externalId", "role"]);
    const given = resolveControls(chalk.baseline, { externalId: "x-1", logGroup: "/chalk/prod" }).controls;
    expect(policyOf("trust-policy", given)).toContain('"sts:ExternalId":"x-1"');
    expect(policyOf("log-reader-policy", given)).toContain("log-group:/chalk/prod:*");
  });

  test("the line of a finding is the line that declares the action", () => {
    const first = chalk.lineOf("/controls/1/with/policy/Statement/0/Action/0");
    expect(chalk.lineOf("/controls/1/with/policy/Statement/0/Action/90")).toBe(first + 90);
  });
});

test.each([
  ["the repaired JSON", /comma is missing after "application-autoscaling:\*".*"route53:\*"/],
  ["an action twice", /iam:CreateServiceLinkedRole stands twice/],
  ["three, but four", /Three statements are announced.*four are printed/],
  ["a tag that several actions cannot carry", /ChalkDescribeResources .*grants nothing/],
  ["ElastiCache by action and by star", /ElastiCache .*elasticache:\*/],
  ["the ARN of no load balancer", /elasticloadbalancing:…:k8s-\*/],
  ["the ARN of no alarm", /cloudwatch:…:chalk\*/],
  ["hosted zones without tags", /Route 53 hosted zones .*grant nothing/],
  ["no resource, so dead on a log group", /logs:TestMetricFilter and logs:DescribeQueries .*grant nothing/],
  ["us-east-1 wherever", /us-east-1, wherever/],
  ["data after all", /s3:\*, secretsmanager:\*, dynamodb:\* and kms:\*/],
])("what is wrong on the page itself is recorded: %s", (_, text) => {
  expect(chalk.baseline.errata.filter((e) => text.test(e.text))).toHaveLength(1);
});

test.each(Object.entries({ trust, management, scoped, "log-reader": logReader }))(
  "fixtures/policies/chalk-aws/%s.json, for the README's trial, is the page's with an account filled in",
  (name, document) => {
    const file = new URL(`../../fixtures/policies/chalk-aws/${name}.json`, import.meta.url);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(document);
  },
);
