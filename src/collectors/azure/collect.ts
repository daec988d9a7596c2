import type { AzureKind } from "../../snapshot/kinds/azure.ts";
import { azureKinds } from "../../snapshot/kinds/azure.ts";
import type { ApiCall } from "../../snapshot/kinds/calls.ts";
import type { ExtraCall } from "../../snapshot/kinds/extra.ts";
import type { Unread } from "../../snapshot/snapshot.ts";
import { visible } from "../../text/visible.ts";
import { collected } from "../collected.ts";
import { type Collect, CollectError, type CollectOptions, type CollectPlan } from "../define.ts";
import { readExtra } from "../extra.ts";
import type { JsonObject } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";
import { attempt, createRecorder, type Recorder } from "../recorder.ts";
import type { AzureSettings } from "../settings.ts";
import { collectedCatalog, requireOperations } from "./catalog.ts";
import { type AzureConnection, connectAzure } from "./connect.ts";
import { readContainers } from "./containers.ts";
import { readDirectory } from "./directory.ts";
import { holdersOf, rolesMissing, rolesNamed } from "./holders.ts";
import { type AzureReader, createReader } from "./reader.ts";
import { isGuid, requireGuid } from "./target.ts";

/** The id of the document that says that the tenant has no licence for eligible roles: `{ "licence": false, … }`. */
export const noLicence = "none";

/**
 * Reads what the plan needs of one subscription.
 *
 * A list is a fact when it was read to its end. So is the emptiness of a list whose resource provider the
 * subscription is not registered for (`MissingSubscriptionRegistration`: no resource of it can exist), and of the
 * eligible roles in a tenant without the licence for them. All else that could not be read is `unread`; when the
 * subscription does not exist, every kind is.
 * @throws CollectError when nothing can be read for a reason that the user can mend: input, sign-in, connection.
 */
export const collect: Collect<AzureSettings> = async (plan, settings, options) => {
  for (const principal of plan.principals) requireGuid(principal, "--principal");
  const { http, endpoint, subscription, graph } = await connectAzure(settings, options);
  const recorder = recorderOf(subscription, options);
  const reader = createReader(http, endpoint, subscription);
  await Promise.all([
    readAll(plan, reader, graph, recorder, options),
    ...(plan.extra ?? []).map((extra) => readExtra(extra, doorOf(reader, subscription), recorder, options)),
  ]);

  const { documents, unread, failures } = recorder;
  const wrongTenant = failures.find((failure) => failure.code === "InvalidAuthenticationTokenTenant");
  if (wrongTenant !== undefined)
    throw new CollectError(
      `subscription ${subscription} belongs to another tenant than the one signed in to; name its tenant with --tenant (${wrongTenant.message})`,
    );
  const unreachable = failures.find((failure) => failure.reason === "unreachable");
  if (!http.answered() && unreachable !== undefined && !options.signal.aborted)
    throw new CollectError(`${endpoint.origin} cannot be reached: ${unreachable.message}`);
  const noSubscription = failures.find((failure) => failure.code === "SubscriptionNotFound");
  return collected(plan, options, {
    provider: "azure",
    scope: `/subscriptions/${subscription}`,
    kinds: [...kindsOf(plan), ...(plan.extra ?? []).map(({ kind }) => kind)],
    documents: noSubscription === undefined ? documents : [],
    unread: noSubscription === undefined ? unread : nothingThere(plan, subscription, noSubscription),
  });
};

/** What a plugin's collector reads through: GETs of the Resource Manager. */
function doorOf(reader: AzureReader, subscription: string) {
  const call = (path: string, { permission, apiVersion = "" }: ExtraCall): ApiCall => ({
    operation: path,
    method: "GET",
    path,
    ...(apiVersion === "" ? {} : { apiVersion }),
    permission,
  });
  return {
    get: (path: string, extra: ExtraCall) => reader.get(call(path, extra)),
    list: (path: string, extra: ExtraCall) => reader.list(call(path, extra)),
    subscription,
  };
}

