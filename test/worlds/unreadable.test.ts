import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UnreadCause } from "../../src/snapshot/snapshot.ts";
import type { Fault, FaultAction } from "../servers/faults.ts";
import { type Audited, type Lab, openLab } from "./azure-ground.ts";
import { clean, flags, manager, swapped, vendor, withRole } from "./chalk.ts";
import { operations } from "./operations.ts";
import { more } from "./world.ts";

const NOTE = "log-reader-role note absent info (SUB#log-reader-role)";
const A = "Microsoft.Authorization";

/** One of the lists: how to hit it, what the scanner needs for it, and what an audit cannot say without it. */
interface List {
  readonly match: RegExp;
  readonly permission: string;
  /** Kinds that are then unread: those of principals too when whom to audit cannot be found out. */
  readonly unread: readonly string[];
  /** Control → lines, each shortened by what they all begin with. Every such control is unknown. */
  readonly unknown: Readonly<Record<string, readonly string[]>>;
  /** Another outcome when the principal is named: it need not be found then. */
  readonly named?: Pick<List, "unread" | "unknown" | "gone">;
  /** The note on the optional role is gone: whether it is absent is not known. */
  readonly gone?: boolean;
  /** Controls that fail on a drift in the role all the same, by what another list proves (AZ6). */
  readonly proven?: readonly string[];
}

const DEFINITION = "medium (SUB#azure/role-definition)";
const ASSIGNED = "medium (SUB#azure/assigned-to)";

const lists: Readonly<Record<string, List>> = {
  "role definitions": {
    match: /roleDefinitions\?/,
    permission: `${A}/roleDefinitions/read`,
    unread: ["azure/assigned-to", "azure/role-definition", "azure/role-eligibility"],
    unknown: {
      "platform-manager-role": [DEFINITION],
      "platform-manager-assignment": [ASSIGNED, "medium (SUB#azure/role-definition)"],
      "effective-access": [ASSIGNED, "medium (SUB#azure/role-definition)"],
      "log-reader-role": [ASSIGNED, DEFINITION],
    },
    named: {
      unread: ["azure/role-definition"],
      unknown: {
        "platform-manager-role": [DEFINITION],
        "platform-manager-assignment": ["medium (SUB#azure/role-definition)"],
        "effective-access": ["medium (SUB#azure/role-definition)"],
        "log-reader-role": [DEFINITION],
      },
    },
    gone: true,
  },
  "all role assignments": {
    match: /roleAssignments\?(?!.*assignedTo)/,
    permission: `${A}/roleAssignments/read`,
    unread: ["azure/assigned-to", "azure/role-assignment", "azure/role-eligibility"],
    unknown: {
      "platform-manager-assignment": [ASSIGNED],
      "effective-access": [ASSIGNED],
      "log-reader-role": [ASSIGNED],
    },
    named: {
      unread: ["azure/role-assignment"],
      unknown: {
        "platform-manager-assignment": ["medium Chalk Platform Manager (SUB#others)"],
      },
      gone: false,
    },
    gone: true,
  },
  "the principal's assignments": {
    match: /roleAssignments\?.*assignedTo/,
    permission: `${A}/roleAssignments/read`,
    unread: [`azure/assigned-to ${vendor}`],
    proven: ["effective-access"],
    unknown: {
      "platform-manager-assignment": [`medium Chalk Platform Manager (SUB#${vendor})`],
      "effective-access": [`medium (${vendor})`],
      "log-reader-role": ["medium (SUB#log-reader-role)"],
    },
    gone: true,
  },
  "deny assignments": {
    match: /denyAssignments\?/,
    permission: `${A}/denyAssignments/read`,
    unread: ["azure/deny-assignment"],
    unknown: { "effective-access": ["medium (SUB#azure/deny-assignment)"] },
  },
  "eligible roles": {
    match: /roleEligibilityScheduleInstances\?/,
    permission: `${A}/roleEligibilityScheduleInstances/read`,
    unread: [`azure/role-eligibility ${vendor}`],
    unknown: { "effective-access": [`medium (${vendor})`] },
  },
  "resource groups": {
    match: /\/resourceGroups\?/i,
    permission: "Microsoft.Resources/subscriptions/resourceGroups/read",
    unread: ["azure/resource-group"],
    unknown: {
      "subscription-separation": ["low (SUB#azure/resource-group)"],
    },
  },
  resources: {
    match: /\/resources\?/,
    permission: "Microsoft.Resources/subscriptions/resources/read",
    unread: ["azure/resource"],
    unknown: { "platform-services": ["info (SUB#azure/resource)"] },
  },
  clusters: {
    match: /managedClusters\?/,
    permission: "Microsoft.ContainerService/managedClusters/read",
    unread: ["azure/managed-cluster"],
    unknown: {
      "aks-rbac": ["medium (SUB#azure/managed-cluster)"],
      "subscription-separation": ["low (SUB#azure/managed-cluster)"],
    },
  },
  vaults: {
    match: /vaults\?/,
    permission: "Microsoft.KeyVault/vaults/read",
    unread: ["azure/vault"],
    unknown: { "key-vault-access": ["medium (SUB#azure/vault)"] },
  },
};

