import { kubernetesSubject, reviewKubernetes } from "../../review/kubernetes/review.ts";
import { KubernetesUsage } from "../../usage/kubernetes/usage.ts";
import { readFiles } from "./review-files.ts";
import type { Reviewer } from "./reviewer.ts";

/** Reviews the service accounts of a cluster. What they did is in the audit logs alone: no API tells it. */
export const kubernetesReviewer: Reviewer = {
  subject: (input) => [...kubernetesSubject(input).users.keys()].join(", "),
  review: async (input, { files, cwd, now, progress }) => {
    const { users, names } = kubernetesSubject(input);
    const usage = new KubernetesUsage(users, names);
    await readFiles(files, usage, "kubernetes-audit-file", progress, cwd);
    return () => reviewKubernetes({ ...input, usage: usage.finish(), now });
  },
};