/** What is read: what was asked for, and what finding the principals takes. */
function kindsOf(plan: CollectPlan): readonly AzureKind[] {
  const perPrincipal = plan.kinds.has("azure/assigned-to") || plan.kinds.has("azure/role-eligibility");
  const found = plan.principals.length === 0 && perPrincipal ? FINDING : [];
  return [...new Set([...kindsToRead(plan), ...found])].sort();
}

const FINDING: readonly AzureKind[] = ["azure/role-definition", "azure/role-assignment"];

interface AzureRecorder extends Omit<Recorder, "miss"> {
  readonly missed: Recorder["miss"];
  /** `asked`: the kind whose call failed, when another kind than the one that is missed. */
  readonly miss: (kind: AzureKind, api: string, failure: ReadFailure, id?: string, asked?: AzureKind) => void;
  /** `GET <path>` of the kind's first call, or of another. */
  readonly api: (kind: AzureKind, path?: string) => string;
}

function recorderOf(subscription: string, options: CollectOptions): AzureRecorder {
  const recorder = createRecorder(options.debug);
  return {
    ...recorder,
    missed: recorder.miss,
    miss: (kind, api, failure, id, asked = kind) => {
      const { permission } = azureKinds[asked].calls[0];
      recorder.miss({ kind, api, id, permission }, failure);
    },
    api: (kind, path) => {
      const [call] = azureKinds[kind].calls;
      return `${call.method} ${visible(path ?? call.path.replace("{subscription}", subscription))}`;
    },
  };
}

/** The lists that need nothing else first. */
const plainLists = {
  "azure/deny-assignment": (reader) => reader.denyAssignments(),
  "azure/provider-operations": (reader) => reader.providerOperations(),
  "azure/resource-group": (reader) => reader.list(azureKinds["azure/resource-group"].calls[0]),
  "azure/resource": (reader) => reader.list(azureKinds["azure/resource"].calls[0]),
  "azure/managed-cluster": (reader) => reader.list(azureKinds["azure/managed-cluster"].calls[0]),
  "azure/vault": (reader) => reader.list(azureKinds["azure/vault"].calls[0]),
  "azure/virtual-network": (reader) => reader.list(azureKinds["azure/virtual-network"].calls[0]),
  "azure/postgresql-server": (reader) => reader.list(azureKinds["azure/postgresql-server"].calls[0]),
} satisfies Partial<Record<AzureKind, (reader: AzureReader) => Promise<readonly JsonObject[]>>>;

async function readAll(
  plan: CollectPlan,
  reader: AzureReader,
  graph: AzureConnection["graph"],
  recorder: AzureRecorder,
  options: CollectOptions,
): Promise<void> {
  /** The items of a list, each kept; `undefined` when the list could not be read. */
  const readList = async (
    kind: AzureKind,
    read: () => Promise<readonly JsonObject[]>,
  ): Promise<readonly JsonObject[] | undefined> => {
    const { title } = azureKinds[kind];
    options.progress(`reading ${title}`);
    const wanted = async () => {
      const found = await read();
      if (kind === "azure/provider-operations") found.forEach(requireOperations);
      return found;
    };
    const items = await attempt(wanted, (failure) => {
      if (failure.code === "MissingSubscriptionRegistration") return [];
      recorder.miss(kind, recorder.api(kind), failure);
      return undefined;
    });
    if (items === undefined) return undefined;
    keepItems(kind, items, recorder);
    options.progress(`read ${items.length} ${title}`);
    return items;
  };

  const lists = Object.entries(plainLists).flatMap(([name, read]) => {
    const kind = name as keyof typeof plainLists;
    return plan.kinds.has(kind) ? [readList(kind, () => read(reader))] : [];
  });
  await Promise.all([
    ...lists,
    readStorage(plan, reader, recorder, readList),
    (async () => {
      const principals = await readPrincipals(plan, reader, recorder, readList, options);
      await askDirectory(plan, principals, graph, recorder, options);
    })(),
  ]);
}

