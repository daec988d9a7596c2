import { azureSubject, reviewAzure } from "../../review/azure/review.ts";
import { AzureUsage } from "../../usage/azure/activity-log.ts";
import { readFiles } from "./review-files.ts";
import type { Reviewer } from "./reviewer.ts";

/** Reviews a principal of Azure. */
export const azureReviewer: Reviewer = {
  review: async (input, { files, live, now, progress, debug, shell }) => {
    const { principal } = azureSubject(input);
    const usage = new AzureUsage(principal.id);
    await readFiles(files, usage, "activity-log-file", progress, shell);
    if (live?.target.cloud === "azure") {
      const { readActivityLog } = await import("../../collectors/azure/usage.ts");
      const read = await readActivityLog(live.target.azure, {
        ...live.bounds,
        signal: shell.signal,
        progress,
        debug,
        now: shell.now,
      });
      usage.addHistory(read.events, read);
    }
    return reviewAzure({ ...input, usage: usage.finish(), now });
  },
};
