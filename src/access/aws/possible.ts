/** A point of the difference as a request that can be (AW14): its keys follow from one another and from who asks. */
import { fold } from "../fold.ts";
import type { AwsRequest } from "../policy.ts";
import { requestedTags } from "./keys.ts";

/**
 * The request, or one that differs from it only in what follows from the rest of it.
 * @param replays whether a request is allowed by the own side and denied by the other
 * @returns undefined where none of them replays
 */
export function possible(
  request: AwsRequest,
  replays: (request: AwsRequest) => boolean,
): AwsRequest | undefined {
  const arn = Object.entries(request.context ?? {}).find(([key]) => /^aws:PrincipalArn$/i.test(key))?.[1];
  // who has that ARN is the one who asks
  const named =
    request.principal !== undefined && typeof arn === "string" ? { ...request, principal: arn } : request;
  return [named, withTagKeys(named), withoutTags(named), request].find(replays);
}

/** The request with the keys of all tags that it brings. */
function withTagKeys(request: AwsRequest): AwsRequest {
  const context = request.context ?? {};
  const name = Object.keys(context).find((key) => /^aws:TagKeys$/i.test(key)) ?? "aws:TagKeys";
  const there = [context[name] ?? []].flat();
  const brought = requestedTags(Object.keys(context)).filter(
    (tag) => !there.some((t) => fold(t) === fold(tag)),
  );
  return { ...request, context: { ...context, [name]: [...there, ...brought] } };
}

/** The request with none of the tags whose keys it does not bring. */
function withoutTags(request: AwsRequest): AwsRequest {
  const { context = {}, ...bare } = request;
  const entries = Object.entries(context);
  const keys = entries.flatMap(([key, value]) =>
    /^aws:TagKeys$/i.test(key) ? [value].flat().map(fold) : [],
  );
  const kept = entries.filter(([key]) => requestedTags([key]).every((tag) => keys.includes(fold(tag))));
  return kept.length === 0 ? bare : { ...bare, context: Object.fromEntries(kept) };
}
