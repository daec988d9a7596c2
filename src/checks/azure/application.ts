import type { Principal } from "../../report/report.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { field, text } from "../../snapshot/value.ts";
import { type Credentials, credentialsOf, tooOpen } from "../../state/azure/credential.ts";
import { directoryList, directoryObject, type NotTold, type Told } from "../../state/azure/directory.ts";
import { command } from "../../text/command.ts";
import { audited, nobodyKnown, PRINCIPAL_SCHEMA, principalResource } from "../../wording/azure/principals.ts";
import type { DriftObservation, NoteObservation, Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Params {
  readonly principal?: string;
  /** Object id of whoever may own the application. */
  readonly deployer?: string;
  readonly endsWithinDays?: number;
}

/** One principal, with what the directory said of it. */
interface Case {
  readonly facts: Facts;
  readonly params: Params;
  readonly principal: Principal;
  readonly name: string;
  readonly body: unknown;
}

const DAY = 24 * 60 * 60 * 1000;

function seen(c: Pick<Case, "principal">, property: string) {
  const { id } = c.principal;
  return {
    resource: principalResource(c.principal),
    property: `application:${property}`,
    verify: command("az", "ad", "sp", "show", "--id", id),
  };
}

function unknown(
  c: Pick<Case, "principal">,
  property: string,
  what: string,
  { why, decide }: NotTold,
): Observation {
  return { ...seen(c, property), kind: "unknown", message: `${what} is not known: ${why}`, decide };
}

function note(
  c: Case,
  property: string,
  message: string,
  drift: NoteObservation["drift"] = "absent",
): NoteObservation {
  return { ...seen(c, property), kind: "note", drift, message };
}

function* judge(facts: Facts, params: Params, principal: Principal): Iterable<Observation> {
  const told = directoryObject(facts, "azure/service-principal", principal.id);
  if (told.is === "untold") {
    yield unknown(
      { principal },
      "exists",
      `whether service principal ${principal.id} exists and is enabled`,
      told,
    );
    return;
  }
  if (told.is === "gone") {
    yield {
      ...seen({ principal }, "exists"),
      kind: "drift",
      drift: "absent",
      message: `the directory has no service principal ${principal.id}: it was deleted, or it is another tenant's`,
      expected: principal.id,
      actual: null,
      at: "/principal",
      remediation: {
        text: "Deploy the application again, or name its principal with --principal.",
        commands: [],
      },
    };
    return;
  }
  const name = text(field(told.value, "displayName")) ?? principal.id;
  const c: Case = { facts, params, principal: { ...principal, name }, name, body: told.value };
  yield* enabled(c);
  const appId = text(field(c.body, "appId"));
  const application: Told<unknown> =
    appId === undefined
      ? { is: "untold", why: "the principal names no application", decide: "read the directory again" }
      : directoryObject(facts, "azure/application", appId);
  if (application.is === "untold")
    yield unknown(
      c,
      "application",
      `the application of ${name}, its credentials and who may become it`,
      application,
    );
  yield* elsewhere(application, c);
  const own = application.is === "told" ? text(field(application.value, "id")) : undefined;
  const federated: Told<readonly unknown[]> =
    own === undefined ? { is: "gone" } : directoryList(facts, "azure/federated-credential", own);
  yield* credentials(application, federated, c);
  if (federated.is === "untold") yield unknown(c, "federated", `who else can become ${name}`, federated);
  if (federated.is === "told") yield* becoming(federated.value, c);
  yield* owners([own, principal.id], c);
}

function* enabled(c: Case): Iterable<Observation> {
  const value = field(c.body, "accountEnabled");
  if (value === true) return;
  if (value !== false) {
    const why = "the directory does not say it";
    yield unknown(c, "enabled", `whether ${c.name} is enabled`, { why, decide: "read the directory again" });
    return;
  }
  yield {
    ...seen(c, "enabled"),
    kind: "drift",
    drift: "changed",
    message: `service principal ${c.name} is disabled: nobody can sign in as it, and nothing runs`,
    expected: true,
    actual: false,
    at: "/principal",
    remediation: {
      text: "Enable it, once it is known why it was disabled.",
      commands: [command("az", "ad", "sp", "update", "--id", c.principal.id, "--set", "accountEnabled=true")],
    },
  };
}

/** An application of another tenant, or none as a managed identity has. */
function* elsewhere(application: Told<unknown>, c: Case): Iterable<Observation> {
  if (application.is !== "gone") return;
  const managed = isManaged(c);
  const owner = text(field(c.body, "appOwnerOrganizationId"));
  yield note(
    c,
    "application",
    managed
      ? `${c.name} is a managed identity: Azure keeps its credentials, and there is no application`
      : `the application of ${c.name} is registered in another tenant${owner === undefined ? "" : ` (${owner})`}: its own credentials, owners and who else can become it are not seen here`,
  );
}

function isManaged({ body }: Case): boolean {
  return text(field(body, "servicePrincipalType"))?.toLowerCase() === "managedidentity";
}

/** By what somebody signs in as the application, and until when. */
function* credentials(
  application: Told<unknown>,
  federated: Told<readonly unknown[]>,
  c: Case,
): Iterable<Observation> {
  if (isManaged(c)) return;
  const { takenAt } = c.facts;
  const objects = application.is === "told" ? [c.body, application.value] : [c.body];
  const passwords = credentialsOf(objects, "password", takenAt);
  const certificates = credentialsOf(objects, "certificate", takenAt);
  if (passwords.valid.length > 0) {
    yield* ending("password", passwords, c);
    return;
  }
  if (passwords.malformed + certificates.malformed > 0) {
    const why = "not all of its credentials can be understood";
    yield unknown(c, "password", `whether a password of ${c.name} holds`, {
      why,
      decide: "read the directory again",
    });
    return;
  }
  if (certificates.valid.length > 0) {
    yield note(
      c,
      "password",
      `${c.name} signs in by a certificate, not by a password as the document has it`,
      "changed",
    );
    yield* ending("certificate", certificates, c);
    return;
  }
  if (federated.is === "told" && federated.value.length > 0) {
    yield note(
      c,
      "password",
      `${c.name} signs in by a federated credential, not by a password as the document has it`,
      "changed",
    );
    return;
  }
  // The other object, or another way in, may have what this one lacks.
  if (application.is === "untold" || federated.is === "untold") return;
  if (application.is === "gone") {
    const why = "none stands on the principal, and those of its application are in another tenant";
    yield unknown(c, "password", `whether a password of ${c.name} holds`, {
      why,
      decide: "ask whoever registered the application",
    });
    return;
  }
  yield without(passwords, certificates, c);
}

function without(passwords: Credentials, certificates: Credentials, c: Case): Observation {
  const past = [...passwords.past, ...certificates.past].sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
  const coming = [...passwords.coming, ...certificates.coming][0];
  const how: Pick<DriftObservation, "drift" | "message"> =
    past === undefined && coming === undefined
      ? {
          drift: "absent",
          message: `${c.name} has no password, certificate or federated credential: nobody can sign in as it`,
        }
      : {
          drift: "expired",
          message:
            past === undefined
              ? `no credential of ${c.name} holds yet: the first begins on ${coming}`
              : `no credential of ${c.name} holds any more: the last ended on ${past}${coming === undefined ? "" : `, and the next begins on ${coming}`}`,
        };
  return {
    ...seen(c, "password"),
    ...how,
    kind: "drift",
    expected: "a password that holds",
    actual: past ?? null,
    at: "/principal",
    remediation: resetting(c),
  };
}

function resetting(c: Case) {
  return {
    text: "Make a new password, and give it to whatever runs as the application.",
    commands: [command("az", "ad", "sp", "credential", "reset", "--id", c.principal.id, "--append")],
  };
}

function* ending(what: string, { valid }: Credentials, c: Case): Iterable<Observation> {
  const last = valid.at(-1) ?? "";
  const days = c.params.endsWithinDays ?? 30;
  const left = Math.floor((Date.parse(last) - Date.parse(c.facts.takenAt)) / DAY);
  if (left >= days) return;
  yield {
    ...seen(c, what),
    kind: "drift",
    drift: "expired",
    severity: "low",
    message: `the last ${what} of ${c.name} that holds ends on ${last}, ${left === 1 ? "1 day" : `${left} days`} after this was read on ${c.facts.takenAt.slice(0, 10)}`,
    expected: `more than ${days} days`,
    actual: last,
    at: "/endsWithinDays",
    remediation: resetting(c),
  };
}

/** Who else can become the application: whoever the issuer says has the subject. */
function* becoming(entries: readonly unknown[], c: Case): Iterable<Observation> {
  for (const entry of entries) {
    const label = text(field(entry, "name")) ?? text(field(entry, "id")) ?? "without a name";
    const issuer = text(field(entry, "issuer"));
    const subject = text(field(entry, "subject"));
    if (issuer === undefined || subject === undefined) {
      const why = `its federated credential ${label} names no single subject, but matches claims by an expression`;
      yield unknown(c, `federated:${label}`, `who else can become ${c.name}`, {
        why,
        decide: "look at the expression by hand",
      });
      continue;
    }
    const open = tooOpen(subject);
    const who = `${subject} of ${issuer}`;
    if (open === undefined) {
      yield note(
        c,
        `federated:${label}`,
        `${who} can become ${c.name}, by its federated credential ${label}`,
        "stray",
      );
      continue;
    }
    yield {
      ...seen(c, `federated:${label}`),
      kind: "drift",
      drift: "wider",
      severity: "high",
      message: `${who} can become ${c.name}, by its federated credential ${label}: ${open}, so whoever can run something there has all that the application has`,
      expected: "one subject: a branch, an environment, a service account",
      actual: subject,
      at: "/principal",
      remediation: {
        text: "Make a federated credential for the one branch or environment that needs it, and delete this one.",
        commands: [
          command(
            ...["az", "ad", "app", "federated-credential", "delete"],
            ...["--id", text(field(c.body, "appId")) ?? "", "--federated-credential-id", label],
          ),
        ],
      },
    };
  }
}

/** An owner of the application, or of its principal, can give it another password. */
function* owners(ids: readonly (string | undefined)[], c: Case): Iterable<Observation> {
  const { deployer } = c.params;
  const found = new Map<string, { readonly type: string; readonly label: string }>();
  for (const id of ids) {
    if (id === undefined) continue;
    const told = directoryList(c.facts, "azure/owner", id);
    if (told.is === "untold") {
      yield unknown(
        c,
        `owners:${id === c.principal.id ? "principal" : "application"}`,
        `who owns ${c.name}`,
        told,
      );
    }
    for (const owner of told.is === "told" ? told.value : []) {
      const own = text(field(owner, "id"))?.toLowerCase() ?? "";
      const type = text(field(owner, "type"))?.replace(/^#microsoft\.graph\./, "") ?? "";
      found.set(own, { type, label: text(field(owner, "displayName")) ?? own });
    }
  }
  for (const [id, { type, label }] of found) {
    if (id !== "" && id === deployer?.toLowerCase()) continue;
    const who = `${label}${label === id ? "" : ` (${id})`}`;
    const can = `owns ${c.name} and can give it another password`;
    if (type !== "user" && type !== "") {
      yield note(c, `owner:${id}`, `${type} ${who} ${can}`, "stray");
    } else if (type === "" || id === "") {
      const why = `of one owner, ${who}, it is not told what it is`;
      yield unknown(c, `owner:${id}`, `who owns ${c.name}`, { why, decide: "read the directory again" });
    } else if (deployer === undefined) {
      yield note(
        c,
        `owner:${id}`,
        `user ${who} ${can}; whether that is who deploys is not assessed, since nobody was named`,
        "stray",
      );
    } else {
      yield {
        ...seen(c, `owner:${id}`),
        kind: "drift",
        drift: "stray",
        severity: "medium",
        message: `user ${who}, who is not the one that deploys, ${can}`,
        expected: deployer,
        actual: id,
        at: "/deployer",
        remediation: {
          text: "Take the ownership away.",
          commands: [
            command(
              ...["az", "ad", "app", "owner", "remove"],
              ...["--id", text(field(c.body, "appId")) ?? "", "--owner-object-id", id],
            ),
          ],
        },
      };
    }
  }
}

/** The application exists, is enabled, can be signed in as, and by nobody else. */
export const application: Check = {
  id: "azure/application",
  cloud: "azure",
  title: "The application exists, holds a valid credential, and nobody else can become it",
  help: `Microsoft Graph tells of each audited principal: that it exists and is enabled, that its application exists, and that a password of either holds when the state was read. None, or all past their date, is drift; the last one that holds and ends within \`endsWithinDays\` (30) is low. A certificate or a federated credential in place of a password is a note, and so is an application that is registered in another tenant.

Who else can become it: a federated credential whose subject is a wildcard, or any branch of a repository, is \`wider\`, and every other one is a note that names issuer and subject. An owner can add a password: a user who owns the application or its principal and is not the \`deployer\` is a stray.

Without consent to \`Application.Read.All\` it is unknown, naming it. A principal that the directory does not have is \`absent\`, which is told from one that could not be read.`,
  params: {
    type: "object",
    additionalProperties: false,
    properties: {
      principal: PRINCIPAL_SCHEMA,
      deployer: { type: "string", minLength: 1, description: "object id of whoever may own the application" },
      endsWithinDays: {
        type: "integer",
        minimum: 1,
        description: "days before an end that is found; 30 when not given",
      },
    },
  },
  needs: () => ["azure/service-principal", "azure/application", "azure/federated-credential", "azure/owner"],
  drifts: {
    absent: {
      short: "The principal or its credential does not exist.",
      help: "Without the principal, or without any credential, nobody can sign in as the application and nothing runs. Deploy it again, or make a password.",
    },
    changed: {
      short: "The principal is disabled.",
      help: "Nobody can sign in as a disabled principal. Enable it once it is known why it was disabled.",
    },
    expired: {
      short: "The last credential has ended, or ends soon.",
      help: "What runs as the application stops when its last password or certificate ends. Make a new one and distribute it before.",
    },
    wider: {
      short: "A federated credential lets in more than one workload.",
      help: "Whoever the issuer says has the subject becomes the application without a password. A subject that is a wildcard, or any branch of a repository, is everybody who can run something there.",
    },
    stray: {
      short: "Somebody beside the deployer owns the application.",
      help: "An owner of an application or its principal can add a password to it and become it. Take the ownership away, or name the owner as the one that deploys.",
    },
  },
  run: function* (facts, rawParams, context) {
    const params = rawParams as Params;
    const principals = audited(params.principal, context);
    if (principals.length === 0) {
      yield nobodyKnown(
        context.principalsUnknown ?? "nobody holds the documented role, so no application is audited",
        facts.scope,
      );
      return;
    }
    for (const principal of principals) yield* judge(facts, params, principal);
    yield {
      kind: "assessed",
      count: principals.length,
      what: "applications",
      notes: ["the directory was read (Microsoft Graph) for the application, its credentials and its owners"],
    };
  },
};
