import type { Provider } from "../access/policy.ts";
import type { Finding, Group } from "./report.ts";

const KINDS = {
  aws: "policy",
  azure: "assignment",
  kubernetes: "binding",
} as const satisfies Record<Provider, Group["kind"]>;

/** What a person would change to mend a finding: all that gives it; the resource itself where nothing does. */
export function groupOf(
  { causes = [], resource, remediation }: Pick<Finding, "causes" | "resource" | "remediation">,
  cloud: Provider,
): Group {
  if (causes.length === 0) {
    const [command] = remediation?.commands ?? [];
    return {
      kind: "resource",
      id: resource.id,
      name: resource.name === "" ? resource.id : resource.name,
      ...(command === undefined ? {} : { command }),
    };
  }
  const sorted = causes.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const [command] = causes.flatMap(({ commands }) => commands ?? []);
  return {
    kind: KINDS[cloud],
    id: sorted.map(({ id }) => id).join(" and "),
    name: sorted.map(({ text }) => text).join(" and "),
    ...(command === undefined ? {} : { command }),
  };
}
