import { describe, expect, it } from "vitest";
import { application as check } from "../../../src/checks/azure/application.ts";
import type { Unread } from "../../../src/snapshot/snapshot.ts";
import { contextOf, control, factsIn, run, STRANGER, VENDOR } from "../world.ts";

const APP = "22222222-0000-4000-8000-000000000001";
const OWN = "22222222-0000-4000-8000-000000000002";
const entry = (endDateTime: unknown, startDateTime: unknown = "2026-01-01T00:00:00Z", sort = "password") => ({
  sort,
  startDateTime,
  endDateTime,
});
const lasting = entry("2028-01-01T00:00:00Z");

interface Told {
  readonly principal?: object;
  readonly application?: object;
  readonly federated?: unknown;
  readonly owners?: unknown;
  readonly unread?: readonly Unread[];
  readonly deployer?: string;
}

/** What is said of a principal of which the directory told this. */
function said({ principal, application, federated = [], owners = [], unread = [], deployer }: Told) {
  const facts = factsIn(
    {},
    {
      principals: [VENDOR],
      unread,
      more: [
        {
          kind: "azure/service-principal",
          id: VENDOR,
          body: {
            id: VENDOR,
            appId: APP,
            displayName: "pump",
            accountEnabled: true,
            validity: [lasting],
            ...principal,
          },
        },
        { kind: "azure/application", id: APP, body: { id: OWN, validity: [], ...application } },
        { kind: "azure/federated-credential", id: OWN, body: { value: federated } },
        { kind: "azure/owner", id: OWN, body: { value: owners } },
        { kind: "azure/owner", id: VENDOR, body: { value: [] } },
      ].filter(({ kind, id }) => !unread.some((each) => each.kind === kind && each.id === id)) as never,
    },
  );
  const params = { principal: VENDOR, ...(deployer === undefined ? {} : { deployer }) };
  const own = control("app", check.id, params);
  return run(check, facts, own, contextOf(own)).flatMap((o) =>
    o.kind === "assessed" ? [] : [`${o.kind === "unknown" ? "" : `${o.drift} `}${o.kind}: ${o.message}`],
  );
}

const federation = (subject: unknown, issuer: unknown = "https://issuer.example") => ({
  name: "ci",
  issuer,
  subject,
});

