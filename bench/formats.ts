/** Every format of a report of 30,000 findings: time, size and memory, each in a process of its own. */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { reporters } from "../src/reporters/registry.ts";
import { problems, record } from "./figures.ts";

const FINDINGS = 30_000;
const PLACE = join(".cache", "bench");
/** What a reader has to bear, in megabytes. */
const MOST_MB: Readonly<Record<string, number>> = { json: 40, html: 20, markdown: 0.9 };

interface Figures {
  readonly took: number;
  readonly bytes: number;
  readonly peak: number;
}

export function benchFormats(): void {
  console.log(`\nFormats: ${FINDINGS} findings`);
  mkdirSync(PLACE, { recursive: true });
  const file = join(PLACE, "report");
  for (const { format, pieces } of reporters) {
    const half = figuresOf(format, FINDINGS / 2, file);
    const { took, bytes, peak } = figuresOf(format, FINDINGS, file);
    const [size, most] = [bytes / 1e6, MOST_MB[format]];
    record(`${format}: time`, took, "ms");
    record(`${format}: time, times that of half as many`, took / half.took, "x");
    record(`${format}: size`, size, "MB", most === undefined ? "" : `<= ${most}`);
    record(
      `${format}: memory at most, the report included`,
      peak,
      "MiB",
      pieces === undefined ? "" : "<= 300",
    );
    if (most !== undefined && size > most) problems.push(`${format}: ${size.toFixed(1)} MB`);
  }
  rmSync(file);
}

function figuresOf(format: string, count: number, file: string): Figures {
  const run = spawnSync(
    process.execPath,
    [join("scripts", "run-ts.mjs"), join("bench", "format.ts"), format, String(count), file],
    { encoding: "utf8" },
  );
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as Figures;
}
