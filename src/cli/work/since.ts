import type { Report } from "../../report/report.ts";
import { compareReports } from "../../report/since.ts";
import { oneStep, type Work } from "./work.ts";

interface TwoReports {
  readonly before: Report;
  readonly after: Report;
}

/** What is new, gone and unchanged between two reports; whether a grant grew is compared to tell. */
export const sinceWork: Work<TwoReports, never, Report> = {
  name: "since",
  ready: async ({ before, after }) => oneStep(() => compareReports(before, after)),
  pack: (reports) => reports,
  unpack: async (packed) => packed as TwoReports,
};