/** Storage accounts, and of those that a control looks at their containers. */
async function readStorage(
  plan: CollectPlan,
  reader: AzureReader,
  recorder: AzureRecorder,
  readList: ReadList,
): Promise<void> {
  const [accountsKind, kind] = ["azure/storage-account", "azure/blob-container"] as const;
  if (!plan.kinds.has(accountsKind) && !plan.kinds.has(kind)) return;
  const accounts = await readList(accountsKind, () => reader.list(azureKinds[accountsKind].calls[0]));
  if (!plan.kinds.has(kind)) return;
  if (accounts === undefined) {
    const why = recorder.unread.find((entry) => entry.kind === accountsKind);
    const detail = `which storage accounts there are is not known: ${why?.detail ?? "not read"}`;
    const failure = new ReadFailure(why?.cause ?? "incomplete", detail);
    recorder.miss(kind, recorder.api(accountsKind), failure, undefined, accountsKind);
    return;
  }
  const recorded = { keep: recorder.keep, miss: recorder.missed };
  await readContainers(accounts, plan.names?.get(kind), reader, recorded);
}

/** The kinds that are read from the directory (Microsoft Graph), by whose object id. */
const OF_PRINCIPALS: readonly AzureKind[] = ["azure/service-principal", "azure/directory-role"];

/** Asks the directory, if a control needs it. Whom to ask about may not be known: then nothing of it is. */
async function askDirectory(
  plan: CollectPlan,
  principals: readonly string[] | undefined,
  graph: AzureConnection["graph"],
  recorder: AzureRecorder,
  options: CollectOptions,
): Promise<void> {
  if (!OF_PRINCIPALS.some((kind) => plan.kinds.has(kind))) return;
  const others = plan.names?.get("azure/directory-role") ?? [];
  await readDirectory(principals ?? [], others, {
    ...graph,
    recorder: { keep: recorder.keep, miss: recorder.missed },
    progress: options.progress,
    wants: (kind) => plan.kinds.has(kind),
  });
}

type ReadList = (
  kind: AzureKind,
  read: () => Promise<readonly JsonObject[]>,
) => Promise<readonly JsonObject[] | undefined>;

/**
 * Roles, who is audited, and what each of them holds. When no principal is named, whoever holds one of the roles
 * named is audited; finding them needs the definitions and all assignments, so both are read then.
 * @returns who is audited; undefined when that could not be found out
 */
async function readPrincipals(
  plan: CollectPlan,
  reader: AzureReader,
  recorder: AzureRecorder,
  readList: ReadList,
  options: CollectOptions,
): Promise<readonly string[] | undefined> {
  const perPrincipal = (["azure/assigned-to", "azure/role-eligibility"] as const).filter((kind) =>
    plan.kinds.has(kind),
  );
  const find = plan.principals.length === 0 && perPrincipal.length > 0;
  const [definitions, assignments] = await Promise.all([
    plan.kinds.has("azure/role-definition") || find
      ? readList("azure/role-definition", reader.roleDefinitions)
      : undefined,
    plan.kinds.has("azure/role-assignment") || find
      ? readList("azure/role-assignment", reader.roleAssignments)
      : undefined,
  ]);
  let principals = plan.principals;
  if (find) {
    if (definitions === undefined || assignments === undefined) {
      const lacking = definitions === undefined ? "azure/role-definition" : "azure/role-assignment";
      const why = recorder.unread.find((entry) => entry.kind === lacking);
      const detail = `whom to audit could not be found out: ${why?.detail ?? "not read"}`;
      const failure = new ReadFailure(why?.cause ?? "incomplete", detail);
      for (const kind of perPrincipal)
        recorder.miss(kind, recorder.api(lacking), failure, undefined, lacking);
      return undefined;
    }
    principals = holdersOf(assignments, rolesNamed(definitions, plan.roleNames));
    options.progress(`found ${principals.length} principals that hold the documented role`);
  }
  const held = await Promise.all(
    perPrincipal.flatMap((kind) => principals.map((id) => readHeld(kind, id, reader, recorder, options))),
  );
  if (definitions !== undefined && plan.kinds.has("azure/role-definition"))
    await readMissingRoles(rolesMissing(held.flat(), definitions), reader, recorder);
  return principals;
}

