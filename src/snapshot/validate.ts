import { Ajv, type ValidateFunction } from "ajv";
import { snapshotSchema } from "./schema.ts";

let validator: ValidateFunction | undefined;

/**
 * The validator of snapshot files. The bundle holds it compiled (scripts/validators.mjs): compiling a schema takes
 * longer than the rest of a scan of a small file.
 */
export function snapshotValidator(): ValidateFunction {
  validator ??= new Ajv({ strict: false, verbose: true }).compile(snapshotSchema);
  return validator;
}
