import { describe, expect, test } from "vitest";
import { factsOf } from "../../../src/snapshot/facts.ts";
import type { Snapshot } from "../../../src/snapshot/snapshot.ts";
import { readBindings } from "../../../src/state/kubernetes/binding.ts";
import { readRules } from "../../../src/state/kubernetes/rules.ts";

const rule = { apiGroups: [""], resources: ["secrets"], verbs: ["get"] };

describe("G7: a member that is misspelt is not passed over", () => {
  test.each<[string, object, string]>([
    ["rules", { rules: [rule], Rules: [rule] }, '"Rules" is no member of it; did you mean "rules"?'],
    ["names of resources", { rules: [{ ...rule, resourcenames: ["a"] }] }, "its rule 1 cannot be understood"],
    ["URLs", { rules: [rule, { ...rule, nonResourceURL: ["/"] }] }, "its rule 2 cannot be understood"],
  ])("of a role: %s", (_what, body, problem) => {
    expect(readRules(body).problem).toBe(problem);
    expect(readRules({ rules: [rule], metadata: { name: "r" } }).problem).toBeUndefined();
  });

  const binding = {
    metadata: { name: "b" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "r" },
    subjects: [{ kind: "ServiceAccount", name: "a", namespace: "n" }],
  };
  const problemOf = (body: object): string | undefined => {
    const snapshot: Snapshot = {
      schema: 1,
      provider: "kubernetes",
      scope: "uid",
      takenAt: "2026-11-21T08:00:00Z",
      documents: [{ kind: "kubernetes/cluster-role-binding", id: "b", body }],
      unread: [],
    };
    return readBindings(factsOf(snapshot))[0]?.problem;
  };
  test.each<[string, object, string]>([
    ["subjects", { ...binding, subject: [] }, '"subject" is no member of it; did you mean "subjects"?'],
    [
      "the role's kind",
      { ...binding, roleRef: { ...binding.roleRef, knd: "x" } },
      '"knd" is no member of it; did you mean "kind"?',
    ],
    [
      "a subject's namespace",
      { ...binding, subjects: [{ kind: "ServiceAccount", name: "a", namspace: "n" }] },
      'of subject a "namspace" is no member of it; did you mean "namespace"?',
    ],
  ])("of a binding: %s", (_what, body, problem) => {
    expect(problemOf(body)).toBe(problem);
    expect(problemOf(binding)).toBeUndefined();
  });
});
