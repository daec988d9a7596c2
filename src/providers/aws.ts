import { operationsOf, type ServiceData } from "../access/aws/service-data.ts";
import { operationsIn } from "../access/catalog.ts";
import { questionGlob } from "../access/glob.ts";
import type { Wildcard } from "../report/report.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { field, text, textList } from "../snapshot/value.ts";
import { statementsOf } from "../state/aws/document.ts";
import { ownDatabases } from "../state/aws/home.ts";
import { findAuditedRoles } from "../state/aws/roles.ts";
import type { ProviderRecord } from "./define.ts";
import { at } from "./value.ts";

export const aws: ProviderRecord = {
  provider: "aws",
  name: "AWS",
  who: { flag: "role", found: "trusts a documented principal", nobody: "that trusts a documented principal" },
  // one role, whose name may have commas
  named: (value, recorded) => (value === undefined ? recorded : [value]),
  findAudited: findAuditedRoles,
  // the account, by whoever asked, else by the scope; the region; and the database, where there is one
  told: ({ scope }, facts) => {
    const [account = "", region = ""] = scope.split("/");
    const asked = facts.all("aws/caller-identity").map(({ body }) => text(field(body, "Account")))[0];
    const [database, another] = ownDatabases(facts);
    return {
      from: {
        account: asked ?? account,
        region,
        // one that is not the only one is for the controls to name
        ...(database === undefined || another !== undefined ? {} : { database: database.name }),
      },
      flag: {},
    };
  },
  operations: ({ serviceData }) => {
    if (serviceData === undefined) return undefined;
    const count = Object.values(serviceData.services).reduce((n, actions) => n + actions.length, 0);
    return { date: serviceData.date, count };
  },
  operationNotes: (recorded) => {
    const known = aws.operations(recorded);
    return [
      known !== undefined && known.count > 0
        ? `catalogue of ${known.date}: ${known.count} actions that exist`
        : "no catalogue of actions was given: policies are compared as written, differences carry no counts, and dead or latent ones are not told apart",
    ];
  },
  wildcards: ({ snapshot, serviceData }) =>
    serviceData === undefined ? [] : awsWildcards(snapshot, serviceData),
  doors: [
    { id: "trust", title: "trust policies of the roles", kinds: ["aws/role"] },
    { id: "inline-policies", title: "inline policies", kinds: ["aws/role-policy"] },
    { id: "managed-policies", title: "managed policies", kinds: ["aws/attached-policy", "aws/policy"] },
    {
      id: "resource-policies",
      title: "policies of resources",
      why: "a bucket, key, queue or secret can grant by its own",
    },
    {
      id: "organisation-policies",
      title: "policies of the organisation",
      why: "an account cannot always read them",
    },
    { id: "session-policies", title: "session policies", why: "whoever assumes the role gives them" },
    { id: "users", title: "users and their access keys", why: "roles alone are audited" },
  ],
  notConsidered: () =>
    "not considered: service control policies and resource control policies of the organisation, policies of resources (buckets, keys, queues), and session policies: an account cannot always read them. The first and the last can only take away; a resource's policy can also grant",
};

/** Of the policies of the audited roles; a statement that names what it does not allow is no wildcard to count. */
function awsWildcards(snapshot: Snapshot, serviceData: ServiceData): Wildcard[] {
  const operations = operationsOf(serviceData);
  return snapshot.documents.flatMap(({ kind, id, body }) => {
    if (kind !== "aws/role-policy" && kind !== "aws/policy") return [];
    const name = at(body, "PolicyName") ?? at(body, "Policy", "PolicyName");
    return statementsOf(body)
      .filter((statement) => statement["Effect"] === "Allow")
      .flatMap((statement) => textList(statement["Action"]))
      .filter((pattern) => /[*?]/.test(pattern))
      .map(
        (pattern): Wildcard => ({
          holder: id,
          name: typeof name === "string" && name !== "" ? name : id,
          pattern,
          operations: operationsIn(
            operations,
            questionGlob((pattern === "*:*" ? "*" : pattern).toLowerCase()),
            [],
          ).length,
        }),
      );
  });
}
