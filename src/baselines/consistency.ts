import { didYouMean } from "../text/nearest.ts";
import { pointerStep } from "../text/place.ts";
import type { Baseline, Control, Parameter } from "./baseline.ts";
import { namesControl } from "./control-references.ts";
import { found } from "./problem.ts";
import { malformedReferences, referencesIn, wholeReference } from "./references.ts";

/** Something that the schema cannot see, by JSON pointer. */
export interface Inconsistency {
  readonly pointer: string;
  readonly text: string;
  /** The key is wrong, not its value. */
  readonly atKey?: boolean;
}

/** Everything in a baseline of the right shape that contradicts itself: ids, references, profiles, defaults. */
export function inconsistencies(baseline: Baseline): Inconsistency[] {
  const problems: Inconsistency[] = [];
  const profiles = baseline.profiles;
  const profileNames = Object.keys(profiles?.names ?? {});
  if (profiles !== undefined && !profileNames.includes(profiles.default)) {
    problems.push({
      pointer: "/profiles/default",
      text: `no profile ${found(profiles.default)} is declared under names${didYouMean(profiles.default, profileNames)}`,
    });
  }
  problems.push(...parameterProblems(baseline));

  const byId = new Map<string, number>();
  baseline.controls.forEach((control, index) => {
    const pointer = `/controls/${index}`;
    const first = byId.get(control.id);
    if (first === undefined) byId.set(control.id, index);
    else {
      problems.push({
        pointer: `${pointer}/id`,
        text: `two controls are called ${found(control.id)}; the other is controls[${first}]`,
      });
    }
    if (control.profile !== undefined) {
      problems.push(...unknownProfile(control.profile, `${pointer}/profile`, profileNames));
    }
    problems.push(...withProblems(control.with, `${pointer}/with`, baseline.parameters, profileNames));
  });
  baseline.controls.forEach((control, index) => {
    problems.push(
      ...controlProblems(control, control.with, `/controls/${index}/with`, [], baseline.controls),
    );
  });
  return problems;
}

function parameterProblems(baseline: Baseline): Inconsistency[] {
  const flags = new Map<string, string>();
  const problems: Inconsistency[] = [];
  for (const [name, parameter] of Object.entries(baseline.parameters)) {
    if (parameter.flag === undefined) continue;
    const other = flags.get(parameter.flag);
    if (other !== undefined) {
      problems.push({
        pointer: `/parameters/${name}/flag`,
        text: `--${parameter.flag} already gives the parameter "${other}"`,
      });
    }
    flags.set(parameter.flag, name);
  }
  return problems;
}

function unknownProfile(name: string, pointer: string, known: readonly string[]): Inconsistency[] {
  if (known.includes(name)) return [];
  const declared =
    known.length === 0 ? "the baseline declares no profiles" : `declared are ${known.join(", ")}`;
  return [{ pointer, text: `unknown profile ${found(name)}; ${declared}${didYouMean(name, known)}` }];
}

function withProblems(
  value: unknown,
  pointer: string,
  parameters: Readonly<Record<string, Parameter>>,
  profiles: readonly string[],
): Inconsistency[] {
  if (typeof value === "string") return textProblems(value, pointer, parameters);
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => withProblems(item, `${pointer}/${index}`, parameters, profiles));
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const inner = `${pointer}/${pointerStep(key)}`;
    const problems: Inconsistency[] = [];
    if (referencesIn(key).length > 0) {
      problems.push({
        pointer: inner,
        atKey: true,
        text: "a parameter cannot stand in a key, only in a value",
      });
    }
    if (key === "profile" && typeof item === "string")
      problems.push(...unknownProfile(item, inner, profiles));
    return [...problems, ...withProblems(item, inner, parameters, profiles)];
  });
}

function textProblems(
  text: string,
  pointer: string,
  parameters: Readonly<Record<string, Parameter>>,
): Inconsistency[] {
  const problems: Inconsistency[] = malformedReferences(text).map((reference) => ({
    pointer,
    text: `${found(reference)} is no reference; expected a parameter's name between \${ and }`,
  }));
  for (const name of new Set(referencesIn(text))) {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (parameter === undefined) {
      const names = Object.keys(parameters);
      const near = didYouMean(name, names);
      problems.push({ pointer, text: `\${${name}} is not declared under parameters${near}` });
    } else if (parameter.type === "list" && wholeReference(text) === undefined) {
      problems.push({ pointer, text: `\${${name}} is a list and must be the whole value` });
    }
  }
  return problems;
}

/** A name that is no control would be compared with nothing. */
function controlProblems(
  control: Control,
  value: unknown,
  pointer: string,
  steps: readonly (string | number)[],
  controls: readonly Control[],
): Inconsistency[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, i) =>
      controlProblems(control, item, `${pointer}/${i}`, [...steps, i], controls),
    );
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, item]) =>
      controlProblems(control, item, `${pointer}/${pointerStep(key)}`, [...steps, key], controls),
    );
  }
  const checks = namesControl(control.check, steps);
  if (checks === undefined || typeof value !== "string") return [];
  const target = controls.find(({ id }) => id === value);
  if (target === undefined) {
    const ids = controls.filter(({ check }) => checks.includes(check)).map(({ id }) => id);
    return [{ pointer, text: `no control is called ${found(value)}${didYouMean(value, ids)}` }];
  }
  if (checks.includes(target.check)) return [];
  return [
    {
      pointer,
      text: `expected a control of ${checks.join(" or ")}, found ${found(value)} of ${target.check}`,
    },
  ];
}
