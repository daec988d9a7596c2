import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import { awsKinds } from "../../snapshot/kinds/aws.ts";
import type { AwsCall } from "../../snapshot/kinds/calls.ts";
import { visible } from "../../text/visible.ts";
import { WriteRefused } from "../http/guard.ts";
import { askedOf, isAddressOf, type WireRequest } from "./wire.ts";

/** Every call of the registry: all that may leave. */
const calls = Object.values(awsKinds).flatMap((source) => source.calls);

/**
 * The read-only guard, the last policy before the socket: a request passes only if it is one of the registry's calls,
 * by the service that it is signed for and by the operation that it names itself. With AWS a POST says nothing about
 * reading or writing, and a GET can name a write.
 * @param also reads beside those of the registry: those of usage, for a review
 */
export function awsReadOnlyGuard(also: readonly AwsCall[] = []): PipelinePolicy {
  return guard("awsReadOnlyGuard", (asked) =>
    [...calls, ...also].some(
      (call) =>
        call.service === asked.service &&
        (asked.operation === undefined
          ? isAddressOf(asked, call)
          : asked.method === "POST" && asked.operation === call.operation && call.path === undefined),
    ),
  );
}

const signIns: ReadonlySet<string> = new Set(["AssumeRole", "AssumeRoleWithWebIdentity"]);

/** Single sign-on: the credentials of a role, and a fresh token for them. */
const signInAddress = /^GET \/federation\/credentials$|^POST (?:\/v1)?\/token$/;

/** The guard for the SDK's own sign-in: it gets credentials and does nothing else. */
export function signInGuard(): PipelinePolicy {
  return guard("signInGuard", (asked) =>
    asked.operation === undefined
      ? signInAddress.test(`${asked.method} ${asked.path}`)
      : asked.method === "POST" && signIns.has(asked.operation),
  );
}

function guard(name: string, passes: (asked: WireRequest) => boolean): PipelinePolicy {
  return {
    name,
    sendRequest: async (request, next) => {
      const asked = askedOf(request);
      if (passes(asked)) return next(request);
      const what = visible(`${asked.service ?? "unsigned"} ${asked.operation ?? ""}`.trim()).slice(0, 100);
      throw new WriteRefused(
        `refused to send ${asked.method} ${visible(asked.path)} (${what}): this tool only reads`,
      );
    },
  };
}
