import { didYouMean } from "../text/nearest.ts";
import { pointerStep } from "../text/place.ts";
import type { Baseline, Control, Parameter, ResolvedControl } from "./baseline.ts";
import { namesOwnProfile, staysOpen } from "./control-references.ts";
import { found } from "./problem.ts";
import { referencesIn, replaceReferences, wholeReference } from "./references.ts";

/** A parameter or profile that the user gave and that the baseline cannot take. */
export class ParameterError extends Error {
  override readonly name = "ParameterError";
}

export interface Resolution {
  readonly controls: ResolvedControl[];
  /** The values in force, given or by default, in their normal form. */
  readonly parameters: Record<string, string>;
  /** Parameters that a control under this profile refers to and that have no value, sorted. */
  readonly unresolved: string[];
  /** The profile in force, when the baseline has profiles. */
  readonly profile?: string;
  /**
   * The JSON pointer in the baseline document (`/controls/3/with/permissions/1/actions/0`) of a pointer inside the
   * resolved `with` of a control. The two differ where something was left out. Nearest parent when it has none.
   */
  readonly sourceOf: (control: string, pointer: string) => string;
}

/**
 * Puts parameters into a baseline's controls and leaves out what belongs to another profile. A reference that is a
 * whole value and not given is left out; a part of one becomes `*` (`/subscriptions/*` for a scope, so that the
 * segments still line up); in a policy of AWS and in a list
 * of accounts it stays for the check to bind. A list fills the value, or is spliced into the list in which it stands.
 * @throws ParameterError for an unknown name or profile, or a value of the wrong form
 */
export function resolveControls(
  baseline: Baseline,
  given: Readonly<Record<string, string>>,
  profile?: string,
): Resolution {
  const parameters = checkedParameters(baseline, given);
  const chosen = chosenProfile(baseline, profile);
  const kept = baseline.controls.filter(
    (control) => control.profile === undefined || control.profile === chosen,
  );
  const leftOut = new Set(baseline.controls.filter((control) => !kept.includes(control)).map(({ id }) => id));
  const sources = new Map<string, ReadonlyMap<string, string>>();
  const unresolved = new Set<string>();
  const controls = kept.map((control): ResolvedControl => {
    const source = `/controls/${baseline.controls.indexOf(control)}/with`;
    const filled = fill(control, source, { baseline, parameters, profile: chosen, leftOut });
    sources.set(control.id, filled.sources);
    for (const name of filled.unresolved) unresolved.add(name);
    return {
      id: control.id,
      check: control.check,
      optional: control.optional ?? false,
      ...(control.profile === undefined ? {} : { profile: control.profile }),
      with: filled.value,
      unresolved: filled.unresolved,
    };
  });
  return {
    controls,
    parameters,
    unresolved: [...unresolved].sort(),
    ...(chosen === undefined ? {} : { profile: chosen }),
    sourceOf: (control, pointer) => {
      const known = sources.get(control);
      for (let rest = pointer; rest !== ""; rest = rest.slice(0, rest.lastIndexOf("/"))) {
        const source = known?.get(rest);
        if (source !== undefined) return source;
      }
      return known?.get("") ?? "";
    },
  };
}

/** What of the parameters and the profile of a run is one baseline's. */
export interface Dealt {
  readonly given: Readonly<Record<string, string>>;
  readonly profile?: string;
}

/**
 * Deals out what the user gave to the baselines of one run: each gets the parameters that it declares, and the
 * profile when it has it.
 * @throws ParameterError for a name or profile that no baseline knows
 */
export function dealOut(
  baselines: readonly Baseline[],
  given: Readonly<Record<string, string>>,
  profile?: string,
): readonly Dealt[] {
  const declared = new Set(baselines.flatMap((baseline) => Object.keys(baseline.parameters)));
  for (const name of Object.keys(given)) {
    if (!declared.has(name)) throw unknownParameter(name, [...declared], baselines);
  }
  const profiles = [...new Set(baselines.flatMap(profileNames))];
  if (profile !== undefined && !profiles.includes(profile))
    throw unknownProfile(profile, profiles, baselines);
  return baselines.map((baseline) => ({
    given: Object.fromEntries(
      Object.entries(given).filter(([name]) => Object.hasOwn(baseline.parameters, name)),
    ),
    ...(profile !== undefined && profileNames(baseline).includes(profile) ? { profile } : {}),
  }));
}

