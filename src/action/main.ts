import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { constants } from "node:os";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { linkOut } from "../cli/line/repository.ts";
import { actionInputsOf, files, type Inputs, printsReport } from "./inputs.ts";
import { annotation, outputFile, outputsOf, workflowCommand } from "./outputs.ts";

/**
 * The entry of the GitHub action: runs the bundled command beside it with the step's inputs, and hands over what it
 * found as outputs, files and the job summary. The command alone decides the exit status.
 */
async function main(env: NodeJS.ProcessEnv): Promise<number> {
  const inputs = actionInputsOf(env);
  const at = (name: string) => join(inputs.directory, name);
  // Before anything is made or removed there; the command looks again, at each file.
  const away = linkOut(resolve(inputs.directory, "report.json"));
  if (away !== undefined)
    throw new Error(`input output-directory: ${inputs.directory} is ${away}; name the place itself`);
  mkdirSync(inputs.directory, { recursive: true });
  const since = sinceOf(inputs);
  // A file of an earlier run must not be taken for this one's: an old SARIF would reopen alerts.
  for (const name of [...Object.values(files), "report.incomplete.sarif"]) {
    if (since === undefined || resolve(at(name)) !== resolve(since)) rmSync(at(name), { force: true });
  }
  const status = await audit(
    [
      ...inputs.args,
      ...(since === undefined ? [] : [`--since=${since}`]),
      ...Object.entries(files).map(([format, name]) => `--format=${format}=${at(name)}`),
      ...(printsReport(inputs.args) ? [] : ["--format=table"]),
    ],
    env,
  );
  const whole = status === 0 || status === 1 || status === 3;
  const outputs = {
    ...outputsOf(status, whole ? readReport(at(files.json)) : undefined),
    report: whole ? written(at(files.json)) : "",
    sarif: whole ? written(at(files.sarif)) : "",
    "sarif-incomplete": whole ? written(at("report.incomplete.sarif")) : "",
    junit: whole ? written(at(files.junit)) : "",
    summary: whole ? written(at(files.markdown)) : "",
  };
  const output = env["GITHUB_OUTPUT"];
  if (output !== undefined && output !== "") appendFileSync(output, outputFile(outputs));
  const summary = env["GITHUB_STEP_SUMMARY"];
  if (inputs.summary && summary !== undefined && summary !== "" && outputs.summary !== "")
    appendFileSync(summary, readFileSync(outputs.summary));
  const said = annotation(outputs);
  if (said !== undefined) process.stdout.write(`${said}\n`);
  return status;
}

/** The earlier report, if it is there: on the first night there is none, and everything is new. */
function sinceOf({ since }: Inputs): string | undefined {
  if (since === undefined || existsSync(since)) return since;
  process.stdout.write(
    `${workflowCommand("notice", `${since} is not there, so there is nothing to compare with: everything counts as new`)}\n`,
  );
  return undefined;
}

function written(path: string): string {
  return existsSync(path) ? relative(process.cwd(), resolve(path)).replaceAll("\\", "/") : "";
}

function readReport(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * Runs the command to its end. What it prints is no command of the runner: names in it come from a cloud. The reporters
 * see to that; the runner is told so as well.
 */
async function audit(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const token = randomUUID();
  process.stdout.write(`::stop-commands::${token}\n`);
  const clean = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("INPUT_")));
  const child = spawn(process.execPath, [fileURLToPath(new URL("main.js", import.meta.url)), ...args], {
    env: clean,
    stdio: ["ignore", "inherit", "inherit"],
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  const status = await new Promise<number>((done) => {
    child.on("error", () => done(2));
    child.on("close", (code, signal) =>
      done(code ?? (signal === null ? 2 : 128 + (constants.signals[signal] ?? 0))),
    );
  });
  process.stdout.write(`::${token}::\n`);
  return status;
}

// Until a result is there, every way out is a failure.
process.exitCode = 2;
main(process.env).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stdout.write(
      `${workflowCommand("error", error instanceof Error ? error.message : String(error))}\n`,
    );
  },
);
