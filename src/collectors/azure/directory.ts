import type { AzureKind } from "../../snapshot/kinds/azure.ts";
import { azureKinds } from "../../snapshot/kinds/azure.ts";
import type { ApiCall } from "../../snapshot/kinds/calls.ts";
import { isObject, type JsonObject } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";
import type { Http } from "../http/http.ts";
import { readPages } from "../http/paging.ts";
import { attempt, type Recorder } from "../recorder.ts";
import { urlOf } from "./reader.ts";
import { isGuid } from "./target.ts";

/** The code of Graph's 404: the directory was asked and has no such object. Any other 404 says nothing. */
const noSuchObject = "Request_ResourceNotFound";

/** What a reading of the directory needs. */
export interface Directory {
  readonly http: Http;
  readonly endpoint: URL;
  readonly recorder: Pick<Recorder, "keep" | "miss">;
  readonly progress: (message: string) => void;
  readonly wants: (kind: AzureKind) => boolean;
}

/**
 * What the directory (Microsoft Graph) says of principals and of others: whether they exist, what they are the
 * principal of, by which credentials somebody becomes them, and which roles of the directory they hold. Read-only, and
 * each answer a document under the id that it was asked for, so that "none" and "not asked" are two things. An object
 * that the directory does not have is a fact: `{ "found": false }`.
 * @param principals service principals, by object id
 * @param others users or service principals of whom only directory roles are asked, by object id
 */
export async function readDirectory(
  principals: readonly string[],
  others: readonly string[],
  directory: Directory,
): Promise<void> {
  const known = new Set<string>();
  await Promise.all([
    ...principals.map(async (id) => {
      if (!requireId("azure/service-principal", id, directory)) return;
      await Promise.all([readIdentity(id, directory), readRoles(id, "servicePrincipals", known, directory)]);
    }),
    ...others
      .filter((id) => !principals.some((each) => each.toLowerCase() === id.toLowerCase()))
      .map(async (id) => {
        if (!requireId("azure/directory-role", id, directory)) return;
        await readRoles(id, "unknown", known, directory);
      }),
  ]);
}

/** An id is put into a path and a filter: nothing else may get there. */
function requireId(kind: AzureKind, id: string, { recorder }: Directory): boolean {
  if (isGuid(id)) return true;
  const [call] = azureKinds[kind].calls;
  const failure = new ReadFailure("malformed", "the id of a directory object is not a GUID");
  recorder.miss({ kind, api: `${call.method} ${call.path}`, id, permission: call.permission }, failure);
  return false;
}

/** The principal, its application, and who else can become it. */
async function readIdentity(id: string, directory: Directory): Promise<void> {
  const { wants, recorder, progress } = directory;
  if (!wants("azure/service-principal")) return;
  progress(`reading service principal ${id}`);
  const principal = await readObject("azure/service-principal", 0, id, { principal: id }, directory);
  if (principal === undefined) return;
  recorder.keep("azure/service-principal", id, principal === "none" ? absent(id) : identityOf(principal));
  if (principal === "none") return;
  const owners = wants("azure/owner")
    ? readList("azure/owner", 1, id, { principal: id }, directory)
    : undefined;
  const keepOwners = async () => {
    const found = await owners;
    if (found !== undefined) recorder.keep("azure/owner", id, { value: found.map(ownerOf) });
  };
  await Promise.all([keepOwners(), readApplication(principal["appId"], directory)]);
}

async function readApplication(appId: unknown, directory: Directory): Promise<void> {
  const { wants, recorder } = directory;
  if (!wants("azure/application")) return;
  // The application of a managed identity, or of a vendor in another tenant, has an id too; without one there is none.
  if (typeof appId !== "string" || !requireId("azure/application", appId, directory)) return;
  const application = await readObject("azure/application", 0, appId, { application: appId }, directory);
  if (application === undefined) return;
  if (application === "none") {
    recorder.keep("azure/application", appId, { appId, found: false });
    return;
  }
  recorder.keep("azure/application", appId, identityOf(application));
  const own = application["id"];
  const lists = (["azure/federated-credential", "azure/owner"] as const).filter(wants);
  await Promise.all(
    lists.map(async (kind) => {
      if (typeof own !== "string" || !requireId(kind, own, directory)) return;
      const found = await readList(kind, 0, own, { application: own }, directory);
      if (found === undefined) return;
      const kept = kind === "azure/owner" ? ownerOf : federatedOf;
      recorder.keep(kind, own, { value: found.map(kept) });
    }),
  );
}

