import { describe, expect, test } from "vitest";
import type { Finding } from "../../../src/report/report.ts";
import { pathOf } from "../../../src/reporters/html/access-path.ts";
import { rowsOf } from "../../../src/reporters/rows.ts";
import { driftFindings, type FindingInput, finding, SUBSCRIPTION, target } from "../../report/sample.ts";

const pathIn = (findings: readonly Finding[], of = target()) => pathOf(rowsOf(findings, of), of);
const one = (more: Partial<FindingInput>) =>
  finding({ control: "effective-access", drift: "excess", severity: "high", ...more });

describe("who may do what, by what and where", () => {
  test("a role through a group, below the audited scope", () => {
    expect(pathIn(driftFindings().slice(0, 1))).toEqual({
      subjects: ["acme-platform"],
      givers: ["Owner, to group platform-team"],
      scopes: ["…/resourceGroups/rg-acme"],
      operations: ["Microsoft.Authorization/*"],
      lacks: false,
    });
  });

  test("causes before words of the finding, without the place, which has a column of its own", () => {
    const causes = [
      { id: "1", text: `assignment of Owner, at ${SUBSCRIPTION}/resourceGroups/rg-x` },
      { id: "2", text: "assignment of Reader, to group ops" },
    ];
    expect(pathIn([one({ pattern: "A/*", by: "Owner", causes })]).givers).toEqual([
      "assignment of Owner",
      "assignment of Reader, to group ops",
    ]);
  });

  test("what is missing: a lack", () => {
    const path = pathIn([
      one({
        drift: "missing",
        pattern: "A/*",
        witness: { action: "A/write", plane: "control", scope: SUBSCRIPTION },
      }),
    ]);
    expect(path).toMatchObject({ lacks: true, givers: ["no role or binding"], operations: ["A/*"] });
  });

  test("many differences of one cause: the first few, and how many more", () => {
    const findings = Array.from({ length: 9 }, (_, i) => one({ pattern: `A${i}/*`, by: "Owner" }));
    expect(pathIn(findings).operations).toEqual(["A0/*", "A1/*", "A2/*", "and 6 more"]);
  });

  test("who may assume a role: the one that asks; on AWS where is the resource", () => {
    const trust = one({
      resource: { type: "AWS::IAM::Role", id: "arn:aws:iam::1:role/acme", name: "acme" },
      pattern: "sts:AssumeRole",
      witness: { principal: "arn:aws:iam::2:root", action: "sts:AssumeRole", resource: "<any>", context: {} },
    });
    expect(pathIn([trust])).toMatchObject({
      subjects: ["arn:aws:iam::2:root"],
      givers: ["acme"],
      scopes: ["any resource"],
    });
  });

  test("Kubernetes: the namespace, or the whole cluster; of a role itself whoever holds it", () => {
    const bare = target(SUBSCRIPTION, { principals: [] });
    const role = { type: "ClusterRole", id: "uid#r", name: "r" };
    const request = { verb: "get", group: "", resource: "secrets" };
    const cluster = pathIn([one({ resource: role, pattern: "get secrets", witness: request })], bare);
    expect(cluster).toMatchObject({
      subjects: ["whoever holds the role"],
      givers: ["r"],
      scopes: ["the whole cluster"],
    });
    const account = { type: "ServiceAccount", id: "uid#acme/worker", name: "acme/worker" };
    const inside = one({
      resource: account,
      pattern: "get secrets",
      witness: { ...request, namespace: "acme" },
    });
    expect(pathIn([inside], bare)).toMatchObject({ subjects: ["acme/worker"], scopes: ["namespace acme"] });
  });

  test("what is not about access has no path", () => {
    expect(pathIn([finding({ control: "aks-rbac", drift: "changed", severity: "low" })]).operations).toEqual(
      [],
    );
    expect(pathOf([], target()).operations).toEqual([]);
  });
});
