import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { skipped, whyNoServers } from "../servers/azure/requirements.ts";
import { type LiveAzure, startAzure } from "../servers/azure/setup.ts";
import type { Fault } from "../servers/azure/state.ts";
import { auditOnce } from "./audit.ts";
import { chalkAudit, target } from "./cli.ts";
import { auditor, clients, documentedWorld, subscriptionId, tenantId, vendor } from "./world.ts";

/** A list, and the controls about which nothing can be said without it. */
const lists = {
  "/roleDefinitions\\?": [
    "platform-manager-role",
    "platform-manager-assignment",
    "effective-access",
    "log-reader-role",
  ],
  "/roleAssignments\\?": ["platform-manager-assignment", "effective-access", "log-reader-role"],
  "/denyAssignments\\?": ["effective-access"],
  "/vaults\\?": ["key-vault-access"],
  // The node resource group of a cluster is known by the cluster.
  "/managedClusters\\?": ["aks-rbac", "subscription-separation"],
  "/resourcegroups\\?": ["subscription-separation"],
  "/resources\\?": ["platform-services"],
} as const satisfies Record<string, readonly string[]>;

const everyList = Object.keys(lists) as readonly (keyof typeof lists)[];
const assignments = "/roleAssignments\\?";
/** The one request for what the vendor holds. */
const assignedTo = `${assignments}.*assignedTo`;

