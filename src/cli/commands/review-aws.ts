import { awsSubject, reviewAws } from "../../review/aws/review.ts";
import { AwsUsage } from "../../usage/aws/usage.ts";
import { readFiles } from "./review-files.ts";
import type { Reviewer } from "./reviewer.ts";

/** Reviews a role of AWS. */
export const awsReviewer: Reviewer = {
  review: async (input, { files, live, now, version, progress, debug, shell }) => {
    const data = await (await import("../job/service-data.ts")).loadServiceData();
    const { role } = awsSubject(input);
    const usage = new AwsUsage(role.arn, data);
    await readFiles(files, usage, "cloudtrail-file", progress, shell);
    if (live?.target.cloud === "aws") {
      const { readAwsUsage } = await import("../../collectors/aws/usage.ts");
      const read = await readAwsUsage(role.arn, live.target.aws, {
        ...live.bounds,
        signal: shell.signal,
        progress,
        debug,
        now: shell.now,
      });
      const whole = read.trails.filter((trail) => trail.problems.length === 0).map((trail) => trail.region);
      for (const { region, events, from, to, problems } of read.trails) {
        usage.addHistory(region, events, { from, to, problems });
      }
      usage.recordsGlobals(whole.includes("us-east-1") || !role.arn.startsWith("arn:aws:"));
      if (read.lastAccessed !== undefined) {
        usage.addLastAccessed("iam GetServiceLastAccessedDetails", read.lastAccessed);
      }
      for (const problem of read.problems) usage.addGap("service-last-accessed", "IAM", problem);
    }
    return reviewAws({ ...input, data, usage: usage.finish(), now, version });
  },
};
