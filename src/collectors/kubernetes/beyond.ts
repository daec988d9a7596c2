import { besideFile, type KubeconfigEntry, readKubeconfigs, shown } from "./kubeconfig.ts";

/** Something by which a kubeconfig reaches beyond itself: a program that it has run, a file that it has read. */
export interface Beyond {
  /** For messages: `user "clerk": exec`. */
  readonly title: string;
  readonly kind: "program" | "token" | "certificate";
  /** Of a file. */
  readonly path?: string;
}

/** Where the entries of a kubeconfig name files. */
const files = {
  clusters: ["certificate-authority"],
  users: ["tokenFile", "client-certificate", "client-key"],
} as const;

/**
 * What a kubeconfig reaches beyond itself for, in whatever context: which one is taken may be said elsewhere.
 * @throws CollectError for a file that cannot be read or is no kubeconfig
 */
export function beyondItself(kubeconfig: string): readonly Beyond[] {
  const merged = readKubeconfigs(kubeconfig, {});
  if (merged === undefined) return [];
  const found: Beyond[] = [];
  for (const part of ["clusters", "users"] as const) {
    for (const entry of merged[part].values()) {
      const title = `${part === "users" ? "user" : "cluster"} ${shown(entry.name)}`;
      if (part === "users" && present(entry, "exec"))
        found.push({ title: `${title}: exec`, kind: "program" });
      for (const key of files[part]) {
        if (!present(entry, key)) continue;
        const kind = key === "tokenFile" ? "token" : "certificate";
        const path = besideFile(entry.file, String(entry.body[key]));
        found.push({ title: `${title}: ${key}`, kind, path });
      }
    }
  }
  return found;
}

function present({ body }: KubeconfigEntry, key: string): boolean {
  const value = body[key];
  return value !== undefined && value !== null && value !== "";
}
