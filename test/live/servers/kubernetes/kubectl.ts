import { spawn, spawnSync } from "node:child_process";
import { dirname } from "node:path";

/** The command: `KUBECTL`, else what the path has. */
const command = process.env["KUBECTL"] ?? "kubectl";

/** Why kubectl cannot be used; undefined: it can. */
export function whyNoKubectl(): string | undefined {
  const found = spawnSync(command, ["version", "--client"], { encoding: "utf8" });
  return found.error !== undefined || found.status !== 0
    ? "kubectl was not found (set KUBECTL, or put it on the path)"
    : undefined;
}

/** Runs kubectl with that kubeconfig and gives what it printed; its cache lies beside the kubeconfig. */
export function kubectl(kubeconfig: string, args: readonly string[], input = ""): Promise<string> {
  const env = { PATH: process.env["PATH"], HOME: dirname(kubeconfig), KUBECONFIG: kubeconfig };
  const child = spawn(command, args, { stdio: "pipe", env });
  let printed = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    printed += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    errors += chunk;
  });
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`kubectl ${args.join(" ")} ended with ${code}: ${(errors + printed).trim()}`));
    });
  });
}
