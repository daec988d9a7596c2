import { CollectError } from "../define.ts";
import { isObject, type JsonObject } from "../http/answer.ts";
import type { ExecPlugin } from "./exec.ts";
import {
  besideFile,
  type Environment,
  fileText,
  type KubeconfigEntry,
  kubeconfigText,
  material,
  shown,
} from "./kubeconfig.ts";

interface Common {
  /** For messages: `user "clerk"`. */
  readonly title: string;
  /** Headers that make the server judge the request as somebody else's, as `as` and its kin say. */
  readonly impersonate: readonly (readonly [string, string])[];
  /** PEM texts; goes with any kind of login. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** How a user of a kubeconfig signs in. */
export type Login = Common &
  (
    | { readonly kind: "anonymous" }
    | { readonly kind: "token"; readonly token: string }
    /** Read anew every minute; with `token` until it can be read. */
    | { readonly kind: "token-file"; readonly path: string; readonly token?: string }
    | { readonly kind: "password"; readonly username: string; readonly password: string }
    | { readonly kind: "exec"; readonly plugin: ExecPlugin }
  );

/**
 * One way to sign in, by kubectl's order: what is written down (token, its file, user name and password) before what a
 * program gives.
 * @throws CollectError for what kubectl refuses, and for providers that it no longer has
 */
export function loginOf(entry: KubeconfigEntry, env: Environment, now: () => number = Date.now): Login {
  const where = `kubeconfig ${shown(entry.file)}: user ${shown(entry.name)}`;
  const value = (key: string) => kubeconfigText(entry, "user", key);
  const [token, tokenFile, username] = [value("token"), value("tokenFile"), value("username")];
  if ((token !== undefined || tokenFile !== undefined) && username !== undefined)
    throw new CollectError(`${where}: has both a token and a user name, which kubectl refuses: remove one`);
  const common: Common = {
    title: `user ${shown(entry.name)}`,
    impersonate: impersonationOf(entry, where),
    ...certificateOf(entry, where),
  };
  if (tokenFile !== undefined)
    return {
      ...common,
      kind: "token-file",
      path: besideFile(entry.file, tokenFile),
      ...(token === undefined ? {} : { token }),
    };
  if (token !== undefined) return { ...common, kind: "token", token };
  if (username !== undefined)
    return { ...common, kind: "password", username, password: value("password") ?? "" };
  const { exec, "auth-provider": provider } = entry.body;
  const gone = isObject(provider) ? provider : undefined;
  if (isObject(exec)) {
    if (gone !== undefined)
      throw new CollectError(`${where}: has both exec and auth-provider, which kubectl refuses: remove one`);
    return { ...common, kind: "exec", plugin: pluginOf(exec, entry, where, env) };
  }
  if (exec !== undefined && exec !== null)
    throw new CollectError(`${where}: expected exec to be an object with apiVersion and command`);
  if (gone !== undefined) return { ...common, kind: "token", token: providedToken(gone, where, now) };
  return { ...common, kind: "anonymous" };
}

function certificateOf(entry: KubeconfigEntry, where: string): Pick<Common, "certificate"> {
  const cert = material(entry, "user", "client-certificate");
  const key = material(entry, "user", "client-key");
  if (cert === undefined && key === undefined) return {};
  if (cert === undefined || key === undefined)
    throw new CollectError(
      `${where}: expected client-certificate and client-key together, found only ${cert === undefined ? "the key" : "the certificate"}`,
    );
  return { certificate: { cert, key } };
}

function impersonationOf(entry: KubeconfigEntry, where: string): Common["impersonate"] {
  const user = kubeconfigText(entry, "user", "as");
  const uid = kubeconfigText(entry, "user", "as-uid");
  const groups = listOf(entry.body["as-groups"], `${where}: as-groups`);
  const extra = isObject(entry.body["as-user-extra"]) ? entry.body["as-user-extra"] : {};
  const rest = Object.entries(extra).flatMap(([key, values]) =>
    listOf(values, `${where}: as-user-extra`).map(
      (value) => [`Impersonate-Extra-${encodeURIComponent(key)}`, value] as const,
    ),
  );
  const headers = [
    ...(uid === undefined ? [] : [["Impersonate-Uid", uid] as const]),
    ...groups.map((group) => ["Impersonate-Group", group] as const),
    ...rest,
  ];
  if (user === undefined && headers.length > 0)
    throw new CollectError(`${where}: as-groups, as-uid and as-user-extra need as, the user to be`);
  const all = user === undefined ? [] : [["Impersonate-User", user] as const, ...headers];
  if (all.some(([, value]) => !/^[\x20-\x7e]*$/.test(value)))
    throw new CollectError(`${where}: whom to be (as) may hold only characters of a header`);
  return all;
}

function pluginOf(exec: JsonObject, entry: KubeconfigEntry, where: string, env: Environment): ExecPlugin {
  const { command, apiVersion, args, interactiveMode, installHint, provideClusterInfo } = exec;
  if (typeof command !== "string" || command === "")
    throw new CollectError(`${where}: exec: expected command, the program to run`);
  if (
    apiVersion !== "client.authentication.k8s.io/v1" &&
    apiVersion !== "client.authentication.k8s.io/v1beta1"
  )
    throw new CollectError(
      `${where}: exec: expected apiVersion client.authentication.k8s.io/v1 or v1beta1, found ${shown(String(apiVersion))}; write the kubeconfig anew with the cloud's command line`,
    );
  if (interactiveMode === "Always")
    throw new CollectError(
      `${where}: exec: ${shown(command)} wants a terminal (interactiveMode Always), and there is none here: use a token or another plugin`,
    );
  const variables: Record<string, string> = {};
  for (const item of Array.isArray(exec["env"]) ? exec["env"] : [])
    if (isObject(item) && typeof item["name"] === "string")
      variables[item["name"]] = String(item["value"] ?? "");
  return {
    title: `user ${shown(entry.name)}`,
    // A path is relative to the kubeconfig's folder, a bare name is looked up in PATH.
    command: /[\\/]/.test(command) ? besideFile(entry.file, command) : command,
    args: listOf(args, `${where}: exec: args`),
    env: { ...env, ...variables },
    apiVersion,
    clusterInfo: provideClusterInfo === true,
    ...(typeof installHint === "string" && installHint !== "" ? { installHint } : {}),
  };
}

function listOf(value: unknown, where: string): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((item) => /^(?:string|number|boolean)$/.test(typeof item)))
    return value.map(String);
  throw new CollectError(`${where}: expected a list of texts`);
}

