/**
 * A process of its own: one format of a report of many findings, written to a file as a run writes it. Arguments: the
 * format, the number of findings, the file. Prints its figures as JSON: milliseconds of processor time, bytes, and the
 * most memory that the process held, in MiB, the report itself included.
 */
import { closeSync, openSync, statSync, writeSync } from "node:fs";
import { findReporter } from "../src/reporters/registry.ts";
import { options } from "../test/reporters/worlds.ts";
import { manyFindings } from "./worlds.ts";

const [format = "", count = "0", file = ""] = process.argv.slice(2);
const reporter = findReporter(format);
if (reporter === undefined) throw new Error(`no format ${format}`);
const report = manyFindings(Number(count));
const before = process.cpuUsage();
const fd = openSync(file, "w");
const text = reporter.pieces?.(report, options()) ?? reporter.render(report, options()) ?? "";
for (const piece of typeof text === "string" ? [text] : text) writeSync(fd, piece);
closeSync(fd);
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({
    took: (user + system) / 1000,
    bytes: statSync(file).size,
    peak: process.resourceUsage().maxRSS / 1024,
  }),
);