/** Which roles of the directory somebody holds, and each of their groups to which one may be assigned. */
async function readRoles(
  id: string,
  type: "servicePrincipals" | "unknown",
  known: Set<string>,
  directory: Directory,
): Promise<void> {
  const { wants, recorder, progress } = directory;
  if (!wants("azure/directory-role")) return;
  progress(`reading directory roles ${id}`);
  await Promise.all([
    readAssignments(id, known, directory),
    wants("azure/directory-role-eligibility") ? readEligible(id, directory) : undefined,
    (async () => {
      if (!wants("azure/directory-membership")) return;
      const groups = await readGroups(id, type, directory);
      if (groups === undefined) return;
      recorder.keep("azure/directory-membership", id, groups);
      const value = Array.isArray(groups["value"]) ? (groups["value"] as readonly JsonObject[]) : [];
      await Promise.all(
        value
          // roles can be assigned to groups that are made for it alone; where that is not told it is asked
          .filter(({ isAssignableToRole }) => isAssignableToRole !== false)
          .map(async ({ id: group }) => {
            if (typeof group === "string" && requireId("azure/directory-role", group, directory))
              await readAssignments(group, known, directory);
          }),
      );
    })(),
  ]);
}

async function readAssignments(id: string, known: Set<string>, directory: Directory): Promise<void> {
  if (known.has(id.toLowerCase())) return;
  known.add(id.toLowerCase());
  const found = await readList("azure/directory-role", 0, id, { principal: id }, directory);
  if (found !== undefined) directory.recorder.keep("azure/directory-role", id, { value: found.map(roleOf) });
}

async function readEligible(id: string, directory: Directory): Promise<void> {
  const kind = "azure/directory-role-eligibility";
  const unlicensed = (failure: ReadFailure) => failure.code === "AadPremiumLicenseRequired";
  const found = await readList(kind, 0, id, { principal: id }, directory, unlicensed);
  if (found === "excused") directory.recorder.keep(kind, id, { licence: false });
  else if (found !== undefined) directory.recorder.keep(kind, id, { value: found.map(roleOf) });
}

/** The groups that somebody is in, through any number of groups; whether they are a user is asked first. */
async function readGroups(
  id: string,
  type: "servicePrincipals" | "unknown",
  directory: Directory,
): Promise<JsonObject | undefined> {
  const kind = "azure/directory-membership";
  const missing = (failure: ReadFailure) => failure.code === noSuchObject;
  const groupsBy = async (call: number, as: string) => {
    const found = await readList(kind, call, id, { principal: id }, directory, missing);
    if (found === undefined) return undefined;
    if (found === "excused") return { id, found: false };
    return { id, type: as, value: found.filter(isGroup).map(groupOf) };
  };
  if (type === "servicePrincipals") return groupsBy(2, "servicePrincipal");
  const user = await readObject(kind, 0, id, { principal: id }, directory);
  if (user === undefined) return undefined;
  return user === "none" ? groupsBy(2, "servicePrincipal") : groupsBy(1, "user");
}

/** Directory roles and administrative units are memberships too. What does not say what it is, may be a group. */
function isGroup(object: JsonObject): boolean {
  const type = object["@odata.type"];
  return typeof type !== "string" || type === "#microsoft.graph.group";
}

function absent(id: string): JsonObject {
  return { id, found: false };
}

type Filled = Readonly<Record<string, string>>;

function addressOf(call: ApiCall, filled: Filled): ApiCall {
  const fill = (text: string) =>
    Object.entries(filled).reduce((done, [name, value]) => done.replaceAll(`{${name}}`, value), text);
  const query = Object.entries(call.query ?? {}).map(([name, value]) => [name, fill(value)] as const);
  return { ...call, path: fill(call.path), query: Object.fromEntries(query) };
}

