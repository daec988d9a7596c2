import type { Facts } from "../../snapshot/facts.ts";
import { showDirectoryRoles } from "../../state/azure/command.ts";
import {
  type DirectoryRole,
  directoryRoles,
  eligibleRoles,
  type NotTold,
} from "../../state/azure/directory.ts";
import { audited, nobodyKnown, PRINCIPAL_SCHEMA, principalResource } from "../../wording/azure/principals.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface RoleName {
  readonly name: string;
  readonly id: string;
}

interface Params {
  readonly principal?: string;
  readonly deployer?: string;
  readonly role: RoleName;
  readonly instead?: readonly RoleName[];
}

const isRole = (role: DirectoryRole, { id }: RoleName) => role.ids.includes(id.toLowerCase());
const through = ({ group }: DirectoryRole) => (group === undefined ? "" : ` through group ${group}`);
const where = ({ scope }: DirectoryRole) =>
  scope === "/" ? "the whole directory" : (scope ?? "a place that is not told");

function notTold(resource: Observation & { kind: "unknown" }, untold: readonly NotTold[]): Observation {
  const [first] = untold;
  return first === undefined
    ? resource
    : { ...resource, message: `${resource.message}: ${first.why}`, decide: first.decide };
}

/** Whoever deploys holds the one role, over the whole directory, now. */
function* deploying(facts: Facts, deployer: string, { role, instead = [] }: Params): Iterable<Observation> {
  const { roles, untold, gone } = directoryRoles(facts, deployer);
  const base = {
    resource: { type: "principal", id: deployer, name: deployer },
    property: `directory-role:${role.name}`,
    verify: showDirectoryRoles(deployer),
  } as const;
  const held = roles.filter((each) => isRole(each, role));
  if (held.some(({ scope }) => scope === "/")) return;
  const drift = {
    ...base,
    kind: "drift",
    severity: "low",
    expected: { role: role.name, scope: "/" },
    at: "/role",
    remediation: {
      text: `Assign "${role.name}" to whoever deploys, over the whole directory, for as long as the deployment takes.`,
      commands: [],
    },
  } as const;
  const more = instead.flatMap((each) => roles.filter((own) => isRole(own, each) && own.scope === "/"));
  const [wider] = more;
  if (wider !== undefined) {
    yield {
      ...drift,
      drift: "wider",
      message: `whoever deploys, ${deployer}, holds "${wider.name}"${through(wider)} in place of "${role.name}": far more than a deployment needs`,
      actual: wider.name,
    };
    return;
  }
  if (untold.length > 0) {
    yield notTold(
      { ...base, kind: "unknown", message: `whether ${deployer} holds "${role.name}" is not known` },
      untold,
    );
    return;
  }
  const [narrow] = held;
  if (narrow !== undefined) {
    yield {
      ...drift,
      drift: "missing",
      message: `whoever deploys, ${deployer}, holds "${role.name}"${through(narrow)} over ${where(narrow)} alone, not over the whole directory`,
      actual: narrow.scope,
    };
    return;
  }
  const eligible = eligibleRoles(facts, deployer);
  const could = eligible.is === "told" && eligible.value.some((each) => isRole(each, role));
  const said = could
    ? `it is only eligible for it (Privileged Identity Management), which grants nothing until somebody activates it`
    : gone
      ? "the directory has neither a user nor a service principal of this id"
      : `it has it neither directly nor through a group${eligible.is === "untold" ? `; whether it is eligible is not known (${eligible.why})` : ""}`;
  yield {
    ...drift,
    drift: "absent",
    message: `whoever deploys, ${deployer}, does not hold "${role.name}": ${said}`,
    actual: could ? "eligible" : null,
  };
}

