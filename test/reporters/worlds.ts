import type { RuleText } from "../../src/report/rule-text.ts";
import type { RenderOptions } from "../../src/reporters/define.ts";
import { control, finding, report, SUBSCRIPTION, target } from "../report/sample.ts";

/** Texts as the checks' registry gives them. */
const rule = (id: string, title: string, short: string): RuleText => {
  const at = id.lastIndexOf("/");
  return {
    id,
    title,
    short,
    help: `## ${title}\n\n${short} See [the page](https://docs.acme.example/azure) and \`az role definition list\`.`,
    helpUri: `https://github.com/chalk-audit/chalk-audit/blob/main/docs/checks/${id.slice(0, at)}.md#${id.slice(at + 1)}`,
  };
};

export const RULES: readonly RuleText[] = [
  rule(
    "azure/role-definition/excess",
    "The role grants more",
    "The live role grants operations that the document does not.",
  ),
  rule(
    "azure/role-definition/missing",
    "The role grants less",
    "The live role lacks operations that the document lists.",
  ),
  rule(
    "azure/effective-access/excess",
    "The principal may do more",
    "All assignments together grant more than the document.",
  ),
  rule(
    "azure/subscription-separation/stray",
    "A stranger in the subscription",
    "A resource group is not on the list.",
  ),
  rule("inventory/resources/absent", "A service is not there", "No resource of a documented service exists."),
];

export function options(more: Partial<RenderOptions> = {}): RenderOptions {
  return { width: 100, color: false, verbose: false, exitCode: 1, rules: RULES, ...more };
}

/** `n` findings of every severity on one target; the names are as long as Azure's. */
export function large(n: number) {
  const severities = ["info", "low", "medium", "high", "critical"] as const;
  return report({
    controls: [control("subscription-separation", "fail"), control("platform-role", "fail")],
    findings: Array.from({ length: n }, (_, i) => {
      const severity = severities[i % severities.length] ?? "low";
      const name = `rg-data-platform-westeurope-${String(i).padStart(6, "0")}`;
      return i % 2 === 0
        ? finding({
            control: "subscription-separation",
            drift: "stray",
            severity,
            property: "name",
            resource: {
              type: "Microsoft.Resources/resourceGroups",
              id: `${SUBSCRIPTION}/resourceGroups/${name}`,
              name,
            },
            message: `the resource group ${name} is not on the list of the vendor's resource groups`,
          })
        : finding({
            control: "platform-role",
            drift: "excess",
            severity,
            pattern: `Microsoft.Provider${i}/*`,
            except: [`Microsoft.Provider${i}/things/read`],
            plane: "control",
            witness: { action: `Microsoft.Provider${i}/things/write`, plane: "control", scope: SUBSCRIPTION },
            known: { count: i, examples: [`Microsoft.Provider${i}/things/write`], catalog: "2026-11-21" },
          });
    }),
  });
}

/** `n` targets; the `failed`-th (from 0) could not be read, every other one has a drift. */
export function fleet(n: number, failed?: number) {
  const scopes = Array.from(
    { length: n },
    (_, i) => `/subscriptions/${String(i).padStart(8, "0")}-0000-4000-8000-000000000000`,
  );
  const name = (scope: string) => `azure:${scope}`;
  return report({
    targets: scopes.map((scope, i) =>
      i === failed
        ? target(scope, {
            complete: false,
            unread: [
              {
                kind: "azure/role-assignment",
                api: `GET ${scope}/providers/Microsoft.Authorization/roleAssignments`,
                cause: "denied",
                permission: "Microsoft.Authorization/roleAssignments/read",
                detail: "answered 403 AuthorizationFailed",
              },
            ],
          })
        : target(scope),
    ),
    controls: scopes.flatMap((scope, i) => [
      control("platform-role", i % 2 === 0 ? "fail" : "pass", { target: name(scope) }),
      i === failed
        ? control("effective-access", "unknown", {
            target: name(scope),
            reason: "assignments could not be read",
          })
        : control("effective-access", "pass", { target: name(scope) }),
    ]),
    findings: scopes.flatMap((scope, i) =>
      i % 2 === 0
        ? [
            finding({
              control: "platform-role",
              drift: "excess",
              severity: "high",
              scope,
              pattern: "Microsoft.Compute/*",
              except: [],
              plane: "control",
              witness: { action: "Microsoft.Compute/galleries/write", plane: "control" },
            }),
          ]
        : [],
    ),
  });
}
