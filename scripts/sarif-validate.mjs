// Validates SARIF files with Microsoft's SARIF Multitool, with the rules that GitHub code scanning demands.
// Usage: node scripts/sarif-validate.mjs FILE…   Exit 1 on any error-level result; warnings are printed.
// The tool (an npm package with a self-contained binary, Linux only) is installed into .cache/tools on first use.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const VERSION = "5.7.0";
const tools = fileURLToPath(new URL("../.cache/tools", import.meta.url));
const binary = join(tools, "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool");

/** Whether the tool is there already. */
export function isInstalled() {
  return existsSync(binary);
}

/** Installs the tool with npm; nothing to do when it is there. Throws when npm cannot. */
export function install() {
  if (isInstalled()) return;
  mkdirSync(tools, { recursive: true });
  if (!existsSync(join(tools, "package.json")))
    writeFileSync(join(tools, "package.json"), '{"private":true}\n');
  // The platform's package alone: the other one only picks it. Its install script would set the mode; that is done below.
  const run = spawnSync(
    "npm",
    [
      "install",
      "--no-audit",
      "--no-fund",
      "--no-save",
      "--ignore-scripts",
      `@microsoft/sarif-multitool-linux@${VERSION}`,
    ],
    { cwd: tools, encoding: "utf8" },
  );
  if (run.status !== 0 || !isInstalled()) {
    throw new Error(`could not install the SARIF Multitool with npm:\n${run.stderr ?? run.error}`);
  }
}

/**
 * The validator's results for some files, worst first.
 * @param {readonly string[]} files
 * @returns {{ level: string, rule: string, text: string, file: string }[]}
 */
export function validate(files) {
  install();
  chmodSync(binary, 0o755);
  const folder = mkdtempSync(join(tmpdir(), "sarif-validate-"));
  try {
    return files.flatMap((file, i) => {
      const out = join(folder, `${i}.sarif`);
      const run = spawnSync(
        binary,
        ["validate", resolve(file), "--rule-kind", "Sarif;Ghas", "-o", out, "--log", "ForceOverwrite"],
        {
          encoding: "utf8",
          maxBuffer: 64_000_000,
          env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1" },
        },
      );
      if (!existsSync(out))
        throw new Error(`the SARIF Multitool gave no answer for ${file}:\n${run.stdout}${run.stderr}`);
      const log = JSON.parse(readFileSync(out, "utf8").replace(/^\ufeff/, ""));
      return log.runs.flatMap((one) => {
        const rules = one.tool.driver.rules ?? [];
        // A level that is not written is the rule's, else warning (SARIF 2.1.0, 3.27.10).
        const results = (one.results ?? []).map((r) => {
          const rule = rules[r.ruleIndex] ?? rules.find((each) => each.id === r.ruleId);
          const template = rule?.messageStrings?.[r.message.id]?.text ?? r.message.text ?? "";
          const text = template.replace(/\{(\d+)\}/g, (_, n) => r.message.arguments?.[Number(n)] ?? "");
          return {
            level: r.level ?? rule?.defaultConfiguration?.level ?? "warning",
            rule: r.ruleId,
            text,
            file,
          };
        });
        const notes = (one.invocations ?? []).flatMap((each) =>
          [...(each.toolExecutionNotifications ?? []), ...(each.toolConfigurationNotifications ?? [])].map(
            (n) => ({
              level: n.level ?? "warning",
              rule: n.descriptor?.id ?? "notification",
              text: n.message?.text ?? "",
              file,
            }),
          ),
        );
        return [...results, ...notes];
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const files = process.argv.slice(2);
  if (files.length === 0) {
    console.error("usage: node scripts/sarif-validate.mjs FILE…");
    process.exitCode = 2;
  } else {
    const results = validate(files);
    for (const { level, rule, text, file } of results) console.log(`${file}: ${level} ${rule}: ${text}`);
    const errors = results.filter((r) => r.level === "error").length;
    console.log(
      `${files.length} files, ${errors} errors, ${results.filter((r) => r.level === "warning").length} warnings`,
    );
    process.exitCode = errors > 0 ? 1 : 0;
  }
}
