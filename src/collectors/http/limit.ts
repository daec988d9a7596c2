import type { PipelinePolicy } from "@azure/core-rest-pipeline";

/** At most so many requests are on the wire at once; pauses between attempts do not count. */
export function limitPolicy(most: number): PipelinePolicy {
  const slots = Math.max(1, Math.floor(most));
  let used = 0;
  const waiting: (() => void)[] = [];
  return {
    name: "limit",
    sendRequest: async (request, next) => {
      if (used >= slots) await new Promise<void>((resolve) => waiting.push(resolve));
      else used += 1;
      try {
        return await next(request);
      } finally {
        // A slot goes straight to the next in line, so that nobody can slip in between.
        const first = waiting.shift();
        if (first === undefined) used -= 1;
        else first();
      }
    },
  };
}
