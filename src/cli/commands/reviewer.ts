import type { CollectOptions } from "../../collectors/define.ts";
import type { ReviewInput } from "../../review/aws/review.ts";
import type { Review } from "../../review/review.ts";
import type { LiveTarget } from "../job/job.ts";

/** What a provider brings to a review: it reads usage, live or from files, and judges. */
export interface Reviewer {
  /**
   * Whom a review is about, as the live usage is asked for.
   * @throws ReviewError
   */
  readonly subject: (input: ReviewInput) => string;
  /** Reads usage live; what it gives is data. Absent: no API tells it. */
  readonly history?: (subject: string, target: LiveTarget, options: CollectOptions) => Promise<unknown>;
  /** Reads the logs, and gives back what judges. */
  readonly review: (input: ReviewInput, ask: ReviewAsk) => Promise<() => Review>;
}

export interface ReviewAsk {
  /** Files of logs, absolute. */
  readonly files: readonly string[];
  readonly cwd: string;
  /** What `history` gave; absent: recorded state is reviewed. */
  readonly history?: unknown;
  readonly now: string;
  readonly version: string;
  readonly progress: (message: string) => void;
}
