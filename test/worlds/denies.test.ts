import { denyAssignment, roleAssignment, roleDefinition } from "../servers/azure-state.ts";
import { azureGround, type Row } from "./azure-ground.ts";
import {
  clean,
  flags,
  MG,
  manager,
  managerAssignment,
  managerDefinition,
  otherRole,
  RG,
  SUB,
  stockRoles,
  stranger,
  team,
  VAULT,
  vendor,
  withAlso,
} from "./chalk.ts";
import { describeWorlds } from "./world.ts";

const STORE = "Microsoft.Storage/storageAccounts/delete";
const unproven = "bbbbbbbb-0000-4000-8000-0000000000ff";
const group = { id: unproven, type: "Group" };
const us = { id: vendor, type: "ServicePrincipal" };
const everyone = { id: "00000000-0000-0000-0000-000000000000", type: "SystemDefined" };
type Deny = Parameters<typeof denyAssignment>[0];
const deny = (d: Partial<Deny>) =>
  denyAssignment({ name: "d-1", scope: RG, permissions: [{ actions: [STORE] }], ...d });
const denied = (d: Partial<Deny>) => clean({ denyAssignments: [deny(d)] });
const inTeam = managerAssignment({ name: "a-team", principal: team, principalType: "Group" });
/** The vendor may do more in one resource group; the deny decides whether it can. */
const more = (...denies: Partial<Deny>[]) => ({
  ...withAlso(roleAssignment({ name: "a-more", role: otherRole, principal: vendor, scope: RG })),
  roleDefinitions: [
    ...stockRoles,
    managerDefinition([manager]),
    roleDefinition({ id: otherRole, name: "Web", permissions: [{ actions: ["Microsoft.Web/sites/*"] }] }),
  ],
  denyAssignments: denies.map((d, i) =>
    deny({ name: `d-${i}`, permissions: [{ actions: ["Microsoft.Web/*"] }], ...d }),
  ),
});
const bent = (change: Record<string, unknown>) => {
  const body = deny({});
  return clean({ denyAssignments: [{ ...body, properties: { ...(body.properties as object), ...change } }] });
};

