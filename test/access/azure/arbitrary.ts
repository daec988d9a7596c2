import fc from "fast-check";

/** Roles over a tiny alphabet, so that every string that matters can be tried. */
const LETTERS = ["a", "b", "*"] as const;

export const pattern = fc
  .array(fc.constantFrom(...LETTERS), { minLength: 1, maxLength: 4 })
  .map((l) => l.join(""));

const patterns = (max: number) => fc.array(pattern, { maxLength: max });

export interface Permission {
  actions: string[];
  notActions: string[];
  dataActions: string[];
  notDataActions: string[];
  condition?: string;
}

const permissionOf = (conditions: readonly string[]): fc.Arbitrary<Permission> =>
  fc
    .record({
      actions: patterns(3),
      notActions: patterns(2),
      dataActions: fc.oneof(
        { weight: 3, arbitrary: fc.constant<string[]>([]) },
        { weight: 1, arbitrary: patterns(2) },
      ),
      notDataActions: fc.oneof(
        { weight: 3, arbitrary: fc.constant<string[]>([]) },
        { weight: 1, arbitrary: patterns(1) },
      ),
      condition: fc.constantFrom("", ...conditions),
    })
    .map(({ condition, ...rest }) => (condition === "" ? rest : { ...rest, condition }));

export interface Role {
  permissions: Permission[];
}

export const role = (conditions: readonly string[] = []): fc.Arbitrary<Role> =>
  fc.record({ permissions: fc.array(permissionOf(conditions), { maxLength: 3 }) });

export const roles = (conditions: readonly string[] = []) =>
  fc.array(role(conditions), { minLength: 1, maxLength: 2 });

export const denies = (conditions: readonly string[] = []) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<Role[]>([]) },
    { weight: 1, arbitrary: fc.array(role(conditions), { maxLength: 2 }) },
  );

/** Every string up to five letters over the two letters in use and one that no pattern uses. */
export const UNIVERSE: readonly string[] = (() => {
  const all = [""];
  for (let i = 0; i < all.length; i++) {
    const text = all[i] ?? "";
    if (text.length < 5) all.push(`${text}a`, `${text}b`, `${text}z`);
  }
  return all;
})();
