import { field, record, text, textList } from "../../snapshot/value.ts";
import { statementsOf } from "../../state/aws/document.ts";
import { POLICY } from "../../state/aws/documented.ts";
import { byText } from "../../text/order.ts";
import { type Item, names, type Text } from "../card/blocks.ts";
import { type Asked, type Both, type Holder, parameterOf, valueOr } from "../card/holder.ts";

const TRUST = "aws/trust-policy";
const ENTRY = "aws/eks-access-entry";

interface Workload {
  readonly name: string;
  readonly actions?: readonly string[];
  readonly onZone?: readonly string[];
  readonly oneOf?: readonly string[];
}

/** Who is to hold which policies of AWS: roles by name, roles behind service accounts, workloads that act by themselves. */
export function awsHolders(controls: readonly Both[]): readonly Holder[] {
  const own = controls.filter(({ control: { check } }) => [POLICY, TRUST, ENTRY].includes(check));
  const ofRoles = own.filter((each) => workloadsOf(each).length === 0);
  const keys = [...new Set(ofRoles.map(keyOf))];
  const roles = keys.map((key) =>
    roleHolder(
      key,
      ofRoles.filter((each) => keyOf(each) === key),
    ),
  );
  return [
    ...roles,
    ...own.flatMap((each) => workloadsOf(each).map((workload) => workloadHolder(workload, each))),
  ];
}

function workloadsOf({ resolved }: Both): readonly Workload[] {
  const workloads = field(resolved.with, "workloads");
  return Array.isArray(workloads) ? (workloads as readonly Workload[]) : [];
}

/** The role as the file writes it. */
function keyOf({ control }: Both): string {
  const account = field(control.with, "serviceAccount");
  return account === undefined
    ? JSON.stringify(["role", field(control.with, "role") ?? null])
    : JSON.stringify(["account", account]);
}

function roleHolder(key: string, own: readonly Both[]): Holder {
  const [kind, name] = JSON.parse(key) as [string, string | null];
  const given = name === null ? [] : valueOr(name);
  const who: Text =
    kind === "account"
      ? ["the role behind the service account", ...given]
      : ["an IAM role in your account", ...given];
  const policies = own.flatMap(({ control, resolved }) => {
    const policy = control.check === POLICY ? field(resolved.with, "policy") : undefined;
    return policy === undefined ? [] : [anyValue(policy)];
  });
  return {
    provider: "aws",
    key,
    who,
    asked: own.map(askedOf),
    documents: policies,
    options: { holder: "role" },
    byName: own.flatMap(({ control, resolved }): readonly Text[] =>
      control.check === ENTRY
        ? [["the policy ", { code: text(field(resolved.with, "policy")) ?? "" }, " of EKS in the cluster"]]
        : [],
    ),
    cannot: [],
  };
}

function workloadHolder(workload: Workload, { control }: Both): Holder {
  const { name, actions = [], onZone = [], oneOf = [] } = workload;
  const grants = [
    ...(actions.length === 0 ? [] : [{ text: names(actions) }]),
    ...(onZone.length === 0 ? [] : [{ text: ["on the hosted zone: ", ...names(onZone)] }]),
    ...(oneOf.length === 0 ? [] : [{ text: ["one of ", ...names(oneOf)] }]),
  ];
  return {
    provider: "aws",
    key: JSON.stringify(["workload", control.id, name]),
    who: ["the role of the workload ", { code: name }],
    asked: [{ control: control.id, grants }],
    documents: [
      {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: [...actions, ...onZone, ...oneOf], Resource: "*" }],
      },
    ],
    options: { holder: "role" },
    byName: [],
    cannot: [],
  };
}

/** The document with any value at the place of a parameter that was not given: of a card nobody has given one. */
function anyValue(value: unknown): unknown {
  if (typeof value === "string") return value.replace(/\$\{[A-Za-z_]\w*\}/g, "*");
  if (Array.isArray(value)) return value.map(anyValue);
  const object = record(value);
  return object === undefined
    ? value
    : Object.fromEntries(Object.entries(object).map(([key, each]) => [key, anyValue(each)]));
}

