// The reports of every bundled snapshot, in every format, to hold two builds against each other byte by byte: before
// and after a move that must change no behaviour.
//   node scripts/same-reports.mjs record FOLDER    writes what this build prints
//   node scripts/same-reports.mjs compare FOLDER   exits 1 and names each report that is another now
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./bundle.mjs";

// those of the build at hand: a format that is new has no report to be held against
const { formats } = await import(join(root, "dist", "index.js"));
const baselines = {
  azure: ["chalk-azure", "metaflow-azure", "fixtures/baselines/acme-lake.yaml"],
  aws: ["chalk-aws", "chalk-helm", "fixtures/baselines/acme-pond.yaml"],
  kubernetes: ["chalk-azure", "chalk-aws", "chalk-helm", "fixtures/baselines/acme-stream.yaml"],
};

/** Every recorded state of the repository: its file, and its cloud. */
function snapshots() {
  const folders = readdirSync(join(root, "fixtures/snapshots")).map((cloud) => `fixtures/snapshots/${cloud}`);
  return [...folders, "fixtures/review"]
    .flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((file) => file.endsWith(".json"))
        .map((file) => `${folder}/${file}`),
    )
    .map((file) => ({ file, cloud: JSON.parse(readFileSync(join(root, file), "utf8")).provider }))
    .filter(({ cloud }) => Object.hasOwn(baselines, cloud));
}

/** What is run: a name for the report's file, and the arguments. */
function runs() {
  return snapshots().flatMap(({ file, cloud }) =>
    baselines[cloud].flatMap((baseline) => {
      const name = [file, baseline].map((part) => part.replace(/[^\w-]+/g, "_")).join("--");
      const scan = ["--cloud", cloud, "--snapshot", file, "--baseline", baseline];
      return [
        ...formats.map((format) => ({ name: `${name}.${format}`, args: [...scan, "--format", format] })),
        { name: `${name}.verbose`, args: [...scan, "--verbose"] },
      ];
    }),
  );
}

function printed(args) {
  const run = spawnSync(process.execPath, ["dist/main.js", ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, SOURCE_DATE_EPOCH: "1790000000", NO_COLOR: "1" },
  });
  return `${run.stdout}\n--- exit ${run.status}\n${run.stderr}`;
}

const [verb, folder] = process.argv.slice(2);
if (!(verb === "record" || verb === "compare") || folder === undefined) {
  console.error("usage: node scripts/same-reports.mjs record|compare FOLDER");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
let other = 0;
const all = runs();
for (const { name, args } of all) {
  const file = join(folder, name);
  const text = printed(args);
  if (verb === "record") writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
    other += 1;
    console.error(`another report: ${name}`);
    writeFileSync(`${file}.now`, text);
  }
}
console.log(
  verb === "record"
    ? `${all.length} reports recorded`
    : `${all.length - other} of ${all.length} reports the same`,
);
if (other > 0 || all.length === 0) process.exitCode = 1;