/** One object; `none` when the directory does not have it, undefined when it could not be read. */
async function readObject(
  kind: AzureKind,
  at: number,
  id: string,
  filled: Filled,
  { http, endpoint, recorder }: Directory,
): Promise<JsonObject | "none" | undefined> {
  const call = callOf(kind, at, filled);
  return attempt<JsonObject | "none">(
    async () => {
      const body = await http.get(urlOf(call, endpoint, ""));
      if (typeof body["id"] !== "string")
        throw new ReadFailure("malformed", "the answer is no object of the directory", { status: 200 });
      return body;
    },
    (failure) => {
      if (failure.code === noSuchObject) return "none";
      recorder.miss({ kind, api: `${call.method} ${call.path}`, id, permission: call.permission }, failure);
      return undefined;
    },
  );
}

/** All entries of a list; undefined when it could not be read to its end. */
function readList(
  kind: AzureKind,
  at: number,
  id: string,
  filled: Filled,
  directory: Directory,
): Promise<readonly JsonObject[] | undefined>;
function readList(
  kind: AzureKind,
  at: number,
  id: string,
  filled: Filled,
  directory: Directory,
  excused: (failure: ReadFailure) => boolean,
): Promise<readonly JsonObject[] | "excused" | undefined>;
async function readList(
  kind: AzureKind,
  at: number,
  id: string,
  filled: Filled,
  { http, endpoint, recorder }: Directory,
  excused: (failure: ReadFailure) => boolean = () => false,
): Promise<readonly JsonObject[] | "excused" | undefined> {
  const call = callOf(kind, at, filled);
  return attempt<readonly JsonObject[] | "excused">(
    () =>
      readPages(() => http.get(urlOf(call, endpoint, "")), {
        endpoint,
        follow: http.get,
        link: "@odata.nextLink",
      }),
    (failure) => {
      if (excused(failure)) return "excused";
      recorder.miss({ kind, api: `${call.method} ${call.path}`, id, permission: call.permission }, failure);
      return undefined;
    },
  );
}

function callOf(kind: AzureKind, at: number, filled: Filled): ApiCall {
  const { calls } = azureKinds[kind];
  return addressOf(calls[at] ?? calls[0], filled);
}

/**
 * What is kept of credentials: until when each holds. Hints are the first letters of a password. The list has a name of
 * its own, since whatever is called credentials is taken out of every document.
 */
function identityOf(body: JsonObject): JsonObject {
  const { passwordCredentials, keyCredentials, ...rest } = body;
  const plain = Object.entries(rest).filter(([name]) => !name.startsWith("@"));
  const validity = [
    ...validityOf("password", passwordCredentials),
    ...validityOf("certificate", keyCredentials),
  ];
  return { ...Object.fromEntries(plain), validity };
}

/** An entry without dates stands for what cannot be understood, so that no list is not an empty one. */
function validityOf(sort: "password" | "certificate", value: unknown): readonly JsonObject[] {
  if (!Array.isArray(value)) return [{ sort }];
  return value.map((each: unknown) => {
    if (!isObject(each)) return { sort };
    const { keyId, startDateTime, endDateTime } = each;
    return { sort, keyId, startDateTime, endDateTime };
  });
}

function federatedOf({ id, name, issuer, subject, audiences }: JsonObject): JsonObject {
  return { id, name, issuer, subject, audiences };
}

function ownerOf(body: JsonObject): JsonObject {
  return { type: body["@odata.type"], id: body["id"], displayName: body["displayName"] };
}

function groupOf({ id, displayName, isAssignableToRole }: JsonObject): JsonObject {
  return { id, displayName, isAssignableToRole };
}

function roleOf({
  id,
  principalId,
  roleDefinitionId,
  directoryScopeId,
  appScopeId,
  roleDefinition,
}: JsonObject) {
  const { templateId, displayName } = isObject(roleDefinition) ? roleDefinition : {};
  return {
    id,
    principalId,
    roleDefinitionId,
    directoryScopeId,
    appScopeId,
    roleDefinition: { templateId, displayName },
  };
}