describe.skipIf(skipped("the faults of live servers", whyNoServers()))("a live server that fails", () => {
  let azure: LiveAzure;
  beforeAll(async () => {
    azure = await startAzure(tenantId, clients);
  }, 1_800_000);
  afterAll(() => azure?.stop());
  beforeEach(() => azure.load(documentedWorld()));

  const met = async (fault: Fault, ...args: string[]) => {
    await azure.faults([fault]);
    return auditOnce(azure, auditor, ["--principal", vendor, ...args]);
  };
  const asked = async (pattern: string) =>
    (await azure.requests()).filter((one) => new RegExp(pattern).test(`${one.path}?${one.query}`)).length;

  describe("for a while is asked again, and the audit is complete", () => {
    it("429 with Retry-After: 2 waits at least 2 s (fault 5)", async () => {
      const found = await met({ match: assignedTo, kind: "status", status: 429, times: 1, retryAfter: 2 });
      expect(found).toMatchObject({ code: 0, drift: [] });
      expect(found.took).toBeGreaterThanOrEqual(2000);
      expect(await asked(assignedTo)).toBe(2);
    });

    it("429 without Retry-After is tried at least five times (fault 6)", async () => {
      const found = await met({ match: assignedTo, kind: "status", status: 429, times: 4 });
      expect(found).toMatchObject({ code: 0, drift: [] });
      expect(await asked(assignedTo)).toBe(5);
    });

    it("503, 500 and 502 once each (fault 8)", async () => {
      await azure.faults([
        { match: "/roleDefinitions\\?", kind: "status", status: 503, times: 1 },
        { match: assignments, kind: "status", status: 500, times: 1 },
        { match: "/vaults\\?", kind: "html", status: 502, times: 1 },
      ]);
      expect(await auditOnce(azure, auditor)).toMatchObject({ code: 0, drift: [] });
    });

    it("401 once, as an expired token gives: one new token (fault 3)", async () => {
      const found = await met({ match: "/vaults\\?", kind: "status", status: 401, times: 1 });
      expect(found).toMatchObject({ code: 0, drift: [] });
    });
  });

  describe("for good leaves unknown, never a pass and never drift", () => {
    /** Endless 503 is the slowest: its attempts are what takes the time. */
    const kinds: Readonly<Record<string, Omit<Fault, "match">>> = {
      "cut in mid-JSON (fault 10)": { kind: "truncated" },
      "an HTML page with 200 (fault 11)": { kind: "html" },
      "a next link to itself (fault 12)": { kind: "loop" },
      "404 of a proxy in HTML (fault 11)": { kind: "html", status: 404 },
    };
    describe.each(Object.entries(kinds))("%s", (_name, fault) => {
      it.each(everyList)("%s", async (match) => {
        const found = await met({ ...fault, match });
        const unknown = Object.entries(found.outcomes).filter(([, outcome]) => outcome === "unknown");
        expect({
          code: found.code,
          drift: found.drift,
          unknown: unknown.map(([id]) => id).sort(),
          others: [...new Set(Object.values(found.outcomes))].sort(),
        }).toEqual({
          code: 3,
          drift: [],
          unknown: [...lists[match]].sort(),
          others: ["pass", "unknown"],
        });
        expect(found.sarif.complete).toBeUndefined();
      });
    });

    it.each([
      [
        "429 with Retry-After: 86400 ends with the time budget (fault 7)",
        { status: 429, retryAfter: 86_400 },
        "throttled",
      ],
      ["endless 503 (fault 8)", { status: 503 }, "server-error"],
    ] as const)("%s", async (_name, fault, cause) => {
      const found = await met({ match: assignments, kind: "status", ...fault }, "--timeout", "20s");
      expect({ code: found.code, drift: found.drift }).toEqual({ code: 3, drift: [] });
      expect(found.outcomes).toMatchObject({
        "platform-manager-role": "pass",
        "platform-manager-assignment": "unknown",
        "effective-access": "unknown",
      });
      expect([
        ...new Set(found.report.targets.flatMap((one) => one.unread.map((each) => each.cause))),
      ]).toEqual([cause]);
      expect(found.took).toBeLessThan(25_000);
      expect(await asked(assignedTo)).toBeLessThanOrEqual(20);
    });

    it("a server that accepts and never replies: the scan ends with its time budget (fault 9)", async () => {
      const found = await met({ match: assignments, kind: "hang" }, "--timeout", "5s");
      expect({ code: found.code, drift: found.drift }).toEqual({ code: 3, drift: [] });
      expect(found.outcomes).toMatchObject({
        "platform-manager-role": "pass",
        "platform-manager-assignment": "unknown",
        "effective-access": "unknown",
      });
      expect(found.report.targets.flatMap((one) => one.unread.map((each) => each.cause))).toContain(
        "timeout",
      );
      expect(found.took).toBeLessThan(15_000);
    });

    it("401 for good (fault 3)", async () => {
      const found = await met({ match: "/vaults\\?", kind: "status", status: 401 });
      expect({ code: found.code, drift: found.drift }).toEqual({ code: 3, drift: [] });
      expect(found.outcomes).toMatchObject({ "key-vault-access": "unknown" });
      expect(await asked("/vaults\\?")).toBe(2);
    });
  });

  describe("at the door ends with one line and exit 2", () => {
    const refused = async (args: readonly string[], client = auditor, env: Record<string, string> = {}) => {
      const doors = { ...azure, env: (one: typeof client) => ({ ...azure.env(one), ...env }) };
      const ran = await chalkAudit(doors, client, ["scan", ...args]);
      expect(ran.stdout).toBe("");
      expect(ran.stderr.trim().split("\n")).toHaveLength(1);
      expect(ran.stderr).not.toContain(client.secret);
      return ran;
    };

    it("a wrong client secret", async () => {
      const ran = await refused(target(azure), { ...auditor, secret: "canary-wrong-secret" });
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain("AADSTS7000215");
    });

    it("an application that the tenant does not know", async () => {
      const ran = await refused(target(azure), {
        ...auditor,
        clientId: "cccccccc-0000-4000-8000-00000000dead",
      });
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain("AADSTS700016");
    });

    it("a certificate that is not trusted: NODE_EXTRA_CA_CERTS is named (fault 38)", async () => {
      const ran = await refused(target(azure), auditor, { NODE_EXTRA_CA_CERTS: "" });
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain("NODE_EXTRA_CA_CERTS");
    });

    it("an http endpoint", async () => {
      const endpoint = azure.endpoint.replace("https:", "http:");
      const ran = await refused([
        ...["--cloud", "azure", "--azure-endpoint", endpoint],
        ...["--subscription", subscriptionId],
      ]);
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain("https");
      expect(await azure.requests()).toEqual([]);
    });

    it("an endpoint where nobody listens", async () => {
      const ran = await refused([
        ...["--cloud", "azure", "--azure-endpoint", "https://localhost:1"],
        ...["--subscription", subscriptionId],
      ]);
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain("https://localhost:1");
    });
  });
});
