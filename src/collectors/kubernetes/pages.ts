import { isObject, type JsonObject } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";
import type { Get } from "./http.ts";

/** Only metadata, of things whose contents are none of our business. */
const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** Most pages of one list; far more than a cluster can fill, so that an endless list ends. */
const mostPages = 2_000;

/** How often a list whose token has ended is read again from its start. */
const mostRestarts = 2;

export interface ListOptions {
  readonly path: string;
  /** What the list is of: `Role`; absent: of whatever it says. */
  readonly of?: string;
  readonly metadataOnly: boolean;
  /** Entries of one page. */
  readonly limit: number;
  /** What stands in the query beside what pages the list. */
  readonly query?: Readonly<Record<string, string>>;
}

/**
 * All entries of a list over all its pages, completely or not at all: whatever stops it throws `ReadFailure`. When the
 * server has forgotten the state that the pages were of (410), the list is read again from its start, twice at most,
 * and what was read before is thrown away.
 */
export async function readClusterList(get: Get, options: ListOptions): Promise<readonly JsonObject[]> {
  for (let restart = 0; ; restart += 1) {
    try {
      return await readPages(get, options);
    } catch (error) {
      if (!(error instanceof ReadFailure) || error.status !== 410) throw error;
      if (restart < mostRestarts) continue;
      throw new ReadFailure(
        "incomplete",
        `the list changed too fast: its pages ended ${mostRestarts + 1} times before they were read (${error.message})`,
        { status: 410 },
      );
    }
  }
}

async function readPages(get: Get, options: ListOptions): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  const seen = new Set<string>();
  const accept = options.metadataOnly ? { accept: metadataOnly } : {};
  let token: string | undefined;
  for (let page = 1; ; page += 1) {
    const query = {
      ...options.query,
      limit: String(options.limit),
      ...(token === undefined ? {} : { continue: token }),
    };
    const body = await get(options.path, { ...accept, query });
    for (const item of itemsOf(body, options)) items.push(item);
    token = tokenOf(body);
    if (token === undefined) return items;
    if (seen.has(token))
      throw new ReadFailure(
        "incomplete",
        `page ${page} leads back to a page that was read before: the list never ends`,
      );
    if (page >= mostPages)
      throw new ReadFailure("incomplete", `the list goes on after ${mostPages} pages; reading stopped`);
    seen.add(token);
  }
}

/** A list without entries is `null` in Go's words. */
function itemsOf(body: JsonObject, { of, metadataOnly }: ListOptions): readonly JsonObject[] {
  const told = typeof body["kind"] === "string" && body["kind"].endsWith("List") ? body["kind"] : "list";
  const kind = metadataOnly ? "PartialObjectMetadataList" : of === undefined ? told : `${of}List`;
  if (body["kind"] !== kind)
    throw new ReadFailure("malformed", `answered 200 with something else than a ${kind}`, { status: 200 });
  const items = body["items"] === null ? [] : body["items"];
  if (!Array.isArray(items))
    throw new ReadFailure("malformed", `answered 200 with a ${kind} without a list of items`, {
      status: 200,
    });
  const odd = items.findIndex((item) => !isObject(item) || nameOf(item) === undefined);
  if (odd >= 0)
    throw new ReadFailure("malformed", `item ${odd} of the ${kind} is no object with a name`, {
      status: 200,
    });
  return items as readonly JsonObject[];
}

/** The name in an object's metadata. */
export function nameOf(item: JsonObject): string | undefined {
  const name = isObject(item["metadata"]) ? item["metadata"]["name"] : undefined;
  return typeof name === "string" && name !== "" ? name : undefined;
}

/** An empty or absent token ends the list, unless the server says that more remains. */
function tokenOf(body: JsonObject): string | undefined {
  const metadata = isObject(body["metadata"]) ? body["metadata"] : {};
  const { continue: token, remainingItemCount: remaining } = metadata;
  if (token !== undefined && token !== null && typeof token !== "string")
    throw new ReadFailure("malformed", "the token for the next page is no text", { status: 200 });
  if (token) return token;
  if (typeof remaining === "number" && remaining > 0)
    throw new ReadFailure("incomplete", `the list ended although ${remaining} entries remain`);
  return undefined;
}
