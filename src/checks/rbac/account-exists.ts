import type { Resource } from "../../report/report.ts";
import { command } from "../arm/command.ts";
import type { Facts, Observation } from "../define.ts";
import { type Account, accountId } from "./subject.ts";
import { placeOf } from "./value.ts";

export function accountResource(account: Account): Resource {
  return { type: "ServiceAccount", id: accountId(account), name: account.name };
}

/** Whether an account is there, as far as accounts could be listed. */
export function accountExists(facts: Facts, account: Account): boolean {
  if (facts.unread("kubernetes/service-account").length > 0) return true;
  return facts.all("kubernetes/service-account").some(({ id, body }) => {
    const { name, namespace } = placeOf(id, body);
    return name === account.name && namespace === account.namespace;
  });
}

/** An account that is not there: drift when the user named it, else a note about the binding that does. */
export function missingAccount(account: Account, given: boolean, at: string): Observation {
  const base = {
    drift: "absent",
    resource: accountResource(account),
    property: "account",
    at,
  } as const;
  const who = `service account ${accountId(account)}`;
  if (!given) {
    return {
      ...base,
      kind: "note",
      message: `${who}, which a binding of a documented role names, does not exist: whoever may create it gets its rights`,
    };
  }
  return {
    ...base,
    kind: "drift",
    severity: "low",
    message: `${who} does not exist: nothing can run as it, and whoever may create it gets what is bound to it`,
    expected: accountId(account),
    actual: null,
    verify: command("kubectl", "get", "serviceaccount", account.name, "-n", account.namespace),
    remediation: {
      text: "Name the service account that the vendor's software runs as, or create it.",
      commands: [command("kubectl", "create", "serviceaccount", account.name, "-n", account.namespace)],
    },
  };
}
