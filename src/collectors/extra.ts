import type { ExtraCall, ExtraDoor, ExtraKind } from "../snapshot/kinds/extra.ts";
import { wordsOf } from "../text/unforeseen.ts";
import { visible } from "../text/visible.ts";
import { CollectError, type CollectOptions } from "./define.ts";
import type { JsonObject } from "./http/answer.ts";
import { ReadFailure } from "./http/failure.ts";
import { attempt, type Recorder } from "./recorder.ts";

/** A path that a call stands for: `{…}` is one segment. */
export function pathPattern(path: string): RegExp {
  const parts = path
    .split("/")
    .map((part) =>
      /^\{[^}]*\}$/.test(part) ? "[A-Za-z0-9._~-]+" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"),
    );
  return new RegExp(`^${parts.join("/")}$`);
}

/**
 * Reads one kind of a plugin. A path that it did not declare is refused before anything is sent; a plugin that throws, or
 * gives something else than documents, ends the run by its name; one that does not come back is unread, as is what the
 * provider refuses.
 * @throws CollectError naming the plugin
 */
export async function readExtra(
  extra: ExtraKind,
  door: {
    readonly get: (path: string, call: ExtraCall) => Promise<JsonObject>;
    readonly list: (path: string, call: ExtraCall) => Promise<readonly JsonObject[]>;
    readonly subscription?: string;
  },
  recorder: Pick<Recorder, "keep"> & { readonly missed: Recorder["miss"] },
  options: CollectOptions,
): Promise<void> {
  const blame = (problem: string) =>
    new CollectError(`plugin ${extra.plugin}: collector ${extra.kind}: ${problem}`);
  const [first] = extra.calls;
  let asked = first;
  const declared = (path: unknown): ExtraCall => {
    const call =
      typeof path === "string" ? extra.calls.find((each) => pathPattern(each.path).test(path)) : undefined;
    if (call === undefined)
      throw blame(
        `asked for ${visible(JSON.stringify(path) ?? "nothing").slice(0, 200)}, which is none of the paths that it declares`,
      );
    asked = call;
    return call;
  };
  options.progress(`reading ${extra.title}`);
  const own: ExtraDoor = {
    get: async (path) => door.get(path, declared(path)),
    list: async (path) => door.list(path, declared(path)),
    ...(door.subscription === undefined ? {} : { subscription: door.subscription }),
  };
  const documents = await attempt(
    async () => {
      try {
        return await withinTime(Promise.resolve(extra.read(own)), options);
      } catch (error) {
        if (error instanceof ReadFailure || error instanceof CollectError) throw error;
        throw blame(`threw: ${visible(wordsOf(error)).slice(0, 500)}`);
      }
    },
    (failure) => {
      recorder.missed(
        { kind: extra.kind, api: `GET ${visible(asked.path)}`, permission: asked.permission },
        failure,
      );
      return undefined;
    },
  );
  if (documents === undefined) return;
  if (!Array.isArray(documents)) throw blame("gave something else than a list of documents");
  for (const document of documents as readonly unknown[]) {
    const { id, body } = (document ?? {}) as { readonly id?: unknown; readonly body?: unknown };
    if (typeof id !== "string" || id === "" || body === undefined)
      throw blame("gave a document that is not { id: text, body }");
    let plain: unknown;
    try {
      plain = JSON.parse(JSON.stringify(body));
    } catch {
      throw blame(`gave a body of ${visible(id).slice(0, 100)} that is no JSON`);
    }
    recorder.keep(extra.kind, id, plain);
  }
  options.progress(`read ${documents.length} ${extra.title}`);
}

/** The reading, or a failure when the target's time is over or the run is interrupted. */
async function withinTime<T>(reading: Promise<T>, { timeoutMs, signal }: CollectOptions): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new ReadFailure("timeout", `did not come back within ${Math.ceil(timeoutMs / 1000)} s`)),
      timeoutMs,
    );
    onAbort = () => reject(new ReadFailure("interrupted", "interrupted"));
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal.removeEventListener("abort", onAbort);
  }
}
