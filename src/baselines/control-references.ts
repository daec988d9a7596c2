interface ControlReference {
  /** Steps inside `with`; `*` is every item of a list. */
  readonly at: readonly string[];
  /** The checks that the control named there may have. */
  readonly checks: readonly string[];
}

/** Where a check's parameters name other controls of the same baseline. */
const TABLE: Readonly<Record<string, readonly ControlReference[]>> = {
  "azure/effective-access": [
    { at: ["required", "*"], checks: ["azure/role-definition", "azure/role-assignment"] },
    { at: ["optional", "*"], checks: ["azure/role-definition", "azure/role-assignment"] },
  ],
  "azure/key-vault-access": [{ at: ["role"], checks: ["azure/role-definition"] }],
  "kubernetes/role-binding": [{ at: ["bindings", "*", "role"], checks: ["kubernetes/role"] }],
  "kubernetes/effective-access": [{ at: ["accounts", "*", "roles", "*"], checks: ["kubernetes/role"] }],
};

/** The checks that a control named at this place of `with` may have; undefined when the place names no control. */
export function namesControl(
  check: string,
  steps: readonly (string | number)[],
): readonly string[] | undefined {
  return TABLE[check]?.find(
    ({ at }) =>
      at.length === steps.length &&
      at.every((step, i) => (step === "*" ? typeof steps[i] === "number" : step === steps[i])),
  )?.checks;
}
