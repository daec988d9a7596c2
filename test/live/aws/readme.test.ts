import { execFile } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { whyNoServers } from "../servers/aws/setup.ts";
import { skipped } from "../servers/azure/requirements.ts";
import { missing } from "./command-line.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const skip = skipped("the README's trial of AWS", whyNoServers() ?? missing("aws", "--version"));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}

/** The block of commands of docs/usage.md, as it stands there. */
function trial(name: string): string {
  const readme = readFileSync(`${root}docs/usage.md`, "utf8");
  const block = new RegExp(`<!-- trial: ${name} -->\n\`\`\`sh\n([\\s\\S]*?)\n\`\`\``).exec(readme)?.[1];
  if (block === undefined) throw new Error(`the README has no trial "${name}"`);
  return block;
}

describe.skipIf(skip)("the README's trial of AWS, copied and pasted", () => {
  it("passes, then shows each drift with a witness", async () => {
    // The packages are installed and the build is under test elsewhere; the environment of the servers is shared.
    const shared = ".cache/servers/aws/venv";
    mkdirSync(`${root}${shared}`, { recursive: true });
    const script = trial("aws")
      .replace("npm ci && npm run build", "npm run --silent build -- --quiet")
      .replaceAll(".cache/moto/", `${shared}/`)
      .replaceAll(".cache/moto", shared)
      .replaceAll("5055", String(await freePort()));
    const { stdout } = await promisify(execFile)("bash", ["-c", script], {
      cwd: root,
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], AWS_PAGER: "" },
      maxBuffer: 10_000_000,
    });
    const audits = stdout.split(/^(?=chalk-aws@)/m).slice(1);
    expect(audits.map((text) => /exit status (\d+)/.exec(text)?.[1])).toEqual(["0", "1", "1"]);
    const fine = audits.map((text) =>
      /Fine \(\d+\): ([\s\S]*?)\nSkipped/.exec(text)?.[1]?.replace(/\s+/g, " "),
    );
    expect(fine).toEqual([
      "trust-policy, scoped-execution-policy, log-reader-policy (optional, absent), effective-access",
      "trust-policy, scoped-execution-policy, log-reader-policy (optional, absent)",
      "scoped-execution-policy, log-reader-policy (optional, absent)",
    ]);
    expect(audits[1]).toContain("may: iam:CreateAccessKey on <any>");
    expect(audits[1]).toContain("by: inline policy extra, statement 1");
    expect(audits[2]).toContain("may: sts:AssumeRole on <any> as <any>");
  });
});
