import type { Baseline } from "../baselines/baseline.ts";
import type { Facts } from "../snapshot/facts.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { field, text } from "../snapshot/value.ts";

/**
 * Values of a baseline's parameters that the recorded state tells: AWS's account, by whoever asked, else by the scope, and
 * its region; and what a flag names that is part of a scope (subscription, namespace), so that a scope which was named and
 * the same one that was found or recorded get the same verdict. What the user gives has precedence.
 */
export function derivedParameters(
  baseline: Baseline,
  snapshot: Snapshot,
  facts: Facts,
): Readonly<Record<string, string>> {
  const { from, flag } = told(snapshot, facts);
  return Object.fromEntries(
    Object.entries(baseline.parameters).flatMap(([name, parameter]) => {
      const value =
        parameter.default === undefined && parameter.flag !== undefined && Object.hasOwn(flag, parameter.flag)
          ? flag[parameter.flag]
          : parameter.from === undefined
            ? undefined
            : from[parameter.from];
      return value === undefined || value === "" ? [] : [[name, value]];
    }),
  );
}

interface Told {
  /** By what a parameter is taken from. */
  readonly from: { readonly account?: string; readonly region?: string };
  /** By the flag of a parameter. */
  readonly flag: Readonly<Record<string, string>>;
}

function told({ provider, scope }: Snapshot, facts: Facts): Told {
  if (provider === "aws") {
    const [account = "", region = ""] = scope.split("/");
    const asked = facts.all("aws/caller-identity").map(({ body }) => text(field(body, "Account")))[0];
    return { from: { account: asked ?? account, region }, flag: {} };
  }
  if (provider === "azure") {
    const id = /^\/subscriptions\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\/|$)/i.exec(scope)?.[1];
    return { from: {}, flag: id === undefined ? {} : { subscription: id } };
  }
  // of a cluster that could not be identified the scope is the server's address, which may have a path
  const namespace = facts.all("kubernetes/cluster").length > 0 ? scope.split("/")[1] : undefined;
  return { from: {}, flag: namespace === undefined ? {} : { namespace } };
}
