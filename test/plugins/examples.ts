/** The worked examples of docs/plugins.md, as they stand there. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const EXAMPLE = /<!-- file: ([\w.-]+) -->\n```js\n([\s\S]*?)```/g;

export const examples: ReadonlyMap<string, string> = new Map(
  [...readFileSync("docs/plugins.md", "utf8").matchAll(EXAMPLE)].map(([, name = "", code = ""]) => [
    name,
    code,
  ]),
);

/** Writes them into a folder. @returns the path of each, by its name */
export function writeExamples(folder: string): (name: string) => string {
  mkdirSync(folder, { recursive: true });
  for (const [name, code] of examples) writeFileSync(join(folder, name), code);
  return (name) => {
    if (!examples.has(name)) throw new Error(`docs/plugins.md has no example ${name}`);
    return join(folder, name);
  };
}
