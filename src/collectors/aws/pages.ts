import type { JsonObject } from "../http/answer.ts";
import { isObject } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";

/** Most pages of one list; far more than an account can fill, so that an endless list ends. */
const defaultPages = 2_000;

export interface PageOptions {
  /** Reads a page; without a token the first. */
  readonly read: (token: string | undefined) => Promise<JsonObject>;
  /** The property that holds the list. */
  readonly list: string;
  /** The property that holds the token of the next page. */
  readonly token: string;
  /** The property that says whether there is a next page, where the service has one. */
  readonly more?: string;
  /** The service leaves an empty list out of its answer. */
  readonly omitted?: true;
  readonly maxPages?: number;
}

/**
 * All entries of a list, over all its pages. A list is read completely or not at all: whatever stops it throws
 * `ReadFailure`, so that half a list never looks like a whole one. An answer without the list is none; an absent or
 * empty token ends it; an empty page with a token does not; a token that came before stops it.
 */
export async function readList(options: PageOptions): Promise<readonly unknown[]> {
  const most = options.maxPages ?? defaultPages;
  const entries: unknown[] = [];
  const seen = new Set<string>();
  let token: string | undefined;
  for (let page = 1; ; page += 1) {
    const body = await options.read(token);
    const list = body[options.list] ?? (options.omitted === true ? [] : undefined);
    if (!Array.isArray(list))
      throw new ReadFailure("malformed", `answered 200 without the list ${options.list}`);
    for (const entry of list) entries.push(entry);
    token = nextOf(body, options);
    if (token === undefined) return entries;
    if (seen.has(token))
      throw new ReadFailure(
        "incomplete",
        `page ${page} leads back to a page that was read before: the list never ends`,
      );
    if (page >= most)
      throw new ReadFailure("incomplete", `the list goes on after ${most} pages; reading stopped`);
    seen.add(token);
  }
}

/** As `readList`, of objects. */
export async function readObjects(options: PageOptions): Promise<readonly JsonObject[]> {
  const entries = await readList(options);
  const odd = entries.findIndex((entry) => !isObject(entry));
  if (odd >= 0) throw new ReadFailure("malformed", `entry ${odd} of ${options.list} is no object`);
  return entries as readonly JsonObject[];
}

/** As `readList`, of names. */
export async function readNames(options: PageOptions): Promise<readonly string[]> {
  const entries = await readList(options);
  const odd = entries.findIndex((entry) => typeof entry !== "string" || entry === "");
  if (odd >= 0) throw new ReadFailure("malformed", `entry ${odd} of ${options.list} is no name`);
  return entries as readonly string[];
}

function nextOf(body: JsonObject, { token, more }: PageOptions): string | undefined {
  const next = body[token];
  const named = typeof next === "string" && next !== "" ? next : undefined;
  if (more === undefined) return named;
  if (body[more] !== true) return undefined;
  if (named === undefined)
    throw new ReadFailure("incomplete", `the list goes on, but the answer has no ${token} to read on with`);
  return named;
}
