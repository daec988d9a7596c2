// Checks workflow files with actionlint (MIT). Usage: node scripts/actionlint.mjs FILE…   Exit 1 on any complaint.
// The tool is a Go program: it is built through the Go module proxy into .cache/tools on first use (a minute, once).
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const VERSION = "v1.7.12";
const tools = fileURLToPath(new URL("../.cache/tools", import.meta.url));
const binary = join(tools, `actionlint-${VERSION}`, "actionlint");

/** Why the tool cannot be had on this machine; undefined: it is there, or can be built. */
export function whyNot() {
  if (existsSync(binary)) return undefined;
  const go = spawnSync("go", ["version"], { encoding: "utf8" });
  return go.status === 0 ? undefined : "Go is not installed, and actionlint is built with it";
}

/** Builds the tool; nothing to do when it is there. Throws with Go's own words when that fails. */
export function install() {
  if (existsSync(binary)) return;
  const folder = join(tools, `actionlint-${VERSION}`);
  mkdirSync(folder, { recursive: true });
  const go = ["go", "install", "-p", "1", `github.com/rhysd/actionlint/cmd/actionlint@${VERSION}`];
  const command = process.platform === "win32" ? go : ["nice", "-n", "10", ...go];
  const run = spawnSync(command[0] ?? "", command.slice(1), {
    env: { ...process.env, GOBIN: folder, GOFLAGS: "-mod=mod" },
    encoding: "utf8",
  });
  if (run.status !== 0 || !existsSync(binary)) {
    throw new Error(`could not build actionlint with Go:\n${run.stderr ?? run.error}`);
  }
}

/**
 * What actionlint says of some files; empty when it finds nothing wrong.
 * @param {readonly string[]} files
 * @returns {string}
 */
export function lint(files) {
  install();
  const run = spawnSync(binary, ["-no-color", "-shellcheck=", "-pyflakes=", ...files], { encoding: "utf8" });
  if (run.error !== undefined) throw run.error;
  return `${run.stdout}${run.stderr}`.trim();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const found = lint(process.argv.slice(2));
  if (found !== "") {
    console.error(found);
    process.exitCode = 1;
  }
}
