import { csv } from "./csv.ts";
import type { Reporter } from "./define.ts";
import { gitlabCodequality } from "./gitlab-codequality.ts";
import { gitlabSast } from "./gitlab-sast.ts";
import { html } from "./html.ts";
import { json } from "./json.ts";
import { junit } from "./junit.ts";
import { markdown } from "./markdown.ts";
import { ocsf } from "./ocsf.ts";
import { oscal } from "./oscal.ts";
import { sarif } from "./sarif.ts";
import { table } from "./table.ts";

/** Every format, the default one first. */
export const reporters: readonly Reporter[] = [
  table,
  json,
  sarif,
  junit,
  markdown,
  html,
  csv,
  ocsf,
  oscal,
  gitlabSast,
  gitlabCodequality,
];

/** The reporter of a format, or undefined for an unknown one. */
export function findReporter(format: string): Reporter | undefined {
  return reporters.find((reporter) => reporter.format === format);
}