interface Spoiled {
  readonly action: FaultAction;
  readonly cause: UnreadCause;
  /** Milliseconds that a request may really take; on a busy machine others may be late too, hence the retries. */
  readonly patience?: number;
}

/** Ways not to get a list, and what each is called. No pause is longer than what is left of the target's time. */
const faults: Readonly<Record<string, Spoiled>> = {
  "throttled for ever (fault 6)": { action: { status: 429 }, cause: "throttled" },
  "throttled until tomorrow (fault 7)": { action: { status: 429, retryAfter: 86_400 }, cause: "throttled" },
  "unavailable for ever (fault 8)": { action: { status: 503 }, cause: "server-error" },
  "never answered (fault 9)": { action: { hang: "head" }, cause: "timeout", patience: 250 },
  "cut in the middle of its JSON (fault 10)": { action: { cut: "json" }, cause: "malformed" },
  "a page for browsers with 200 (fault 11)": { action: { html: true }, cause: "malformed" },
  "the same page for ever (fault 12)": { action: { loop: "same" }, cause: "incomplete" },
  "two pages in turn for ever (fault 12)": { action: { loop: "aba" }, cause: "incomplete" },
};

/** Bodies that are no list. Two lists stand for the two ways in which lists are read: by the SDK, and by path. */
const bodies: Readonly<Record<string, Spoiled>> = {
  "a page for browsers with 500 (fault 11)": { action: { status: 500, html: true }, cause: "server-error" },
  "without a list (null)": { action: { raw: '{"value":null}' }, cause: "malformed" },
  "without anything": { action: { raw: "{}" }, cause: "malformed" },
  "no object": { action: { raw: "[]" }, cause: "malformed" },
  "an empty answer": { action: { raw: "" }, cause: "malformed" },
  "a list with null in it": { action: { raw: '{"value":[null]}' }, cause: "malformed" },
};
const byBody = ["role definitions", "vaults"];

const few = operations.filter((o) => o.name === "Microsoft.Authorization");
const state = clean({ operations: few });
const named = { ...flags, principal: [vendor] };
const drifted = { ...widened(), operations: few };

/** The role widened to a whole provider. */
function widened() {
  const actions = swapped(manager.actions, "Microsoft.Compute/virtualMachines/*", "Microsoft.Compute/*");
  return withRole({ ...manager, actions });
}

/** The controls that a list makes unknown; a drift that is seen all the same is told first. */
function unknownOf(list: List): Readonly<Record<string, string>> {
  const ids = Object.keys(list.unknown);
  const access = list.permission.includes("roleEligibility") ? "fail" : "unknown";
  return Object.fromEntries(ids.map((id) => [id, id === "effective-access" ? access : "unknown"]));
}

describe("a list that cannot be read makes its controls unknown, exit 3, and never a pass", () => {
  let lab: Lab;
  let before: Audited;
  beforeAll(async () => {
    lab = await openLab();
    before = await lab.audit({ state, flags });
    expect(before).toMatchObject({ code: 0, controls: {}, findings: [NOTE] });
  }, 60_000);
  afterAll(async () => {
    expect((await lab.audit({ state, flags })).report).toEqual(before.report);
    await lab.close();
  }, 60_000);

  /** All that must follow from one list that is not there. */
  function expectUnknown(audited: Audited, list: Pick<List, "unread" | "unknown" | "gone">): void {
    const { code, controls, findings, report, snapshot } = audited;
    const lines = Object.entries(list.unknown).flatMap(([id, texts]) =>
      texts.map((t) => `${id} unknown ${t}`),
    );
    expect({
      code,
      controls,
      findings: more(before.findings, findings),
      gone: more(findings, before.findings),
      complete: report.targets[0]?.complete,
      unread: snapshot.unread.map((u) => [u.kind, u.id].filter(Boolean).join(" ")).sort(),
    }).toEqual({
      code: 3,
      controls: Object.fromEntries(Object.keys(list.unknown).map((id) => [id, "unknown"])),
      findings: lines.sort(),
      gone: list.gone === true ? [NOTE] : [],
      complete: false,
      unread: list.unread,
    });
  }

  describe.each(Object.entries(lists))("%s", (title, list) => {
    it("denied (fault 1): names the permission", async () => {
      const fault = { match: list.match, denied: list.permission };
      const found = await lab.audit({ state, flags, faults: [fault] });
      expectUnknown(found, list);
      const { unread } = found.snapshot;
      expect(new Set(unread.map((u) => `${u.cause} ${u.permission}`))).toEqual(
        new Set([`denied ${list.permission}`]),
      );
      const said = found.report.findings.filter((f) => f.outcome === "unknown").map((f) => f.message);
      expect(said.filter((text) => !text.includes("403 AuthorizationFailed"))).toEqual([]);

      const tolerated = await lab.audit({ state, flags, faults: [fault], policy: { allowIncomplete: true } });
      expect(tolerated.code).toBe(0);
      expect(tolerated.report).toEqual(found.report);
    });

    it("denied, and a drift elsewhere: exit 1, the rest still unknown", async () => {
      const fault = { match: list.match, denied: list.permission };
      const found = await lab.audit({ state: drifted, flags, faults: [fault] });
      const seen = Object.keys(list.unknown).includes("platform-manager-role") ? "unknown" : "fail";
      const proven = Object.fromEntries((list.proven ?? []).map((control) => [control, "fail"]));
      expect(found.controls).toMatchObject({
        "platform-manager-role": seen,
        ...unknownOf(list),
        ...proven,
      });
      expect(found.code).toBe(seen === "fail" ? 1 : 3);
      expect(found.report.targets[0]?.complete).toBe(false);
    });

    it("denied, the principal named", async () => {
      const fault = { match: list.match, denied: list.permission };
      const found = await lab.audit({ state, flags: named, faults: [fault] });
      expectUnknown(found, { ...list, ...list.named });
    });

    const spoiled = { ...faults, ...(byBody.includes(title) ? bodies : {}) };
    it.each(Object.entries(spoiled))("%s", { retry: 3 }, async (_name, { action, cause, patience }) => {
      const spoil = [{ match: list.match, ...action }];
      const found = await lab.audit({
        state,
        flags,
        faults: spoil,
        ...(patience === undefined ? {} : { patience }),
      });
      expectUnknown(found, list);
      expect(new Set(found.snapshot.unread.map((u) => u.cause))).toEqual(new Set([cause]));
    });
  });
});

