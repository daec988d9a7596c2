import type { Provider } from "../../access/policy.ts";
import type { ReviewInput } from "../../review/aws/review.ts";
import type { Review } from "../../review/review.ts";
import type { ReviewAsk, Reviewer } from "../commands/reviewer.ts";
import { type PackedBaseline, packBaseline, unpackBaseline } from "./packed.ts";
import { oneStep, type Work } from "./work.ts";

/** The providers that can be reviewed; each with its code, loaded when it is asked for. */
export const reviewers: Record<Provider, () => Promise<Reviewer>> = {
  aws: async () => (await import("../commands/review-aws.ts")).awsReviewer,
  azure: async () => (await import("../commands/review-azure.ts")).azureReviewer,
  kubernetes: async () => (await import("../commands/review-kubernetes.ts")).kubernetesReviewer,
};

export interface ReviewOrder {
  readonly input: ReviewInput;
  readonly ask: Omit<ReviewAsk, "progress">;
}

interface PackedReview {
  readonly input: Omit<ReviewInput, "loaded">;
  readonly loaded: PackedBaseline;
  readonly ask: ReviewOrder["ask"];
}

const packing = {
  pack: ({ input: { loaded, ...input }, ask }: ReviewOrder): PackedReview => ({
    input,
    loaded: packBaseline(loaded),
    ask,
  }),
  unpack: async (packed: unknown): Promise<ReviewOrder> => {
    const { input, loaded, ask } = packed as PackedReview;
    return { input: { ...input, loaded: unpackBaseline(loaded) }, ask };
  },
};

/** Whom a review is about: of a role, who may come in is compared to tell. */
export const subjectWork: Work<ReviewOrder, never, string> = {
  name: "review-subject",
  ready: async ({ input }) => {
    const { subject } = await reviewers[input.snapshot.provider]();
    return oneStep(() => subject(input));
  },
  ...packing,
};

/** A review, with the reading of the logs: each is some tens of megabytes. A part is a line of progress. */
export const reviewWork: Work<ReviewOrder, string, Review> = {
  name: "review",
  ready: async ({ input, ask }, tell) => {
    const reviewer = await reviewers[input.snapshot.provider]();
    return oneStep(await reviewer.review(input, { ...ask, progress: tell }));
  },
  ...packing,
};
