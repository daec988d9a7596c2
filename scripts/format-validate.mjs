// Validates reports with what others publish of their formats: OCSF (its JSON Schema), OSCAL (compliance-trestle), JUnit
// (the XSD of Jenkins' xunit plugin, which pytest's source distribution carries).
// Usage: node scripts/format-validate.mjs ocsf|oscal|junit FILE…   Exit 1 on any error.
//        node scripts/format-validate.mjs install
// The packages are installed with pip into a virtual environment below .cache on first use, by pinned version.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const PACKAGES = [
  "ocsf-json-schema==1.2.0",
  "compliance-trestle==5.2.0",
  "jsonschema==4.26.0",
  "xmlschema==4.1.0",
];
/** Its source distribution alone has the XSD, and is never installed. */
const PYTEST = "8.3.4";

const cache = fileURLToPath(new URL("../.cache/formats", import.meta.url));
const judge = fileURLToPath(new URL("format-validate.py", import.meta.url));
const venv = join(cache, "venv");
const python = join(venv, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
const xsd = join(cache, "junit.xsd");
/** Written last: what is there without it is half an installation. */
const done = join(cache, `done-${[...PACKAGES, PYTEST].join("_").replace(/[^\w.-]/g, "_")}`);

/** Whether the packages are there already. */
export function isInstalled() {
  return existsSync(done);
}

/**
 * Installs the packages; nothing to do when they are there.
 * @returns {string | undefined} why it could not be done (no Python, no venv, no network), in words
 */
export function install() {
  if (isInstalled()) return undefined;
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  const own = process.env["PYTHON"] ?? "python3";
  const pip = ["-m", "pip", "--disable-pip-version-check", "--no-input", "-q"];
  const sdist = ["download", "--no-deps", "--no-binary", "pytest", "-d", cache, `pytest==${PYTEST}`];
  const steps = [
    [
      own,
      ["-c", "import sys, venv; sys.exit(sys.version_info < (3, 10))"],
      "Python 3.10 or later with venv was not found",
    ],
    [own, ["-m", "venv", venv], "a virtual environment could not be made"],
    [python, [...pip, "install", ...PACKAGES], "pip could not install the packages"],
    [python, [...pip, ...sdist], "pip could not download pytest's source"],
  ];
  for (const [command, args, failed] of steps) {
    const run = spawnSync(command, args, { encoding: "utf8", timeout: 300_000 });
    if (run.status !== 0) return `${failed}: ${(run.stderr || run.error?.message || "").trim().slice(-300)}`;
  }
  const archive = readdirSync(cache).find((name) => name.endsWith(".tar.gz")) ?? "";
  const inside = `pytest-${PYTEST}/testing/example_scripts/junit-10.xsd`;
  const unpacked = spawnSync("tar", ["xzf", join(cache, archive), "-C", cache, inside], { encoding: "utf8" });
  if (unpacked.status !== 0) return `the XSD is not in pytest's source: ${unpacked.stderr}`;
  renameSync(join(cache, inside), xsd);
  writeFileSync(done, "");
  return undefined;
}

/**
 * What is wrong with some files.
 * @param {"ocsf" | "oscal" | "junit"} format
 * @param {readonly string[]} files
 * @returns {{ file: string, text: string }[]}
 */
export function validate(format, files) {
  const run = spawnSync(python, [judge, format, ...files.map((file) => resolve(file))], {
    encoding: "utf8",
    maxBuffer: 64_000_000,
    env: { ...process.env, CHALK_JUNIT_XSD: xsd },
  });
  if (run.status !== 0)
    throw new Error(`the validator of ${format} gave no answer:\n${run.stdout}${run.stderr}`);
  return JSON.parse(run.stdout);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [format, ...files] = process.argv.slice(2);
  if (format === "install") console.log(install() ?? `installed in ${cache}`);
  else if (!["ocsf", "oscal", "junit"].includes(format) || files.length === 0) {
    console.error("usage: node scripts/format-validate.mjs ocsf|oscal|junit FILE…");
    process.exitCode = 2;
  } else {
    const why = install();
    if (why !== undefined) console.log(`skipped: ${why}`);
    else {
      const errors = validate(format, files);
      for (const { file, text } of errors) console.log(`${file}: ${text}`);
      console.log(`${format}: ${files.length} files, ${errors.length} errors`);
      process.exitCode = errors.length > 0 ? 1 : 0;
    }
  }
}