describe("half a list is no list (fault 10, fault 13)", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab({ pageSize: 1 });
  });
  afterAll(() => lab.close());

  it("lists of one item a page are read to their end: nothing is lost or doubled", async () => {
    const found = await lab.audit({ state, flags });
    const { code, controls, findings } = found;
    expect({ code, controls, findings }).toEqual({ code: 0, controls: {}, findings: [NOTE] });
    expect(found.snapshot.documents.filter((d) => d.kind === "azure/resource")).toHaveLength(11);
  });

  const second = { after: 1, times: 1 };
  it.each([
    ["role definitions", { raw: "{" }, "platform-manager-role"],
    ["all role assignments", { status: 403 }, "platform-manager-assignment"],
    ["resources", { html: true }, "platform-services"],
    ["resource groups", { raw: '{"nextLink":null}' }, "subscription-separation"],
  ] as const)("%s: the second page is not there", async (name, action, control) => {
    const match = lists[name]?.match ?? "";
    const found = await lab.audit({ state, flags, faults: [{ match, ...second, ...action }] });
    expect(found.code).toBe(3);
    expect(found.controls).toMatchObject({ [control]: "unknown" });
    const kind = lists[name]?.unread.find((k) => found.snapshot.unread.some((u) => u.kind === k));
    expect(kind).toBeDefined();
  });
});

describe("the catalogue of operations, which no verdict hangs on (G6)", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
  });
  afterAll(() => lab.close());
  const match = /providerOperations\?/;
  const told = { match, denied: `${A}/providerOperations/read` };

  const spoiled: readonly (readonly [string, Fault])[] = [
    ["denied", told],
    ...Object.entries(faults).map(([name, { action }]) => [name, { match, ...action }] as const),
  ];
  it.each(spoiled)(
    "%s: nothing is undecided, and the report says in words that there is none",
    async (_name, fault) => {
      const found = await lab.audit({ state: clean(), flags, faults: [fault], patience: 500 });
      const { code, controls, findings, report } = found;
      expect({ code, controls, findings }).toEqual({ code: 0, controls: {}, findings: [NOTE] });
      expect(report.targets[0]?.unread.map((u) => u.kind)).toEqual(["azure/provider-operations"]);
      expect(report.targets[0]?.catalog).toBeUndefined();
      const said = (report.targets[0]?.notes ?? []).filter((note) => note.startsWith("the catalogue"));
      expect(said).toHaveLength(1);
      expect(said[0]).toContain("could not be read");
      expect(said[0]).toContain("differences carry no counts, and latent ones are not told apart");
    },
  );

  it("a drift keeps its severity: without a catalogue nothing is called latent", async () => {
    const { code, findings, report } = await lab.audit({ state: widened(), flags, faults: [told] });
    expect(code).toBe(1);
    expect(findings).toEqual([
      "effective-access excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/<any> @ SUB, by Chalk Platform Manager, at SUB",
      NOTE,
      "platform-manager-role excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/<any>",
    ]);
    const differences = report.findings.filter((f) => f.outcome === "fail");
    expect(differences.map((f) => [f.known, f.latent])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });
});