/**
 * The token that kubectl's OpenID provider keeps in the kubeconfig, while it is valid. Getting a new one would change
 * the kubeconfig, which is kubectl's to do.
 */
function providedToken(provider: JsonObject, where: string, now: () => number): string {
  const { name, config } = provider;
  if (name !== "oidc")
    throw new CollectError(
      `${where}: auth-provider ${shown(String(name))} is gone from kubectl since 1.26; write the kubeconfig anew with the cloud's command line, which uses an exec plugin`,
    );
  const token = isObject(config) ? config["id-token"] : undefined;
  if (typeof token === "string" && token !== "" && !hasEnded(token, now())) return token;
  throw new CollectError(
    `${where}: the token of auth-provider oidc ${token === undefined ? "is not there" : "has ended"}; run any kubectl command, which gets a new one, and try again`,
  );
}

function hasEnded(token: string, now: number): boolean {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return isObject(claims) && typeof claims["exp"] === "number" && claims["exp"] * 1000 <= now + 10_000;
  } catch {
    return false;
  }
}

/** The token in a file, without the line break at its end. @throws CollectError when it cannot be read or is empty */
export function tokenIn(path: string, title: string): string {
  const token = fileText({ name: title, body: {}, file: path }, "token file", path).trim();
  if (token !== "") return token;
  throw new CollectError(`${title}: the token file ${shown(path)} is empty`);
}
