import { stringify } from "yaml";
import type { LoadedBaseline } from "../../baselines/baseline.ts";
import { listBundled, loadBaseline } from "../../baselines/bundled.ts";
import { checks } from "../../checks/registry.ts";
import { inertJson, inertText, visible } from "../../text/visible.ts";
import type { GivenOptions } from "../line/options.ts";
import { choice } from "../line/settings.ts";
import type { Shell } from "../line/shell.ts";
import { columns } from "../output/columns.ts";

/** `baseline list`: every bundled baseline, newest version first. */
export async function baselineList(
  _operands: readonly string[],
  given: GivenOptions,
  shell: Shell,
): Promise<number> {
  const format = choice(given, "format", ["table", "json"]);
  const loaded = listBundled().map((entry) => loadBaseline(`${entry.id}@${entry.version}`, checks));
  const rows = loaded.map(({ baseline, sha256 }) => ({
    id: baseline.id,
    version: baseline.version,
    cloud: baseline.cloud,
    title: baseline.title,
    controls: baseline.controls.length,
    source: baseline.source.url,
    sha256,
  }));
  await shell.out.write(
    format === "json"
      ? `${JSON.stringify(rows, undefined, 2)}\n`
      : columns(
          rows.map((row) => [`${row.id}@${row.version}`, row.cloud, `${row.controls} controls`, row.title]),
        ),
  );
  return 0;
}

/** `baseline show ID[@VERSION]|FILE`: what it demands, for a person; with `--format json` the whole of it. */
export async function baselineShow(
  operands: readonly string[],
  given: GivenOptions,
  shell: Shell,
): Promise<number> {
  const loaded = loadBaseline(operands[0] ?? "", checks);
  const format = choice(given, "format", ["table", "json"]);
  await shell.out.write(
    format === "json"
      ? `${inertJson(JSON.stringify({ ...loaded.baseline, sha256: loaded.sha256, file: loaded.file }, undefined, 2))}\n`
      : // A file may be anybody's: what it says gives a terminal or a build log no command.
        inertText(page(loaded).split("\n").map(visible).join("\n")),
  );
  return 0;
}

function page({ baseline, sha256, file }: LoadedBaseline): string {
  const lines = [
    `${baseline.id}@${baseline.version}: ${baseline.title}`,
    `${baseline.source.url}, captured ${baseline.source.captured}`,
    `${file}, sha256 ${sha256}`,
  ];
  const parameters = Object.entries(baseline.parameters);
  if (parameters.length > 0) {
    lines.push("", "Parameters (--set NAME=VALUE)");
    const rows = parameters.map(([name, parameter]) => [
      `  ${name}`,
      parameter.flag === undefined ? "" : `--${parameter.flag}`,
      `${parameter.help}${parameter.default === undefined ? "" : ` (default: ${parameter.default})`}`,
    ]);
    lines.push(columns(rows).trimEnd());
  }
  if (baseline.profiles !== undefined) {
    lines.push("", "Profiles (--profile-set NAME)");
    const rows = Object.entries(baseline.profiles.names).map(([name, text]) => [
      `  ${name}`,
      `${text}${name === baseline.profiles?.default ? " (default)" : ""}`,
    ]);
    lines.push(columns(rows).trimEnd());
  }
  lines.push("", `Controls (${baseline.controls.length})`);
  for (const control of baseline.controls) {
    const marks = [
      control.check,
      ...(control.optional === true ? ["optional"] : []),
      ...(control.severity === undefined ? [] : [`severity ${control.severity}`]),
      ...(control.profile === undefined ? [] : [`profile ${control.profile}`]),
    ];
    lines.push(
      "",
      `  ${control.id} (${marks.join(", ")})`,
      `    ${control.title}`,
      `    ${control.why.trim()}`,
    );
    lines.push(`    Page: "${control.cite.section}"`);
    lines.push(
      ...stringify(control.with, { lineWidth: 0 })
        .trimEnd()
        .split("\n")
        .map((line) => `      ${line}`),
    );
  }
  if (baseline.errata.length > 0) {
    lines.push("", `Errata of the page (${baseline.errata.length})`);
    for (const erratum of baseline.errata) lines.push(`  "${erratum.section}": ${erratum.text.trim()}`);
  }
  return `${lines.join("\n")}\n`;
}
