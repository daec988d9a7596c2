import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { command } from "./command.ts";

const rules = `rules:
  - apiGroups: [""]
    resources: [pods, pods/log]
    verbs: [get, list]
  - apiGroups: [networking.k8s.io]
    resources: [ingresses, ingressclasses]
    verbs: [get]
`;
const role = (namespace?: string) =>
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: manager\n${
    namespace === undefined ? "" : `  namespace: ${namespace}\n`
  }${rules}`;

const files: Readonly<Record<string, string>> = {
  "page.yaml": `# from the page\n---\n${role()}---\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: vendor }\n`,
  "live.json": JSON.stringify({
    apiVersion: "v1",
    kind: "List",
    items: [
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        metadata: { name: "manager", namespace: "team" },
        rules: [
          { apiGroups: [""], resources: ["pods", "pods/log"], verbs: ["list", "get"] },
          { apiGroups: ["networking.k8s.io"], resources: ["ingresses"], verbs: ["get"] },
          { apiGroups: ["networking.k8s.io"], resources: ["ingressclasses"], verbs: ["get"] },
        ],
      },
    ],
  }),
  "wide.yaml": `${role("team")}---\nkind: ClusterRole\nmetadata: { name: extra }\nrules:\n  - { apiGroups: [""], resources: [secrets], verbs: [get, list, watch] }\n---\nkind: ClusterRoleBinding\nmetadata: { name: extra }\nroleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: extra }\nsubjects: [{ kind: User, name: jane }]\n`,
  "deployment.yaml": `${role()}---\nkind: Deployment\nmetadata: { name: x }\n`,
  "empty.yaml": "---\n---\n",
  "none.json": '{ "kind": "RoleList", "items": [] }',
  "broken.yaml": `${role()}---\na: [\n`,
  "served.json": JSON.stringify([
    {
      kind: "APIResourceList",
      groupVersion: "v1",
      resources: [
        { name: "pods", namespaced: true, verbs: ["get", "list"] },
        { name: "pods/log", namespaced: true, verbs: ["get"] },
        { name: "secrets", namespaced: true, verbs: ["get", "list", "watch", "create"] },
      ],
    },
    {
      kind: "APIResourceList",
      groupVersion: "networking.k8s.io/v1",
      resources: [
        { name: "ingresses", namespaced: true, verbs: ["get"] },
        { name: "ingressclasses", namespaced: false, verbs: ["get"] },
      ],
    },
  ]),
};

let cwd = "";
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "chalk-audit-policy-kubernetes-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const compare = (documented: string, live: string, ...rest: readonly string[]) =>
  command(["policy", "compare", documented, "--live", live, "--provider", "kubernetes", ...rest], { cwd });

describe("policy compare --provider kubernetes", () => {
  test("several documents in one file, a kubectl list, the namespace by flag: equal, exit 0", async () => {
    expect(await compare("page.yaml", "live.json", "--namespace", "team")).toEqual({
      status: 0,
      stdout:
        "EQUAL: the live documents grant exactly what the documented ones grant. Exit 0.\n\n1 other object passed over, nothing to do with access: 1 documented, 0 live.\n",
      stderr: "",
    });
  });

  test("K4: without the namespace it cannot be decided, exit 3, and the way out is named", async () => {
    const { status, stdout, stderr } = await compare("page.yaml", "live.json");
    expect({ status, stderr }).toEqual({ status: 3, stderr: "" });
    const why =
      "   a role on one side does not say in which namespace it stands [K4]; to decide: name the namespace (options.namespace, on the command line --namespace)";
    expect(stdout.split("\n")).toEqual([
      "UNDECIDED: 8 could not be decided, otherwise equal. Exit 3.",
      "",
      "Undecided (8)",
      " missing: get ingressclasses.networking.k8s.io -n <namespace> (page.yaml:11:5)",
      " missing: get ingresses.networking.k8s.io -n <namespace> (page.yaml:11:5)",
      " missing: get,list pods -n <namespace> (page.yaml:8:5)",
      " missing: get,list pods/log -n <namespace> (page.yaml:8:5)",
      why,
      " excess: get ingressclasses.networking.k8s.io -n team (live.json:1:312)",
      " excess: get ingresses.networking.k8s.io -n team (live.json:1:234)",
      " excess: get,list pods -n team (live.json:1:160)",
      " excess: get,list pods/log -n team (live.json:1:160)",
      why,
      "",
      "1 other object passed over, nothing to do with access: 1 documented, 0 live.",
      "",
    ]);
  });

  test("a difference with its proof, and what never takes effect, exit 1", async () => {
    const { status, stdout } = await compare(
      "page.yaml",
      "wide.yaml",
      "--namespace",
      "team",
      "--catalog",
      "served.json",
      "--verbose",
    );
    expect(status).toBe(1);
    expect(stdout.split("\n")).toEqual([
      "DIFFERENT: 1 in excess, 0 missing, 0 undecided. Exit 1.",
      "",
      " SIDE     WHAT AND PROOF",
      " excess   get,list,watch secrets",
      "          (3 operations today)",
      "          in wide.yaml#/1/rules/0",
      "          may: get secrets",
      "          may: list secrets",
      "          may: watch secrets",
      "",
      "1 other object passed over, nothing to do with access: 1 documented, 0 live.",
      "",
      "Never takes effect (2)",
      " documented: get ingressclasses.networking.k8s.io -n team",
      "   ingressclasses is cluster-scoped, and this is granted in a namespace only [K4]",
      " live: get ingressclasses.networking.k8s.io -n team",
      "   ingressclasses is cluster-scoped, and this is granted in a namespace only [K4]",
      "",
    ]);
  });

  test("JSON", async () => {
    const { status, stdout } = await compare(
      "page.yaml",
      "wide.yaml",
      "--namespace",
      "team",
      "--format",
      "json",
    );
    expect([status, JSON.parse(stdout)]).toEqual([
      1,
      {
        provider: "kubernetes",
        missing: [],
        excess: [
          {
            pattern: "get,list,watch secrets",
            except: [],
            witness: { verb: "get", group: "", resource: "secrets" },
            witnesses: [
              { verb: "list", group: "", resource: "secrets" },
              { verb: "watch", group: "", resource: "secrets" },
            ],
            origin: { document: 0, pointer: "/1/rules/0", label: "extra" },
            origins: [
              {
                document: 0,
                pointer: "/1/rules/0",
                label: "extra",
                through: { document: 0, pointer: "/2", label: "extra" },
              },
            ],
            impact: "write",
            rule: { apiGroups: [""], resources: ["secrets"], verbs: ["get", "list", "watch"] },
          },
        ],
        undecided: [],
        passedOver: { documented: 1, live: 0 },
      },
    ]);
  });

  test.each([
    ["deployment.yaml", /^chalk-audit: deployment\.yaml: \/1: found kind "Deployment"; expected Role, /],
    ["empty.yaml", /^chalk-audit: empty\.yaml: the policy document is empty\n$/],
    ["none.json", /^chalk-audit: none\.json: expected at least one policy document, found an empty list\n$/],
    ["broken.yaml", /^chalk-audit: broken\.yaml:1\d:\d+: not JSON or YAML: /],
  ])("%s is refused in one line, exit 2", async (file, message) => {
    const { status, stdout, stderr } = await compare(file, "live.json");
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test("--catalog that is none", async () => {
    const { status, stderr } = await compare("page.yaml", "live.json", "--catalog", "page.yaml");
    expect([status, stderr]).toEqual([
      2,
      'chalk-audit: page.yaml: expected APIResourceLists as the server prints them, with "groupVersion"\n',
    ]);
  });
});
