import { readFileSync, writeFileSync } from "node:fs";
import { type Change, change } from "./changes.ts";
import { type Files, filesIn } from "./cluster.ts";
import type { World } from "./world.ts";

const rewritten = (
  which: keyof Files,
  name: string,
  from: string,
  to: string,
  found: readonly string[],
): Change =>
  change(
    name,
    async ({ files }: World) => {
      const text = readFileSync(files[which], "utf8");
      if (!text.includes(from)) throw new Error(`${from} does not stand in ${which}`);
      writeFileSync(files[which], text.replaceAll(from, to));
    },
    async ({ folder, canary }) => filesIn(folder, canary),
    found,
  );

export const FILES: readonly Change[] = [
  rewritten("seed", "a seed id of twelve characters", "features", "featuresabcd", [
    "seed-file changed medium (seed.yaml)",
    "exit 1",
  ]),
  rewritten("seed", "a reference to nothing", "project_id: features", "project_id: others", [
    "seed-file changed medium (seed.yaml)",
    "exit 1",
  ]),
  rewritten("seed", "nobody invited as owner", "role: owner", "role: viewer", [
    "seed-file absent medium (seed.yaml)",
    "exit 1",
  ]),
  rewritten("values", "the page's placeholder as a host", "https://api.acme.example", "<YOUR API HOST>", [
    "values-file absent medium (values.yaml)",
    "exit 1",
  ]),
  rewritten("values", "a file that is no YAML", "chalk:", "chalk: [", [
    "values-file unknown medium (values.yaml)",
    "exit 3",
  ]),
];