/** The directory is not the application's: any role in it is more than the document gives. */
function* applications(facts: Facts, id: string): Iterable<Observation> {
  const { roles, untold } = directoryRoles(facts, id);
  const base = { resource: principalResource({ id }), verify: showDirectoryRoles(id) } as const;
  for (const role of roles) {
    yield {
      ...base,
      kind: "drift",
      drift: "excess",
      severity: "high",
      message: `the application ${id} holds the directory role "${role.name}"${through(role)} over ${where(role)}, which the document does not give it: whoever has its password has the role`,
      property: `directory-role:${role.ids[0] ?? role.name}:${role.group ?? ""}:${role.scope ?? ""}`,
      by: `${role.name}${through(role)}`,
      expected: null,
      actual: role.name,
      at: "/principal",
      remediation: {
        text:
          role.group === undefined
            ? "Take the role from the application."
            : `Take the application out of the group ${role.group}.`,
        commands: [],
      },
    };
  }
  if (untold.length === 0) return;
  yield notTold(
    {
      ...base,
      kind: "unknown",
      message: `which directory roles the application ${id} holds is not known`,
      property: "directory-roles",
    },
    untold,
  );
}

const ROLE = {
  type: "object",
  additionalProperties: false,
  required: ["name", "id"],
  properties: {
    name: { type: "string", minLength: 1 },
    id: { type: "string", minLength: 1, description: "template id of the built-in role" },
  },
} as const;

/** Whoever deploys holds the documented role of the directory, and the application none. */
export const directoryRole: Check = {
  id: "azure/directory-role",
  cloud: "azure",
  title: "The deployer holds the documented directory role, and the application none",
  help: `Microsoft Graph tells which roles of the directory somebody holds, directly and through groups. Whoever deploys must hold the role now and over the whole directory; one that is only eligible fails and the finding says so, and a wider role in its place is \`wider\`. These are low: they say whether a deployment would go through.

Any directory role of the application itself is in excess, high: its password lives wherever it runs.

Without a deployer only the application is judged, and the report says so. Without consent to \`RoleManagement.Read.Directory\` it is unknown, naming it. Where eligible roles cannot be listed (they need a licence), active ones decide.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["role"],
    properties: {
      principal: PRINCIPAL_SCHEMA,
      deployer: { type: "string", minLength: 1, description: "object id of whoever deploys" },
      role: ROLE,
      instead: { type: "array", items: ROLE, description: "wider roles that would do, and are found" },
    },
  },
  needs: () => ["azure/directory-role", "azure/directory-membership", "azure/directory-role-eligibility"],
  tolerates: ["azure/directory-role-eligibility"],
  narrows: (params) => {
    const { deployer } = params as Params;
    const own = deployer === undefined ? [] : [deployer];
    return {
      names: {
        "azure/directory-role": own,
        "azure/directory-membership": own,
        "azure/directory-role-eligibility": own,
      },
    };
  },
  drifts: {
    absent: {
      short: "The deployer does not hold the directory role.",
      help: "The deployment makes an application and its principal, and stops where it may not. Assign or activate the role for as long as it takes.",
    },
    missing: {
      short: "The deployer holds the directory role over a part of the directory alone.",
      help: "Over an administrative unit or one application the role lets nobody register another. Assign it over the whole directory.",
    },
    wider: {
      short: "The deployer holds a wider directory role.",
      help: "A deployment needs to register one application. A role over the whole tenant is more than that; assign the documented one.",
    },
    excess: {
      short: "The application holds a directory role.",
      help: "Whoever has the application's password has its directory roles too. The document gives it none; take them away.",
    },
  },
  run: function* (facts, rawParams, context) {
    const params = rawParams as Params;
    const { deployer } = params;
    const principals = audited(params.principal, context);
    if (deployer !== undefined) yield* deploying(facts, deployer, params);
    if (principals.length === 0)
      yield nobodyKnown(
        context.principalsUnknown ?? "nobody holds the documented role, so no application is audited",
        facts.scope,
      );
    for (const { id } of principals) yield* applications(facts, id);
    const notes = [
      "the directory was read (Microsoft Graph) for roles of the directory and memberships in groups",
      ...(deployer === undefined
        ? [`whether whoever deploys holds "${params.role.name}" was not assessed: nobody was named`]
        : []),
    ];
    yield {
      kind: "assessed",
      count: principals.length + (deployer === undefined ? 0 : 1),
      what: "holders",
      notes,
    };
  },
};