function askedOf({ control, resolved }: Both): Asked {
  const grants = (): readonly Item[] => {
    if (control.check === ENTRY)
      return [
        {
          text: [
            "hold the policy ",
            { code: text(field(resolved.with, "policy")) ?? "" },
            " of EKS in the cluster",
          ],
        },
      ];
    const policy = field(resolved.with, "policy");
    if (control.check === TRUST && policy === undefined)
      return [
        {
          text: [
            "be entered by pods of the service account ",
            { code: text(field(resolved.with, "serviceAccount")) ?? "" },
          ],
        },
      ];
    return statementsOf(policy).map((statement) =>
      control.check === TRUST ? trustItem(statement) : statementItem(statement, resolved.with),
    );
  };
  return { control: control.id, grants: grants() };
}

type Statement = Readonly<Record<string, unknown>>;

function conditionsOf(statement: Statement): Text {
  const operators = record(statement["Condition"]) ?? {};
  const all = Object.entries(operators).flatMap(([operator, keys]) =>
    Object.entries(record(keys) ?? {}).map(([key, value]) => {
      const values = textList(value).map((each) => {
        const parameter = parameterOf(each);
        return parameter === undefined ? each : `(--set ${parameter})`;
      });
      return `${operator} ${key} = ${values.join(" or ")}`;
    }),
  );
  return all.length === 0 ? [] : [", only where ", ...names(all)];
}

function trustItem(statement: Statement): Item {
  const principal = statement["Principal"];
  const whom =
    typeof principal === "string"
      ? [principal]
      : Object.values(record(principal) ?? {}).flatMap((each) => textList(each));
  return {
    text: [
      deny(statement) ? "not be entered by " : "be entered by ",
      ...names(whom),
      " (",
      ...names(textList(statement["Action"])),
      ")",
      ...conditionsOf(statement),
    ],
  };
}

function deny(statement: Statement): boolean {
  return statement["Effect"] === "Deny";
}

/** A statement: on what, under which conditions; in it a line for each service. */
function statementItem(statement: Statement, params: unknown): Item {
  const [resources, except] = [textList(statement["Resource"]), textList(statement["NotResource"])];
  const anywhere = resources.length === 1 && resources[0] === "*";
  const on: Text =
    field(params, "resources") === "any"
      ? ["on whatever resources (the page names none)"]
      : except.length > 0
        ? ["on everything but ", ...names(except)]
        : anywhere
          ? ["on every resource of the account"]
          : ["on ", ...names(resources)];
  const others = textList(statement["NotAction"]);
  return {
    text: [deny(statement) ? "it is denied, " : "", ...on, ...conditionsOf(statement)],
    items:
      others.length > 0
        ? [{ text: ["everything but ", ...names(others)] }]
        : byService(textList(statement["Action"])),
  };
}

function byService(actions: readonly string[]): readonly Item[] {
  const services = new Map<string, string[]>();
  for (const action of actions) {
    const at = action.indexOf(":");
    const [service, name] = at < 0 ? [action, ""] : [action.slice(0, at), action.slice(at + 1)];
    services.set(service, [...(services.get(service) ?? []), name]);
  }
  const whole = [...services].filter(([, each]) => each.includes("*")).map(([service]) => service);
  const rest = [...services].filter(([service]) => !whole.includes(service));
  return [
    ...(whole.length === 0 ? [] : [{ text: ["do everything in ", ...names([...whole].sort(byText))] }]),
    ...rest
      .sort(([a], [b]) => byText(a, b))
      .map(([service, each]) => ({
        text: each.every((name) => name === "")
          ? [{ code: service }]
          : [{ code: service }, ": ", ...names([...new Set(each)])],
      })),
  ];
}
