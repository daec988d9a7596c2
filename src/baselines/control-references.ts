interface ControlReference {
  /** Steps inside `with`; `*` is every item of a list. */
  readonly at: readonly string[];
  /** The checks that the control named there may have. */
  readonly checks: readonly string[];
  /** The control may be one that only another profile has. */
  readonly anyProfile?: boolean;
}

/** Where a check's parameters name other controls of the same baseline. */
const TABLE: Readonly<Record<string, readonly ControlReference[]>> = {
  "aws/effective-access": [
    { at: ["required", "*"], checks: ["aws/policy"] },
    { at: ["optional", "*"], checks: ["aws/policy"] },
  ],
  "aws/tag-coverage": [{ at: ["statements", "*"], checks: ["aws/policy"], anyProfile: true }],
  "azure/effective-access": [
    { at: ["required", "*"], checks: ["azure/role-definition", "azure/role-assignment"] },
    { at: ["optional", "*"], checks: ["azure/role-definition", "azure/role-assignment"] },
  ],
  "azure/key-vault-access": [{ at: ["role"], checks: ["azure/role-definition"] }],
  "kubernetes/role-binding": [{ at: ["bindings", "*", "role"], checks: ["kubernetes/role"] }],
  "kubernetes/effective-access": [{ at: ["accounts", "*", "roles", "*"], checks: ["kubernetes/role"] }],
};

function referenceAt(check: string, steps: readonly (string | number)[]): ControlReference | undefined {
  return TABLE[check]?.find(
    ({ at }) =>
      at.length === steps.length &&
      at.every((step, i) => (step === "*" ? typeof steps[i] === "number" : step === steps[i])),
  );
}

/** The checks that a control named at this place of `with` may have; undefined when the place names no control. */
export function namesControl(
  check: string,
  steps: readonly (string | number)[],
): readonly string[] | undefined {
  return referenceAt(check, steps)?.checks;
}

/** Whether a control of another profile is left out where this place of `with` names it. */
export function namesOwnProfile(check: string, steps: readonly (string | number)[]): boolean {
  const reference = referenceAt(check, steps);
  return reference !== undefined && reference.anyProfile !== true;
}

/** Parts of `with`, policies and lists of accounts, in which a parameter that is not given keeps its place. */
const OPEN: Readonly<Record<string, string>> = {
  "aws/trust-policy": "policy",
  "aws/policy": "policy",
  "kubernetes/role-binding": "bindings",
  "kubernetes/effective-access": "accounts",
};

/** Whether a reference at this place stays as it is when its parameter is not given. */
export function staysOpen(check: string, steps: readonly (string | number)[]): boolean {
  return steps.length > 0 && OPEN[check] === steps[0];
}
