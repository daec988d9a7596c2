import { field, list, record, text } from "../../snapshot/value.ts";

/** Tags in the forms of EC2 and the tagging API (a list of pairs) and of EKS (an object). */
export function tagsOf(body: unknown): ReadonlyMap<string, string> {
  const tags = field(body, "Tags");
  const pairs = list(tags);
  if (pairs !== undefined) {
    return new Map(
      pairs.flatMap((pair) => {
        const key = text(field(pair, "Key"));
        const value = field(pair, "Value");
        return key === undefined ? [] : [[key, typeof value === "string" ? value : ""] as const];
      }),
    );
  }
  return new Map(
    Object.entries(record(tags) ?? {}).map(([key, value]) => [key, typeof value === "string" ? value : ""]),
  );
}

/** The value of a tag. Keys compare in any case, as condition keys do (AW7). */
export function tagValue(tags: ReadonlyMap<string, string>, key: string): string | undefined {
  const exact = tags.get(key);
  if (exact !== undefined) return exact;
  const wanted = key.toLowerCase();
  for (const [name, value] of tags) if (name.toLowerCase() === wanted) return value;
  return undefined;
}

/** What a person calls a resource: its Name tag, else its id. */
export function taggedName(body: unknown, id: string): string {
  const name = tagsOf(body).get("Name");
  return name === undefined || name === "" ? id : name;
}
