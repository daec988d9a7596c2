import type { Facts } from "../../snapshot/facts.ts";
import { field, list, text } from "../../snapshot/value.ts";
import type { NamedResource } from "../../state/aws/home.ts";
import { command } from "../../text/command.ts";
import { absentThing, chosenDatabase, typeOf } from "../../wording/aws/chosen.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Library {
  readonly name: string;
  readonly session?: boolean;
}

interface Params {
  readonly instance?: string;
  readonly libraries: readonly Library[];
}

const SHARED = "shared_preload_libraries";
const SESSION = "session_preload_libraries";

/** The value of a parameter of a group; undefined where the group does not have it, or it has none. */
function settingOf(group: unknown, name: string, source?: string): string | undefined {
  const parameter = (list(field(group, "Parameters")) ?? []).find(
    (p) => field(p, "ParameterName") === name && (source === undefined || field(p, "Source") === source),
  );
  return text(field(parameter, "ParameterValue"));
}

function librariesIn(value: string | undefined): readonly string[] {
  return (value ?? "")
    .split(",")
    .map((name) => name.trim().replace(/^["'](.*)["']$/, "$1"))
    .filter((name) => name !== "");
}

function* judge(facts: Facts, database: NamedResource, libraries: readonly Library[]): Iterable<Observation> {
  const resource = { type: typeOf("PostgreSQL instance"), id: database.id, name: database.name };
  const groups = list(field(database.body, "DBParameterGroups")) ?? [];
  const cluster = text(field(database.body, "DBClusterIdentifier"));
  for (const each of groups) {
    const name = text(field(each, "DBParameterGroupName")) ?? "";
    const group = facts.all("aws/db-parameter").find(({ id }) => id === name);
    const verify = command(
      ...["aws", "rds", "describe-db-parameters", "--db-parameter-group-name", name],
      ...["--query", `Parameters[?ParameterName=='${SHARED}']`],
    );
    if (group === undefined) {
      yield {
        kind: "unknown",
        resource,
        message: `parameter group ${name} of database ${database.name} was not read`,
        property: `group:${name}`,
        decide: "grant the scanner rds:DescribeDBParameters",
        verify,
      };
      continue;
    }
    // of an instance of a cluster what nobody set in its own group is the cluster's to say
    const shared = settingOf(group.body, SHARED, cluster === undefined ? undefined : "user");
    if (shared === undefined && cluster !== undefined) {
      yield {
        kind: "unknown",
        resource,
        message: `database ${database.name} is of cluster ${cluster}, whose own parameter group decides ${SHARED}`,
        property: SHARED,
        decide: `look at aws rds describe-db-cluster-parameters of the cluster's group`,
        verify,
      };
      continue;
    }
    const preloaded = librariesIn(shared);
    const session = librariesIn(settingOf(group.body, SESSION));
    for (const [index, library] of libraries.entries()) {
      if (preloaded.includes(library.name)) continue;
      if (library.session === true && session.includes(library.name)) continue;
      const wanted = [...preloaded, ...libraries.map((l) => l.name).filter((l) => !preloaded.includes(l))];
      yield {
        kind: "drift",
        drift: "changed",
        resource,
        message: `extension ${library.name} is not enabled: ${SHARED} of parameter group ${name}, which database ${database.name} uses, is ${shared === undefined || shared === "" ? "not set" : `"${shared}"`}`,
        property: `library:${library.name}`,
        expected: library.name,
        actual: preloaded,
        at: `/libraries/${index}`,
        verify,
        remediation: {
          text: name.startsWith("default.")
            ? `Make a parameter group of your own with ${SHARED} set, give it to the instance, and reboot it: the default group ${name} cannot be changed.`
            : `Add it to ${SHARED}, and reboot the instance.`,
          commands: name.startsWith("default.")
            ? []
            : [
                command(
                  ...["aws", "rds", "modify-db-parameter-group", "--db-parameter-group-name", name],
                  ...[
                    "--parameters",
                    `[{"ParameterName":"${SHARED}","ParameterValue":"${wanted.join(",")}","ApplyMethod":"pending-reboot"}]`,
                  ],
                ),
              ],
        },
      };
    }
    const status = text(field(each, "ParameterApplyStatus"));
    if (status !== undefined && status !== "in-sync") {
      yield {
        kind: "drift",
        drift: "changed",
        severity: "low",
        resource,
        message: `the parameters of group ${name} are not in force in database ${database.name} yet: ${status}`,
        property: `status:${name}`,
        expected: "in-sync",
        actual: status,
        at: "/libraries",
        verify: command("aws", "rds", "describe-db-instances", "--db-instance-identifier", database.name),
        remediation: {
          text: "Reboot the instance in its maintenance window.",
          commands: [command("aws", "rds", "reboot-db-instance", "--db-instance-identifier", database.name)],
        },
      };
    }
  }
  if (groups.length === 0) {
    yield {
      kind: "unknown",
      resource,
      message: `database ${database.name} came without its parameter group`,
      property: "groups",
      decide: "read the instance again",
    };
    return;
  }
  yield { kind: "assessed", count: libraries.length, what: "extensions" };
}

/** The parameter group of a database loads the extensions that the document asks for. */
export const rdsParameters: Check = {
  id: "aws/rds-parameters",
  cloud: "aws",
  title: "A database loads the documented extensions",
  help: `Each library must stand in \`${SHARED}\` of the instance's parameter group; one that may be loaded by session counts in \`${SESSION}\` as well. Parameters that wait for a reboot are low. Of an instance of a cluster what its own group leaves as it comes is unknown: the group of the cluster decides.

Whether \`CREATE EXTENSION\` was run stands inside the database, which the scanner does not enter.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["libraries"],
    properties: {
      instance: {
        type: "string",
        minLength: 1,
        description: "identifier or ARN; absent: the PostgreSQL instance of the VPC",
      },
      libraries: {
        type: "array",
        minItems: 1,
        items: {
          type: "object",
          additionalProperties: false,
          required: ["name"],
          properties: {
            name: { type: "string", minLength: 1, description: "library, as PostgreSQL loads it" },
            session: { type: "boolean", description: "loading it by session counts too" },
          },
        },
      },
    },
  },
  needs: () => ["aws/db-instance", "aws/db-parameter", "aws/vpc", "aws/eks-cluster"],
  tolerates: ["aws/vpc", "aws/eks-cluster"],
  drifts: {
    changed: {
      short: "A documented extension is not loaded.",
      help: "The library does not stand among those that the server loads when it starts, so the extension cannot be made or does nothing. Set the parameter, and reboot the instance.",
    },
    absent: {
      short: "The database is not there.",
      help: "No PostgreSQL instance of that name was found in the account and region that were read.",
    },
  },
  run: function* (facts, rawParams): Iterable<Observation> {
    const params = rawParams as Params;
    const database = chosenDatabase(facts, params.instance);
    if (database.kind === "absent") yield absentThing("PostgreSQL instance", database.wanted, facts);
    else if (database.kind === "unclear") yield database.observation;
    else yield* judge(facts, database.one, params.libraries);
  },
};
