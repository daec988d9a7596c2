import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./bundle.mjs";

/** Licences that this package may pass on. Anything else stops the build until a person has looked at it. */
const accepted = new Set([
  "MIT",
  "ISC",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "0BSD",
  "BlueOak-1.0.0",
  "Unlicense",
  "CC0-1.0",
]);

/**
 * The text of THIRD_PARTY_LICENSES: every package of which code is in the bundle, with its licence.
 *
 * @param {import("esbuild").Metafile} metafile
 * @throws when a licence is not accepted, or neither a package nor its neighbours carry a licence text
 */
export async function thirdPartyLicences(metafile) {
  const folders = new Set();
  for (const output of Object.values(metafile.outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  }
  const packages = [];
  for (const folder of folders) packages.push(await read(join(root, folder)));
  packages.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const each of packages.filter(({ text }) => text === undefined)) {
    // One package of a repository may have been published without the text that its neighbours carry.
    const { repository, licence, text } =
      packages.find(
        (other) =>
          other.text !== undefined && other.repository === each.repository && other.licence === each.licence,
      ) ?? {};
    if (repository === undefined || licence === undefined || text === undefined) {
      throw new Error(`${each.name}@${each.version} carries no licence text`);
    }
    each.text = text;
  }

  // Many packages carry one and the same text, holder included: it is printed once, below all of them.
  const byText = new Map();
  for (const each of packages) {
    const key = each.text.trim();
    byText.set(key, [...(byText.get(key) ?? []), each]);
  }
  const parts = [...byText].map(([text, some]) => {
    const names = some.map(({ name, version, licence }) => `${name} ${version}\nLicence: ${licence}`);
    return `${"-".repeat(80)}\n${names.join("\n\n")}\n\n${text}\n`;
  });
  return [
    "chalk-audit is bundled with code of the packages below. Each is under its own licence, which follows it, or the\nlast of several packages of one text.\n",
    ...parts,
  ].join("\n");
}

async function read(folder) {
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const licence = typeof manifest.license === "string" ? manifest.license : manifest.license?.type;
  const alternatives = String(licence ?? "")
    .replace(/[()]/g, "")
    .split(/\s+OR\s+/);
  const taken = alternatives.find((each) => accepted.has(each));
  if (taken === undefined) {
    throw new Error(
      `${manifest.name}@${manifest.version} is under "${licence}", which is not in scripts/licences.mjs`,
    );
  }
  const names = (await readdir(folder))
    .filter((name) => /^(licen[cs]e|copying|notice|thirdpartynotice)/i.test(name))
    .sort();
  const texts = [];
  for (const name of names) texts.push(await readFile(join(folder, name), "utf8"));
  const whole = names.some((name) => /^(licen[cs]e|copying)/i.test(name));
  return {
    name: manifest.name,
    version: manifest.version,
    licence: taken,
    repository: manifest.repository?.url,
    text: whole ? texts.join("\n\n") : undefined,
  };
}