describe("azure/application", () => {
  it("says nothing of one that holds a password and that nobody else can become", () => {
    expect(said({})).toEqual([]);
  });

  it.each([
    ["repo:acme/flows:ref:refs/heads/*", true],
    ["repo:acme/*:ref:refs/heads/main", true],
    ["*", true],
    ["repo:acme/flows", true],
    ["repo:acme/flows:pull_request", true],
    ["repo:acme/flows:ref:refs/heads/", true],
    ["project_path:acme/flows", true],
    ["project_path:acme/flows:ref_type:branch", true],
    ["repo:acme/flows:ref:refs/heads/main", false],
    ["repo:acme/flows:ref:refs/tags/v1", false],
    ["repo:acme/flows:environment:production", false],
    ["project_path:acme/flows:ref_type:branch:ref:main", false],
    ["system:serviceaccount:flows:runner", false],
  ])("a federated subject %s lets in more than one: %s", (subject, open) => {
    const lines = said({ federated: [federation(subject)] });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(open ? /^wider drift: / : /^stray note: /);
    expect(lines[0]).toContain(subject);
  });

  it.each([
    ["without a subject", [federation(null)], "matches claims by an expression"],
    ["without an issuer", [federation("s", 7)], "matches claims by an expression"],
    ["that is no list", "odd", "holds no list"],
  ])("a federated credential %s is unknown", (_name, federated, why) => {
    const lines = said({ federated });
    expect(lines).toEqual([expect.stringMatching(/^unknown: who else can become pump is not known/)]);
    expect(lines[0]).toContain(why);
  });

  it.each<[string, readonly object[], RegExp | undefined]>([
    [
      "has ended at the very moment",
      [entry("2026-11-21T08:00:00.000Z")],
      /^expired drift: no credential of pump holds any more/,
    ],
    [
      "holds one second more",
      [entry("2026-11-21T08:00:01Z")],
      /^expired drift: the last password of pump that holds ends .* 0 days after this was read on 2026-11-21$/,
    ],
    [
      "ends in a little less than 30 days",
      [entry("2026-12-21T07:59:59Z")],
      /^expired drift: .* 29 days after this was read on 2026-11-21$/,
    ],
    ["ends in exactly 30 days", [entry("2026-12-21T08:00:00Z")], undefined],
    ["ends tomorrow, beside one that lasts", [entry("2026-11-22T08:00:00Z"), lasting], undefined],
    [
      "begins tomorrow",
      [entry("2028-01-01T00:00:00Z", "2026-11-22T00:00:00Z")],
      /^expired drift: no credential of pump holds yet/,
    ],
    ["has no beginning", [entry("2028-01-01T00:00:00Z", null)], undefined],
    [
      "has dates that are none",
      [entry("soon")],
      /^unknown: whether a password of pump holds is not known: not all of its credentials/,
    ],
    ["has dates that are none, beside one that lasts", [entry("soon"), lasting], undefined],
    [
      "is of a certificate that has ended",
      [entry("2026-01-02T00:00:00Z", null, "certificate")],
      /^expired drift: no credential/,
    ],
    [
      "is of a certificate that ends soon",
      [entry("2026-11-30T00:00:00Z", null, "certificate")],
      /^changed note: pump signs in by a certificate/,
    ],
    ["is not there", [], /^absent drift: pump has no password, certificate or federated credential/],
  ])("a password that %s", (_name, validity, expected) => {
    const [line] = said({ principal: { validity } });
    if (expected === undefined) expect(line).toBeUndefined();
    else expect(line).toMatch(expected);
  });

  it("an object that does not tell its credentials is not one without any", () => {
    expect(said({ principal: { validity: null } })).toEqual([
      expect.stringMatching(
        /^unknown: whether a password of pump holds is not known: not all of its credentials/,
      ),
    ]);
  });

  it("a password that may stand on an application that could not be read is not absent", () => {
    const unread = [
      { kind: "azure/application", api: "GET /x", id: APP, cause: "timeout", detail: "no answer" },
    ] as const;
    expect(said({ principal: { validity: [] }, unread })).toEqual([
      expect.stringMatching(/^unknown: the application of pump, its credentials .* no answer$/),
    ]);
  });

  it("the deployer's id may be given in capitals", () => {
    const owners = [{ type: "#microsoft.graph.user", id: STRANGER, displayName: "Eve" }];
    expect(said({ owners, deployer: STRANGER.toUpperCase() })).toEqual([]);
  });

  it("whether it is enabled is unknown when it is not told", () => {
    expect(said({ principal: { accountEnabled: null } })).toEqual([
      "unknown: whether pump is enabled is not known: the directory does not say it",
    ]);
  });

  it("names no application: unknown, and what its owners are is still judged", () => {
    const owners = [{ type: "#microsoft.graph.user", id: STRANGER, displayName: "Eve" }];
    expect(said({ principal: { appId: null }, owners, deployer: VENDOR })).toEqual([
      expect.stringMatching(/^unknown: the application of pump.* names no application/),
    ]);
  });

  it.each<[string, object, RegExp | undefined]>([
    [
      "a user",
      { type: "#microsoft.graph.user", id: STRANGER, displayName: "Eve" },
      /^stray drift: user Eve \(/,
    ],
    ["the deployer, in capitals", { type: "#microsoft.graph.user", id: VENDOR.toUpperCase() }, undefined],
    [
      "a service principal",
      { type: "#microsoft.graph.servicePrincipal", id: STRANGER },
      /^stray note: servicePrincipal /,
    ],
    ["something that does not say what it is", { id: STRANGER }, /^unknown: who owns pump is not known/],
    ["a user without an id", { type: "#microsoft.graph.user" }, /^unknown: who owns pump is not known/],
  ])("owned by %s", (_name, owner, expected) => {
    const [line] = said({ owners: [owner], deployer: VENDOR });
    if (expected === undefined) expect(line).toBeUndefined();
    else expect(line).toMatch(expected);
  });

  it("what could not be read is unknown and names the consent that lacks", () => {
    const kinds = [
      "azure/service-principal",
      "azure/application",
      "azure/federated-credential",
      "azure/owner",
    ] as const;
    const ids = { "azure/service-principal": VENDOR, "azure/application": APP };
    for (const kind of kinds) {
      const id = kind in ids ? ids[kind as keyof typeof ids] : OWN;
      const permission = "Application.Read.All";
      const unread = [
        { kind, api: "GET /x", id, cause: "denied", permission, detail: "answered 403" },
      ] as const;
      const lines = said({ unread });
      expect(lines, kind).toEqual([
        expect.stringMatching(/^unknown: .* needs Application\.Read\.All of Microsoft Graph$/),
      ]);
    }
  });
});
