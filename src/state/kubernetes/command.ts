import type { KubernetesRequest } from "../../access/policy.ts";
import { command } from "../../text/command.ts";
import type { Binding } from "./binding.ts";
import type { RoleName } from "./role.ts";
import { type Account, ANONYMOUS, accountId, accountUser } from "./subject.ts";

interface Named {
  readonly kind: RoleName["kind"] | Binding["kind"];
  readonly name: string;
  readonly namespace?: string;
}

function target({ kind, name, namespace }: Named): readonly string[] {
  return [kind.toLowerCase(), name, ...(namespace === undefined ? [] : ["-n", namespace])];
}

/** Shows a role or binding. */
export function show(object: Named): string {
  return command("kubectl", "get", ...target(object), "-o", "yaml");
}

/** Lists the roles or bindings of a kind, wherever they are. */
export function showAll(kind: Named["kind"]): string {
  const everywhere = kind.startsWith("Cluster") ? [] : ["--all-namespaces"];
  return command("kubectl", "get", `${kind.toLowerCase()}s`, ...everywhere, "-o", "wide");
}

/** Takes a role or binding away. */
export function remove(object: Named): string {
  return command("kubectl", "delete", ...target(object));
}

/** Writes an object to a file, shows what to change in it, and applies it. */
export function edit(object: Named, diff: readonly string[]): readonly string[] {
  const file = `${object.kind.toLowerCase()}.yaml`;
  return [
    `${show(object)} > ${file}`,
    [`# change ${file} like this:`, ...diff.map((line) => `# ${line}`)].join("\n"),
    command("kubectl", "apply", "-f", file),
  ];
}

/** Binds a role to a service account: a ClusterRole everywhere, a Role in its namespace. */
export function bindCommand(role: RoleName, account: Account, name: string): string {
  const cluster = role.kind === "ClusterRole";
  return command(
    ...["kubectl", "create", cluster ? "clusterrolebinding" : "rolebinding", name],
    ...[
      `--${role.kind.toLowerCase()}=${role.name}`,
      `--serviceaccount=${accountId(account).replace("/", ":")}`,
    ],
    ...(role.namespace === undefined ? [] : ["-n", role.namespace]),
  );
}

/** Asks the server itself whether an account, or a request without credentials, may do something. */
export function askServer(
  request: KubernetesRequest,
  account: Account | "anonymous",
  namespace: string | undefined,
): string {
  const as =
    account === "anonymous"
      ? [`--as=${ANONYMOUS.user}`, `--as-group=${ANONYMOUS.group}`]
      : [`--as=${accountUser(account)}`];
  if ("url" in request) return command("kubectl", "auth", "can-i", request.verb, request.url, ...as);
  const place = request.namespace ?? namespace;
  const resource = `${request.resource}${request.group === "" ? "" : `.${request.group}`}`;
  return command(
    ...["kubectl", "auth", "can-i", request.verb],
    request.name === undefined ? resource : `${resource}/${request.name}`,
    ...(request.subresource === undefined ? [] : [`--subresource=${request.subresource}`]),
    ...as,
    ...(place === undefined ? ["--all-namespaces"] : ["-n", place]),
  );
}
