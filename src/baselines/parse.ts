import { createHash } from "node:crypto";
import { Ajv, type ValidateFunction } from "ajv";
import type { Baseline, LoadedBaseline } from "./baseline.ts";
import { inconsistencies } from "./consistency.ts";
import { type CheckShape, knownChecks } from "./declared.ts";
import { pointerSteps, readDocument } from "./document.ts";
import { explainErrors } from "./explain.ts";
import { type BaselineProblem, pathText, problemsOf } from "./problem.ts";
import { baselineSchema } from "./schema.ts";

/**
 * Reads a baseline from the text of a YAML or JSON file.
 * @param file how the file is called in messages and in `LoadedBaseline.file`
 * @param checks the implemented checks; a control's `with` must satisfy the `params` of its check
 * @throws BaselineError with one line per problem: `FILE:LINE:COL: controls[2].with.x: what is wrong`
 */
export function parseBaseline(text: string, file: string, checks: readonly CheckShape[]): LoadedBaseline {
  const read = readDocument(text, file);
  const validate = validatorOf(checks);
  if (!validate(read.data)) throw problemsOf(file, explainErrors(validate.errors ?? [], read));
  const data = read.data as Baseline;
  const baseline: Baseline = { ...data, parameters: data.parameters ?? {}, errata: data.errata ?? [] };
  const found = inconsistencies(baseline).map(
    ({ pointer, text: what, atKey }): BaselineProblem => ({
      place: atKey ? read.placeOf(pointer) : read.valuePlaceOf(pointer),
      path: pathText(pointerSteps(pointer, read.data)),
      text: what,
    }),
  );
  const problems = [...read.lossy, ...found];
  if (problems.length > 0) throw problemsOf(file, problems);
  return {
    baseline: deepFreeze(baseline),
    sha256: createHash("sha256").update(text).digest("hex"),
    file,
    lineOf: (pointer) => read.placeOf(pointer).line,
  };
}

const validators = new WeakMap<readonly CheckShape[], ValidateFunction>();

function validatorOf(checks: readonly CheckShape[]): ValidateFunction {
  const known = validators.get(checks);
  if (known !== undefined) return known;
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: true,
    strictTypes: false,
    allowUnionTypes: true,
  });
  const ids = knownChecks(checks).map(({ id }) => id);
  if (new Set(ids).size !== ids.length) throw new Error(`two checks have the same id: ${ids.join(", ")}`);
  const validate = ajv.compile(baselineSchema(checks));
  validators.set(checks, validate);
  return validate;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
