import type { ReviewInput } from "../../review/aws/review.ts";
import type { Review } from "../../review/review.ts";
import type { LiveTarget } from "../job/job.ts";
import type { boundsOf } from "../job/read-target.ts";
import type { Shell } from "../line/shell.ts";

/** What a provider brings to a review: it reads usage, live or from files, and judges. */
export interface Reviewer {
  readonly review: (
    input: ReviewInput,
    ask: {
      /** Files of logs, absolute. */
      readonly files: readonly string[];
      /** How to read usage live; absent: recorded state is reviewed. */
      readonly live?: { readonly target: LiveTarget; readonly bounds: ReturnType<typeof boundsOf> };
      readonly now: string;
      readonly version: string;
      readonly progress: (message: string) => void;
      readonly debug: (line: string) => void;
      readonly shell: Shell;
    },
  ) => Promise<Review>;
}
