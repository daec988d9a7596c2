import type { ActivityLogRead } from "../../collectors/azure/usage.ts";
import { azureSubject, reviewAzure } from "../../review/azure/review.ts";
import { AzureUsage } from "../../usage/azure/activity-log.ts";
import { readFiles } from "./review-files.ts";
import type { Reviewer } from "./reviewer.ts";

/** Reviews a principal of Azure. */
export const azureReviewer: Reviewer = {
  subject: (input) => azureSubject(input).principal.id,
  history: async (_id, target, options) => {
    if (target.cloud !== "azure") return undefined;
    const { readActivityLog } = await import("../../collectors/azure/usage.ts");
    return readActivityLog(target.azure, options);
  },
  review: async (input, { files, cwd, history, now, progress }) => {
    const { principal } = azureSubject(input);
    const usage = new AzureUsage(principal.id);
    await readFiles(files, usage, "activity-log-file", progress, cwd);
    return () => {
      if (history !== undefined) {
        const read = history as ActivityLogRead;
        usage.addHistory(read.events, read);
      }
      return reviewAzure({ ...input, usage: usage.finish(), now });
    };
  },
};