function profileNames(baseline: Baseline): string[] {
  return Object.keys(baseline.profiles?.names ?? {});
}

function chosenProfile(baseline: Baseline, profile: string | undefined): string | undefined {
  if (profile === undefined) return baseline.profiles?.default;
  const known = profileNames(baseline);
  if (!known.includes(profile)) throw unknownProfile(profile, known, [baseline]);
  return profile;
}

function unknownProfile(
  name: string,
  known: readonly string[],
  baselines: readonly Baseline[],
): ParameterError {
  const has = known.length === 0 ? "has no profiles" : `has ${known.join(", ")}`;
  return new ParameterError(
    `unknown profile ${found(name)}: ${idsOf(baselines)} ${has}${didYouMean(name, known)}`,
  );
}

function unknownParameter(
  name: string,
  known: readonly string[],
  baselines: readonly Baseline[],
): ParameterError {
  const has = known.length === 0 ? "has no parameters" : `has ${known.join(", ")}`;
  return new ParameterError(
    `unknown parameter ${found(name)}: ${idsOf(baselines)} ${has}${didYouMean(name, known)}`,
  );
}

function idsOf(baselines: readonly Baseline[]): string {
  return baselines.map(({ id, version }) => `${id}@${version}`).join(", ");
}

function checkedParameters(
  baseline: Baseline,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const known = Object.keys(baseline.parameters);
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(baseline.parameters, name)) throw unknownParameter(name, known, [baseline]);
  }
  const values: Record<string, string> = {};
  for (const [name, parameter] of Object.entries(baseline.parameters)) {
    const value = Object.hasOwn(given, name) ? given[name] : parameter.default;
    if (value === undefined) continue;
    const normal = normalise(name, parameter, value);
    requireForm(baseline, name, parameter, normal);
    values[name] = normal;
  }
  return values;
}

/** Names of Kubernetes (RFC 1123): of a namespace a label, of a service account labels with dots between. */
const LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
const NAMESPACE = new RegExp(`^${LABEL}$`);
const ACCOUNT = new RegExp(`^(?:${LABEL}/)?${LABEL}(?:\\.${LABEL})*$`);

/** What a name of Kubernetes cannot be is a slip of the pen, and would read as drift from end to end. */
function requireForm(baseline: Baseline, name: string, parameter: Parameter, value: string): void {
  const items = parameter.type === "list" ? listItems(value) : [value];
  const refuse = (expected: string, item: string): never => {
    const flag = parameter.flag === undefined ? "" : ` (--${parameter.flag})`;
    throw new ParameterError(`parameter ${name}${flag}: expected ${expected}, found ${found(item)}`);
  };
  for (const item of items) {
    if (parameter.flag === "namespace" && !NAMESPACE.test(item))
      refuse("the name of a namespace (lower-case letters, digits and -)", item);
    if (!ACCOUNT.test(item) && baseline.controls.some((control) => namesAccount(control.with, name)))
      refuse("a service account, NAME or NAMESPACE/NAME (lower-case letters, digits, - and .)", item);
  }
}

/** Whether a parameter stands for a service account somewhere in a control's `with`. */
export function namesAccount(value: unknown, name: string): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(
    ([key, inner]) =>
      (/^serviceAccounts?$/.test(key) && [inner].flat().includes(`\${${name}}`)) || namesAccount(inner, name),
  );
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A value in its normal form, by type: ids in lower case, scopes without a trailing slash, lists without blanks. */
function normalise(name: string, parameter: Parameter, value: string): string {
  const text = value.trim();
  const refuse = (expected: string): never => {
    const flag = parameter.flag === undefined ? "" : ` (--${parameter.flag})`;
    throw new ParameterError(`parameter ${name}${flag}: expected ${expected}, found ${found(value)}`);
  };
  if (text === "") return refuse("a value");
  if (/[\u0000-\u001f\u007f]/.test(text)) return refuse("text without control characters");
  switch (parameter.type) {
    case "string":
    case "file":
      return text;
    case "uuid":
      return UUID.test(text)
        ? text.toLowerCase()
        : refuse("an id such as 00000000-0000-0000-0000-000000000000");
    case "scope": {
      if (UUID.test(text)) return `/subscriptions/${text.toLowerCase()}`;
      if (text === "/") return text;
      const scope = text.replace(/\/$/, "");
      return /^(\/[^/\s]+)+$/.test(scope)
        ? scope
        : refuse("a scope that starts with / or a subscription's id");
    }
    case "list": {
      const items = listItems(text);
      return items.length > 0 ? items.join(",") : refuse("values separated by commas");
    }
  }
}

