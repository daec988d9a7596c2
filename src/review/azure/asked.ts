import { field, list, texts } from "../../snapshot/value.ts";
import { ASSIGNMENT, DEFINITION } from "../../state/azure/documented.ts";
import { byText } from "../../text/order.ts";
import { type Item, names, type Text } from "../card/blocks.ts";
import { type Asked, type Both, type Holder, valueOr } from "../card/holder.ts";

interface Permissions {
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
  readonly notDataActions?: readonly string[];
}

/** Who is to hold which roles of Azure: the principals that controls name, each with its roles. */
export function azureHolders(controls: readonly Both[]): readonly Holder[] {
  const own = controls.filter(({ control: { check } }) =>
    [DEFINITION, ASSIGNMENT, "azure/directory-role"].includes(check),
  );
  const keys = [...new Set(own.map((each) => keyOf(each, controls)))];
  return keys.map((key) =>
    holderOf(
      key,
      own.filter((each) => keyOf(each, controls) === key),
    ),
  );
}

function many(value: unknown, name: string): readonly unknown[] {
  return list(field(value, name)) ?? [];
}

/** The principal of a control as the file writes it: its own, or that of the control that assigns or sums its role. */
function keyOf({ control }: Both, controls: readonly Both[]): string {
  const of = (each: Both | undefined) => field(each?.control.with, "principal");
  if (control.check === "azure/directory-role")
    return JSON.stringify(["deployer", field(control.with, "deployer")]);
  if (control.check === ASSIGNMENT) return JSON.stringify(["principal", of({ control } as Both)]);
  const role = field(control.with, "role");
  const assigned = controls.find(
    (each) =>
      each.control.check === ASSIGNMENT &&
      many(each.control.with, "roles").some(
        (r) => String(field(r, "name")).toLowerCase() === String(role).toLowerCase(),
      ),
  );
  const summed = controls.find(
    (each) =>
      each.control.check === "azure/effective-access" &&
      ["required", "optional"].some((name) => texts(field(each.control.with, name)).includes(control.id)),
  );
  const found = assigned ?? summed;
  return JSON.stringify(found === undefined ? ["role", role] : ["principal", of(found)]);
}

function holderOf(key: string, own: readonly Both[]): Holder {
  const [kind, name] = JSON.parse(key) as [string, string | null];
  const who: Text =
    kind === "role"
      ? ["whoever is given the role ", { code: String(name) }]
      : kind === "deployer"
        ? ["whoever sets it up", ...(name === null ? [] : valueOr(name))]
        : ["the principal that is audited", ...(name === null ? [] : valueOr(name))];
  const defined = own.filter(({ control }) => control.check === DEFINITION);
  const documented = new Set(defined.map(({ control }) => String(field(control.with, "role")).toLowerCase()));
  const permissions = defined.flatMap(
    ({ resolved }) => many(resolved.with, "permissions") as readonly Permissions[],
  );
  const byName = own.flatMap(({ control, resolved }): readonly Text[] => {
    if (control.check === "azure/directory-role")
      return [
        ["the role ", { code: String(field(field(resolved.with, "role"), "name")) }, " in the directory"],
      ];
    if (control.check !== ASSIGNMENT) return [];
    return many(resolved.with, "roles")
      .map((role) => String(field(role, "name")))
      .filter((role) => !documented.has(role.toLowerCase()))
      .map((role) => ["the built-in role ", { code: role }, ...scopeOf(resolved.with)]);
  });
  const data = permissions.some(({ dataActions = [] }) => dataActions.length > 0);
  return {
    provider: "azure",
    key,
    who,
    asked: own.map(askedOf),
    documents: permissions.length === 0 ? [] : [{ permissions }],
    options: {},
    byName,
    cannot: [
      ...(data || permissions.length === 0 || byName.length > 0
        ? []
        : [
            [
              "do anything on the data plane: no ",
              { code: "dataActions" },
              " are asked for. What hands out keys on the control plane stands above.",
            ],
          ]),
    ],
  };
}

function scopeOf(params: unknown): Text {
  const scope = field(params, "scope");
  return typeof scope === "string" ? [" at ", { code: scope }] : [];
}

function askedOf({ control, resolved }: Both): Asked {
  if (control.check === DEFINITION) {
    const groups = many(resolved.with, "permissions") as readonly Permissions[];
    return {
      control: control.id,
      grants: groups.flatMap((group) => [
        ...byProvider(group.actions ?? []),
        ...exceptOf(group.notActions ?? []),
        ...byProvider(group.dataActions ?? []).map(({ text, items }) => ({
          text: [...text, " (data plane)"],
          ...(items === undefined ? {} : { items }),
        })),
        ...exceptOf(group.notDataActions ?? []),
      ]),
    };
  }
  const roles =
    control.check === ASSIGNMENT
      ? many(resolved.with, "roles").map((role) => String(field(role, "name")))
      : [String(field(field(resolved.with, "role"), "name"))];
  const where = control.check === ASSIGNMENT ? scopeOf(resolved.with) : [" in the directory"];
  return {
    control: control.id,
    grants: roles.map((role) => ({ text: ["hold the role ", { code: role }, ...where] })),
  };
}

function exceptOf(patterns: readonly string[]): readonly Item[] {
  return patterns.length === 0 ? [] : [{ text: ["but not ", ...names(patterns)] }];
}

/** How the last part of an operation reads; `action` takes the part before it along. */
const VERBS: Readonly<Record<string, string>> = {
  "*": "do anything with",
  read: "read",
  write: "make and change",
  delete: "delete",
};

/** Patterns of operations in words: by resource provider, then by what is done, then on what. */
function byProvider(patterns: readonly string[]): readonly Item[] {
  const providers = new Map<string, Map<string, string[]>>();
  for (const pattern of patterns) {
    const [provider = pattern, ...rest] = pattern.split("/");
    const last = rest.at(-1)?.toLowerCase() ?? "";
    const verb = VERBS[last];
    const [word, on] =
      rest.length < 2 && last === "*"
        ? ["do anything there is", ""]
        : verb === undefined || rest.length < 2
          ? ["call", rest.join("/")]
          : [verb, rest.slice(0, -1).join("/")];
    const words = providers.get(provider) ?? new Map<string, string[]>();
    providers.set(provider, words);
    words.set(word, [...(words.get(word) ?? []), on]);
  }
  return [...providers]
    .sort(([a], [b]) => byText(a, b))
    .map(([provider, words]) => ({
      text: [{ code: provider }],
      items: [...words].map(([word, on]) => ({
        text: on.every((each) => each === "") ? [word] : [`${word} `, ...names(on)],
      })),
    }));
}
