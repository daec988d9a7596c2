import { fileURLToPath } from "node:url";
import { makeSecret, SECRETS } from "./cluster.ts";
import type { World } from "./world.ts";

type Act = (world: World) => Promise<unknown>;

/** An error that nobody foresaw, while a secret is in the program's hands. */
export interface Crash {
  readonly name: string;
  readonly clouds: readonly ("aws" | "kubernetes")[];
  /** As `crash.mjs` takes them. */
  readonly in: string;
  readonly how: string;
  readonly where?: "main" | "worker";
  /** Variables of the command beside those of every scan. */
  readonly env?: (world: World) => Readonly<Record<string, string>>;
  readonly make?: Act;
  readonly undo?: Act;
}

/** How an error comes about that quotes what was worked on, and where it is thrown. */
const hows = {
  "a text that is no JSON": "json",
  "a word of the engine's without quotation marks": "entries",
  "an argument that Node does not take": "argument",
  "words of a program": "words",
  "in a callback": "entries later",
  "a rejection that nobody handles": "json unhandled",
};

/** The server's record of who wrote which field leaves `stringData` out: such a secret has to be read with its values. */
const applied: Act = async ({ cluster, canary }) => {
  const name = "metadata-plane-secrets";
  await cluster.kubectl(["delete", "secret", name, "--namespace", "chalk-metadata"]);
  await cluster.apply({
    ...{ apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "chalk-metadata" } },
    stringData: Object.fromEntries(SECRETS[name].map((key) => [key, canary])),
  });
};

export const CRASHES: readonly Crash[] = [
  ...Object.entries(hows).map(
    ([name, how]): Crash => ({
      name: `the values of a release: ${name}`,
      ...{ clouds: ["kubernetes"], in: "Object.hasOwn", how },
    }),
  ),
  {
    name: "the values of a secret",
    ...{ clouds: ["kubernetes"], in: "Object.keys", how: "entries" },
    make: applied,
    undo: ({ cluster, folder, canary }) => makeSecret(cluster, folder, canary, "metadata-plane-secrets"),
  },
  { name: "a tag", clouds: ["aws"], in: "JSON.stringify", how: "entries" },
  {
    name: "the secret key of the environment",
    ...{ clouds: ["aws"], in: "crypto.createHmac", how: "argument" },
    env: ({ canary }) => ({ AWS_SECRET_ACCESS_KEY: canary }),
  },
  { name: "the values file", clouds: ["aws"], in: "String.substring", how: "json" },
  {
    name: "the values file, in the worker",
    ...{ clouds: ["aws"], in: "RegExp.test", how: "entries", where: "worker" },
  },
];

/** The variables under which a command crashes; what Node itself would write of a crash goes into `folder`. */
export function crashing(
  { in: place, how, where = "main" }: Omit<Crash, "name">,
  over: string,
  folder: string,
) {
  const preload = fileURLToPath(new URL("./crash.mjs", import.meta.url));
  return {
    CRASH_IN: place,
    CRASH_HOW: how,
    CRASH_WHERE: where,
    CRASH_OVER: over,
    TMPDIR: folder,
    NODE_OPTIONS: [
      ...["--import", preload, "--report-uncaught-exception", "--report-on-fatalerror"],
      `--report-directory=${folder}`,
    ].join(" "),
  };
}