function listItems(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

interface Filling {
  readonly baseline: Baseline;
  readonly parameters: Readonly<Record<string, string>>;
  readonly profile: string | undefined;
  /** Ids of controls of another profile. */
  readonly leftOut: ReadonlySet<string>;
}

interface Filled {
  readonly value: unknown;
  readonly unresolved: string[];
  /** Pointer in the resolved `with` → pointer in the document. */
  readonly sources: ReadonlyMap<string, string>;
}

/** What stands in place of a value: nothing, the items of a list parameter, or a value. */
type Put =
  | { readonly kind: "nothing" }
  | { readonly kind: "items"; readonly items: readonly string[] }
  | { readonly kind: "value"; readonly value: unknown };

const NOTHING: Put = { kind: "nothing" };

function fill(control: Control, origin: string, filling: Filling): Filled {
  const { baseline, parameters, profile, leftOut } = filling;
  const unresolved = new Set<string>();
  const sources = new Map<string, string>();

  // Own properties only: a parameter may be called like a method that every object has.
  const given = (name: string) => (Object.hasOwn(parameters, name) ? parameters[name] : undefined);
  const typeOf = (name: string) =>
    Object.hasOwn(baseline.parameters, name) ? baseline.parameters[name]?.type : undefined;

  const text = (value: string, open: boolean): Put => {
    for (const name of referencesIn(value)) if (given(name) === undefined) unresolved.add(name);
    const whole = wholeReference(value);
    if (open && (whole === undefined || given(whole) === undefined)) {
      const kept = (name: string) => given(name) ?? `\${${name}}`;
      return { kind: "value", value: replaceReferences(value, kept) };
    }
    if (whole === undefined) {
      const anything = (name: string) => (typeOf(name) === "scope" ? "/subscriptions/*" : "*");
      return { kind: "value", value: replaceReferences(value, (name) => given(name) ?? anything(name)) };
    }
    const filled = given(whole);
    if (filled === undefined) return NOTHING;
    if (typeOf(whole) === "list") return { kind: "items", items: listItems(filled) };
    return { kind: "value", value: filled };
  };

  const walk = (value: unknown, at: string, source: string, steps: readonly (string | number)[]): Put => {
    if (typeof value === "string") {
      if (namesOwnProfile(control.check, steps) && leftOut.has(value)) return NOTHING;
      const put = text(value, staysOpen(control.check, steps));
      if (put.kind !== "nothing") sources.set(at, source);
      return put;
    }
    if (Array.isArray(value)) {
      sources.set(at, source);
      const items: unknown[] = [];
      value.forEach((item, index) => {
        const inner = `${source}/${index}`;
        const put = walk(item, `${at}/${items.length}`, inner, [...steps, index]);
        for (const one of put.kind === "items" ? put.items : put.kind === "value" ? [put.value] : []) {
          sources.set(`${at}/${items.length}`, inner);
          items.push(one);
        }
      });
      return { kind: "value", value: items };
    }
    if (typeof value !== "object" || value === null) {
      sources.set(at, source);
      return { kind: "value", value };
    }
    const named = (value as Record<string, unknown>).profile;
    const ofProfile = typeof named === "string";
    if (ofProfile && named !== profile) return NOTHING;
    sources.set(at, source);
    const object: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      if (ofProfile && key === "profile") continue;
      const step = `/${pointerStep(key)}`;
      const put = walk(item, `${at}${step}`, `${source}${step}`, [...steps, key]);
      if (put.kind === "items") object[key] = [...put.items];
      else if (put.kind === "value") object[key] = put.value;
    }
    return { kind: "value", value: object };
  };

  const put = walk(control.with, "", origin, []);
  return { value: put.kind === "value" ? put.value : {}, unresolved: [...unresolved].sort(), sources };
}
