import type { AwsUsageRead } from "../../collectors/aws/usage.ts";
import { awsSubject, reviewAws } from "../../review/aws/review.ts";
import { AwsUsage } from "../../usage/aws/usage.ts";
import { readFiles } from "./review-files.ts";
import type { Reviewer } from "./reviewer.ts";

/** Reviews a role of AWS. */
export const awsReviewer: Reviewer = {
  subject: (input) => awsSubject(input).role.arn,
  history: async (arn, target, options) => {
    if (target.cloud !== "aws") return undefined;
    const { readAwsUsage } = await import("../../collectors/aws/usage.ts");
    return readAwsUsage(arn, target.aws, options);
  },
  review: async (input, { files, cwd, history, now, version, progress }) => {
    const data = await (await import("../job/service-data.ts")).loadServiceData();
    const { role } = awsSubject(input);
    const usage = new AwsUsage(role.arn, data);
    await readFiles(files, usage, "cloudtrail-file", progress, cwd);
    return () => {
      if (history !== undefined) addHistory(usage, role.arn, history as AwsUsageRead);
      return reviewAws({ ...input, data, usage: usage.finish(), now, version });
    };
  },
};

function addHistory(usage: AwsUsage, arn: string, read: AwsUsageRead): void {
  const whole = read.trails.filter((trail) => trail.problems.length === 0).map((trail) => trail.region);
  for (const { region, events, from, to, problems } of read.trails) {
    usage.addHistory(region, events, { from, to, problems });
  }
  usage.recordsGlobals(whole.includes("us-east-1") || !arn.startsWith("arn:aws:"));
  if (read.lastAccessed !== undefined) {
    usage.addLastAccessed("iam GetServiceLastAccessedDetails", read.lastAccessed);
  }
  for (const problem of read.problems) usage.addGap("service-last-accessed", "IAM", problem);
}
