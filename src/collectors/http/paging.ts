import { visible } from "../../text/visible.ts";
import { itemsOf, type JsonObject } from "./answer.ts";
import { ReadFailure } from "./failure.ts";

/** Most pages of one list; far more than a subscription can fill, so that an endless list ends. */
const defaultPages = 2_000;

export interface PagingOptions {
  readonly endpoint: URL;
  /** Reads a page by its link. */
  readonly follow: (link: URL) => Promise<JsonObject>;
  readonly maxPages?: number;
  /** The member that leads on; `nextLink` when absent. */
  readonly link?: "nextLink" | "@odata.nextLink";
}

/**
 * All items of a list, over all its pages. A list is read completely or not at all: whatever stops it throws
 * `ReadFailure`, so that half a list never looks like a whole one. An empty or absent `nextLink` ends it; an empty
 * page with a link does not. A link that came before, or that leads off the provider's address, stops it.
 */
export async function readPages(
  first: () => Promise<JsonObject>,
  options: PagingOptions,
): Promise<readonly JsonObject[]> {
  const most = options.maxPages ?? defaultPages;
  const items: JsonObject[] = [];
  const seen = new Set<string>();
  let body = await first();
  for (let page = 1; ; page += 1) {
    for (const item of itemsOf(body)) items.push(item);
    const link = nextLinkOf(body, options);
    if (link === undefined) return items;
    if (seen.has(link.href))
      throw new ReadFailure(
        "incomplete",
        `page ${page} links back to a page that was read before: the list never ends`,
      );
    if (page >= most)
      throw new ReadFailure("incomplete", `the list goes on after ${most} pages; reading stopped`);
    seen.add(link.href);
    body = await options.follow(link);
  }
}

function nextLinkOf(body: JsonObject, { endpoint, link: name = "nextLink" }: PagingOptions): URL | undefined {
  const nextLink = body[name];
  if (nextLink === undefined || nextLink === null || nextLink === "") return undefined;
  if (typeof nextLink !== "string" || !URL.canParse(nextLink))
    throw new ReadFailure("malformed", "the link to the next page is not an address");
  const link = new URL(nextLink);
  if (link.origin !== endpoint.origin || link.username !== "" || link.password !== "")
    throw new ReadFailure(
      "incomplete",
      `the next page is said to be at ${visible(link.origin)}, which is not ${endpoint.origin}; not followed, a token must not go there`,
    );
  return link;
}
