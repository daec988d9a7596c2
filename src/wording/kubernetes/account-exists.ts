import type { Resource } from "../../report/report.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { type Account, accountId } from "../../state/kubernetes/subject.ts";
import { placeOf } from "../../state/kubernetes/value.ts";
import { command } from "../../text/command.ts";
import { didYouMean } from "../../text/nearest.ts";
import type { Observation } from "../observation.ts";

export function accountResource(account: Account): Resource {
  return { type: "ServiceAccount", id: accountId(account), name: account.name };
}

/** Whether an account is there; `undefined` when accounts could not be listed. */
export function accountExists(facts: Facts, account: Account): boolean | undefined {
  const found = facts.all("kubernetes/service-account").some(({ id, body }) => {
    const { name, namespace } = placeOf(id, body);
    return name === account.name && namespace === account.namespace;
  });
  return found || facts.unread("kubernetes/service-account").length === 0 ? found : undefined;
}

function accountsThere(facts: Facts): readonly string[] {
  return facts.all("kubernetes/service-account").flatMap(({ id, body }) => {
    const { name, namespace } = placeOf(id, body);
    return name === undefined || namespace === undefined ? [] : [accountId({ name, namespace })];
  });
}

/** A named account of which nobody can say whether it is there. */
export function unknownWhetherThere(account: Account, facts: Facts, at: string): Observation {
  const unread = facts.unread("kubernetes/service-account")[0];
  const why = unread === undefined ? "" : `: ${unread.api}: ${unread.detail}`;
  return {
    kind: "unknown",
    resource: accountResource(account),
    message: `whether service account ${accountId(account)} exists is not known${why}`,
    property: "account",
    at,
    decide:
      unread?.permission === undefined
        ? "read the service accounts with an identity that may list them"
        : `grant the scanner ${unread.permission}`,
  };
}

/** What the report must say where accounts that nobody named could not be listed: it changes no verdict. */
export function unlistedAccounts(facts: Facts): string {
  const unread = facts.unread("kubernetes/service-account")[0];
  return `service accounts could not be listed (${unread?.api ?? "not collected"}: ${unread?.detail ?? ""}): whether those that the bindings name exist is not told, and no verdict hangs on it`;
}

/** An account that is not there: drift, whatever `--fail-on` asks for, when the user named it, else a note about the binding that does. */
export function missingAccount(facts: Facts, account: Account, given: boolean, at: string): Observation {
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
    named: true,
    message: `${who} does not exist${didYouMean(accountId(account), accountsThere(facts))}: nothing can run as it, and whoever may create it gets what is bound to it`,
    expected: accountId(account),
    actual: null,
    verify: command("kubectl", "get", "serviceaccount", account.name, "-n", account.namespace),
    remediation: {
      text: "Name the service account that the vendor's software runs as, or create it.",
      commands: [command("kubectl", "create", "serviceaccount", account.name, "-n", account.namespace)],
    },
  };
}
