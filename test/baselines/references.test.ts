// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a baseline refers to its parameters that way
import { describe, expect, test } from "vitest";
import type { Baseline } from "../../src/baselines/baseline.ts";
import { ParameterError, resolveControls } from "../../src/baselines/parameters.ts";

const cluster: Baseline = {
  id: "acme",
  version: "1",
  title: "t",
  cloud: "kubernetes",
  source: { url: "https://acme.example", captured: "2026-01-01" },
  parameters: {
    place: { type: "string", flag: "namespace", help: "h" },
    manager: { type: "string", help: "h" },
    workers: { type: "list", help: "h" },
    plain: { type: "string", help: "h" },
  },
  controls: [
    {
      id: "bindings",
      title: "t",
      why: "w",
      check: "kubernetes/role-binding",
      cite: { section: "s" },
      with: { bindings: [{ role: "a", serviceAccounts: ["${manager}", "${workers}", "${place}/fixed"] }] },
    },
    {
      id: "access",
      title: "t",
      why: "w",
      check: "kubernetes/effective-access",
      cite: { section: "s" },
      with: { accounts: [{ serviceAccount: "${manager}", roles: ["a"] }] },
    },
    {
      id: "role",
      title: "t",
      why: "w",
      check: "kubernetes/role",
      cite: { section: "s" },
      with: { kind: "Role", name: "a-${plain}", namespace: "${place}", rules: [{ verbs: ["get"] }] },
    },
  ],
  errata: [],
};

const filled = (given: Record<string, string>) =>
  resolveControls(cluster, given).controls.map((control) => control.with);
const refused = (given: Record<string, string>): string => {
  try {
    resolveControls(cluster, given);
  } catch (error) {
    if (error instanceof ParameterError) return error.message;
    throw error;
  }
  return "accepted";
};

describe("accounts of a cluster", () => {
  test("one that is not given keeps its place, so that the check can tell which it is", () => {
    expect(filled({})).toEqual([
      { bindings: [{ role: "a", serviceAccounts: ["${manager}", "${workers}", "${place}/fixed"] }] },
      { accounts: [{ serviceAccount: "${manager}", roles: ["a"] }] },
      { kind: "Role", name: "a-*", rules: [{ verbs: ["get"] }] },
    ]);
  });

  test("given ones fill it, a list one by one", () => {
    expect(filled({ manager: "x/m", workers: "w1, x/w2", place: "x", plain: "P" })).toEqual([
      { bindings: [{ role: "a", serviceAccounts: ["x/m", "w1", "x/w2", "x/fixed"] }] },
      { accounts: [{ serviceAccount: "x/m", roles: ["a"] }] },
      { kind: "Role", name: "a-P", namespace: "x", rules: [{ verbs: ["get"] }] },
    ]);
  });

  test.each(["chalk", "a", "a-1", "1a", "a".repeat(63)])("namespace %s", (place) => {
    expect(refused({ place })).toBe("accepted");
  });
  test.each(["Chalk", "a b", "-a", "a-", "a.b", "a/b", "a_b", "a".repeat(64), "${x}"])(
    "no namespace: %s",
    (place) => {
      expect(refused({ place })).toMatch(
        /^parameter place \(--namespace\): expected the name of a namespace \(lower-case letters, digits and -\), found "/,
      );
    },
  );

  test.each(["m", "ns/m", "ns/m.n-1"])("account %s", (manager) => {
    expect(refused({ manager, workers: `w,${manager}` })).toBe("accepted");
  });
  test.each(["a/b/c", "NS/m", "ns/M", "/m", "ns/", "system:serviceaccount:ns:m", "m n"])(
    "no account: %s",
    (text) => {
      const words =
        "expected a service account, NAME or NAMESPACE/NAME (lower-case letters, digits, - and .), found ";
      expect(refused({ manager: text })).toBe(`parameter manager: ${words}${JSON.stringify(text)}`);
      expect(refused({ workers: `w,${text}` })).toBe(`parameter workers: ${words}${JSON.stringify(text)}`);
      expect(refused({ plain: text })).toBe("accepted");
    },
  );
});