async function readHeld(
  kind: "azure/assigned-to" | "azure/role-eligibility",
  principal: string,
  reader: AzureReader,
  recorder: AzureRecorder,
  options: CollectOptions,
): Promise<readonly JsonObject[]> {
  // A principal found in an assignment is text from the cloud; it must not reach a filter unless it is an id.
  if (!isGuid(principal)) {
    recorder.miss(
      kind,
      recorder.api(kind),
      new ReadFailure("malformed", "the principal's id is not a GUID"),
      principal,
    );
    return [];
  }
  options.progress(`reading ${azureKinds[kind].title} ${principal}`);
  const read = kind === "azure/assigned-to" ? reader.assignedTo : reader.eligibilities;
  const items = await attempt(
    () => read(principal),
    (failure) => {
      if (kind === "azure/role-eligibility" && failure.code === "AadPremiumLicenseRequired") {
        recorder.keep(kind, noLicence, { licence: false, code: failure.code });
        return [];
      }
      recorder.miss(kind, recorder.api(kind), failure, principal);
      return undefined;
    },
  );
  if (items === undefined) return [];
  // As one answer under the principal's id: for whom the server followed which groups stands nowhere else.
  if (kind === "azure/assigned-to" || items.length > 0) recorder.keep(kind, principal, { value: items });
  return items;
}

/** The shape of a role definition's id at any scope; an id is a path that we send a request to. */
const roleIdShape =
  /^(?:\/[A-Za-z0-9._()-]+)*\/providers\/Microsoft\.Authorization\/roleDefinitions\/[0-9a-f-]{36}$/i;

async function readMissingRoles(
  ids: readonly string[],
  reader: AzureReader,
  recorder: AzureRecorder,
): Promise<void> {
  const kind = "azure/role-definition";
  await Promise.all(
    ids.map(async (id) => {
      if (!roleIdShape.test(id) || id.split("/").some((part) => /^\.+$/.test(part))) {
        recorder.miss(
          kind,
          recorder.api(kind),
          new ReadFailure(
            "malformed",
            "an assignment refers to a role by an id that is no role definition's",
          ),
          id,
        );
        return;
      }
      const role = await attempt(
        () => reader.roleDefinition(id),
        (failure) => {
          recorder.miss(kind, recorder.api(kind, id), failure, id);
          return undefined;
        },
      );
      if (role !== undefined) recorder.keep(kind, idOf(role) ?? id, role);
    }),
  );
}

/** Documents of a list under their own ids; an item without one is named by its place. */
function keepItems(kind: AzureKind, items: readonly JsonObject[], recorder: AzureRecorder): void {
  items.forEach((item, index) => {
    const body = kind === "azure/provider-operations" ? collectedCatalog(item) : item;
    recorder.keep(kind, idOf(item) ?? `${recorder.api(kind)}#${index}`, body);
  });
}

function idOf(body: JsonObject): string | undefined {
  if (typeof body.id === "string" && body.id !== "") return body.id;
  return typeof body.name === "string" && body.name !== "" ? body.name : undefined;
}

/** A subscription that does not exist: nothing is known of it, whatever single calls said. */
function nothingThere(plan: CollectPlan, subscription: string, failure: ReadFailure): readonly Unread[] {
  const wanted = [
    ...kindsToRead(plan).map((kind) => ({ kind, path: azureKinds[kind].calls[0].path })),
    ...(plan.extra ?? []).map(({ kind, calls }) => ({ kind, path: calls[0].path })),
  ];
  return wanted.map(({ kind, path }) => ({
    kind,
    api: `GET ${visible(path.replace("{subscription}", subscription))}`,
    cause: "not-found",
    detail: failure.message,
  }));
}

function kindsToRead(plan: CollectPlan): readonly AzureKind[] {
  return [...plan.kinds].filter((kind) => kind.startsWith("azure/")) as AzureKind[];
}
