import type { Baseline } from "./baselines/baseline.ts";
import { field, text } from "./checks/arm/value.ts";
import type { Facts } from "./checks/define.ts";
import type { Snapshot } from "./snapshot/snapshot.ts";

/**
 * Values of a baseline's parameters that the recorded state tells: the account, by whoever asked, else by the scope;
 * the region, by the scope. What the user gives has precedence.
 */
export function derivedParameters(
  baseline: Baseline,
  snapshot: Snapshot,
  facts: Facts,
): Readonly<Record<string, string>> {
  if (snapshot.provider !== "aws") return {};
  const [account = "", region = ""] = snapshot.scope.split("/");
  const told = facts.all("aws/caller-identity").map(({ body }) => text(field(body, "Account")))[0];
  const known = { account: told ?? account, region };
  return Object.fromEntries(
    Object.entries(baseline.parameters).flatMap(([name, { from }]) => {
      const value = from === undefined ? "" : known[from];
      return value === "" ? [] : [[name, value]];
    }),
  );
}
