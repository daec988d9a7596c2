import type { Steps, Work, WorkName } from "./work.ts";

/** Makes work of its packed form ready. */
type Serve = (packed: unknown, tell: (part: unknown) => void) => Promise<Steps<unknown>>;

const served =
  <In, Part, Out>(work: Work<In, Part, Out>): Serve =>
  async (packed, tell) =>
    work.ready(await work.unpack(packed), tell);

/** The work that a worker can do, by name; each with its code, loaded when it is asked for. */
export const works: Readonly<Record<WorkName, () => Promise<Serve>>> = {
  audit: async () => served((await import("./audit.ts")).auditWork),
  since: async () => served((await import("./since.ts")).sinceWork),
  policy: async () => served((await import("./policy.ts")).policyWork),
  "review-subject": async () => served((await import("./review.ts")).subjectWork),
  review: async () => served((await import("./review.ts")).reviewWork),
};
