import type { PipelinePolicy, PipelineRequest } from "@azure/core-rest-pipeline";

/** A read that the provider offers only as POST. `path` is matched against the whole path, any case. */
export interface ReadOnlyPost {
  readonly path: RegExp;
}

/** A request that could change something was about to leave. A mistake in this program, never the user's. */
export class WriteRefused extends Error {
  override readonly name = "WriteRefused";
}

/**
 * The read-only guard: the last policy before the socket. GET and HEAD pass, and the POSTs that are listed; whatever
 * else throws `WriteRefused` and nothing is sent. Azure needs no such POST, so its list is empty. Token requests
 * belong to the identity SDK and do not come this way.
 */
export function readOnlyGuard(posts: readonly ReadOnlyPost[]): PipelinePolicy {
  return {
    name: "readOnlyGuard",
    sendRequest: async (request, next) => {
      assertReadOnly(request, posts);
      return next(request);
    },
  };
}

function assertReadOnly(request: PipelineRequest, posts: readonly ReadOnlyPost[]): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  const path = new URL(request.url).pathname;
  if (request.method === "POST" && posts.some((post) => post.path.test(path))) return;
  throw new WriteRefused(`refused to send ${request.method} ${path}: this tool only reads`);
}