const rows: Readonly<Record<string, Row>> = {
  "for everyone, as recorded ones write it (AZ6)": {
    state: denied({}),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access missing medium control Microsoft.Storage/storageAccounts/delete ! Microsoft.Storage/storageAccounts/delete @ SUB/rg-chalk, by deny assignment d-1",
    ],
  },
  "for everyone, as the page writes it (AZ6)": {
    state: denied({ principals: [everyone] }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access missing medium control Microsoft.Storage/storageAccounts/delete ! Microsoft.Storage/storageAccounts/delete @ SUB/rg-chalk, by deny assignment d-1",
    ],
  },
  "for everyone but us (AZ6)": { state: denied({ excludePrincipals: [us] }), flags, code: 0 },
  "for everyone but somebody else": {
    state: denied({ excludePrincipals: [{ id: stranger, type: "User" }] }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access missing medium control Microsoft.Storage/storageAccounts/delete ! Microsoft.Storage/storageAccounts/delete @ SUB/rg-chalk, by deny assignment d-1",
    ],
  },
  "for us alone, without hyphens": {
    state: denied({
      principals: [{ id: vendor.replaceAll("-", "").toUpperCase(), type: "ServicePrincipal" }],
    }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access missing medium control Microsoft.Storage/storageAccounts/delete ! Microsoft.Storage/storageAccounts/delete @ SUB/rg-chalk, by deny assignment d-1",
    ],
  },
  "for somebody else": { state: denied({ principals: [{ id: stranger, type: "User" }] }), flags, code: 0 },
  "for a group that cannot be resolved (AZ6)": {
    state: denied({ principals: [group] }),
    flags,
    code: 3,
    controls: { "effective-access": "unknown" },
    findings: [
      "effective-access unknown medium control Microsoft.Storage/storageAccounts/delete ! Microsoft.Storage/storageAccounts/delete @ SUB/rg-chalk",
    ],
  },
  "for everyone but a group that cannot be resolved (AZ6)": {
    state: denied({ excludePrincipals: [group] }),
    flags,
    code: 3,
    controls: { "effective-access": "unknown" },
    findings: [
      "effective-access unknown medium control Microsoft.Storage/storageAccounts/delete ! Microsoft.Storage/storageAccounts/delete @ SUB/rg-chalk",
    ],
  },
  "for a group proven by an assignment (AZ6)": {
    state: { ...withAlso(inTeam), denyAssignments: [deny({ principals: [{ id: team, type: "Group" }] })] },
    flags: { ...flags, principal: [vendor] },
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access missing medium control Microsoft.Storage/storageAccounts/delete ! Microsoft.Storage/storageAccounts/delete @ SUB/rg-chalk, by deny assignment d-1",
    ],
  },
  "for everyone but a group proven by an assignment (AZ6)": {
    state: {
      ...withAlso(inTeam),
      denyAssignments: [deny({ excludePrincipals: [{ id: team, type: "Group" }] })],
    },
    flags: { ...flags, principal: [vendor] },
    code: 0,
  },
  "on the subscription": {
    state: denied({ scope: SUB }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access missing medium control Microsoft.Storage/storageAccounts/delete ! Microsoft.Storage/storageAccounts/delete @ SUB, by deny assignment d-1",
    ],
  },
  "on the subscription, not for child scopes (AZ6)": {
    state: denied({ scope: SUB, doNotApplyToChildScopes: true }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access missing medium control Microsoft.Storage/storageAccounts/delete ! Microsoft.Storage/storageAccounts/delete @ SUB, by deny assignment d-1",
    ],
  },
  "on a management group": {
    state: denied({ scope: MG }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access missing medium control Microsoft.Storage/storageAccounts/delete ! Microsoft.Storage/storageAccounts/delete @ SUB, by deny assignment d-1",
    ],
  },
  "on a management group, not for child scopes (AZ6)": {
    state: denied({ scope: MG, doNotApplyToChildScopes: true }),
    flags,
    code: 0,
  },
  "on one resource group, not for child scopes (AZ6)": {
    state: denied({ doNotApplyToChildScopes: true }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access missing medium control Microsoft.Storage/storageAccounts/delete ! Microsoft.Storage/storageAccounts/delete @ SUB/rg-chalk, by deny assignment d-1",
    ],
  },
  "on one vault, of a data action": {
    state: denied({ scope: VAULT, permissions: [{ dataActions: ["Microsoft.KeyVault/vaults/secrets/*"] }] }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access missing medium data Microsoft.KeyVault/vaults/secrets/* ! Microsoft.KeyVault/vaults/secrets/delete @ SUB/rg-chalk/providers/Microsoft.KeyVault/vaults/kv-chalk, by deny assignment d-1",
    ],
  },
  "of all but reading": {
    state: denied({ permissions: [{ actions: ["*"], notActions: ["*/read"] }] }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    golden: "denies-of-all-but-reading",
  },
  "of something that is not documented": {
    state: denied({ permissions: [{ actions: ["Microsoft.Web/*"] }] }),
    flags,
    code: 0,
  },
  "with a condition": {
    state: bent({ condition: "@Resource[x] StringEquals 'a'", conditionVersion: "2.0" }),
    flags,
    code: 3,
    controls: { "effective-access": "unknown" },
    findings: ["effective-access unknown medium control Microsoft.Storage/storageAccounts/delete"],
  },
  "without a scope": {
    state: bent({ scope: null }),
    flags,
    code: 3,
    controls: { "effective-access": "unknown" },
    findings: ["effective-access unknown medium (SUB/rg-chalk denyAssignments/d-1)"],
  },
  "without permissions": {
    state: bent({ permissions: null }),
    flags,
    code: 3,
    controls: { "effective-access": "unknown" },
    findings: ["effective-access unknown medium (SUB/rg-chalk denyAssignments/d-1)"],
  },
  "without principals": {
    state: bent({ principals: null }),
    flags,
    code: 3,
    controls: { "effective-access": "unknown" },
    findings: ["effective-access unknown medium (SUB/rg-chalk denyAssignments/d-1)"],
  },
  "with principals that are no list": {
    state: bent({ principals: { id: vendor } }),
    flags,
    code: 3,
    controls: { "effective-access": "unknown" },
    findings: ["effective-access unknown medium (SUB/rg-chalk denyAssignments/d-1)"],
  },
  "that is no document at all": {
    state: clean({ denyAssignments: [{ id: "d-x", properties: null }] }),
    flags,
    code: 3,
    controls: { "effective-access": "unknown" },
    findings: ["effective-access unknown medium (d-x)"],
  },

  "of nothing: an assignment beyond the document is excess": {
    state: more(),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess critical control Microsoft.Web/sites/* ! Microsoft.Web/sites/write @ SUB/rg-chalk, by Web, at SUB/rg-chalk",
    ],
  },
  "that takes an assignment beyond the document away (AZ6)": { state: more({}), flags, code: 0 },
  "that takes it away from a group that cannot be resolved (AZ6)": {
    state: more({ principals: [group] }),
    flags,
    code: 3,
    controls: { "effective-access": "unknown" },
    findings: [
      "effective-access unknown medium control Microsoft.Web/sites/* ! Microsoft.Web/sites/write @ SUB/rg-chalk, by Web, at SUB/rg-chalk",
    ],
  },
  "that takes it away from everyone but a group that cannot be resolved (AZ6)": {
    state: more({ excludePrincipals: [group] }),
    flags,
    code: 3,
    controls: { "effective-access": "unknown" },
    findings: [
      "effective-access unknown medium control Microsoft.Web/sites/* ! Microsoft.Web/sites/write @ SUB/rg-chalk, by Web, at SUB/rg-chalk",
    ],
  },
  "that takes it away, not for child scopes (AZ6)": {
    state: more({ doNotApplyToChildScopes: true }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess critical control Microsoft.Web/sites/* ! Microsoft.Web/sites/write @ SUB/rg-chalk/*, by Web, at SUB/rg-chalk",
    ],
  },
  "that takes it away on one vault alone": {
    state: more({ scope: VAULT }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess critical control Microsoft.Web/sites/* ! Microsoft.Web/sites/write @ SUB/rg-chalk, by Web, at SUB/rg-chalk",
    ],
  },
  "that takes a part of it away": {
    state: more({ permissions: [{ actions: ["Microsoft.Web/sites/write"] }] }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess critical control Microsoft.Web/sites/* except Microsoft.Web/sites/write ! Microsoft.Web/sites/delete @ SUB/rg-chalk, by Web, at SUB/rg-chalk",
    ],
  },
  "that takes it away in another resource group": {
    state: more({ scope: `${RG}2` }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess critical control Microsoft.Web/sites/* ! Microsoft.Web/sites/write @ SUB/rg-chalk, by Web, at SUB/rg-chalk",
    ],
  },
  "two, each of one half": {
    state: more(
      { permissions: [{ actions: ["Microsoft.Web/sites/*"], notActions: ["*/read"] }] },
      { permissions: [{ actions: ["*/read"], notActions: manager.actions }] },
    ),
    flags,
    code: 0,
  },
};

describeWorlds(
  "a deny assignment",
  azureGround({ state: clean(), flags }, ["log-reader-role note absent info (SUB#log-reader-role)"]),
  rows,
);
