/** What the principals of a statement say of the keys that follow from who asks (AW14). */
import { questionGlob, textGlob } from "../glob.ts";
import type { Atom } from "./atom.ts";
import type { Choice } from "./choice.ts";
import { kindOfPrincipal } from "./keys.ts";
import type { Body } from "./statement.ts";

const IS_SERVICE = "aws:principalisawsservice";
const TYPE = "aws:principaltype";
const KINDS_OF_ACCOUNT = ["Account", "AssumedRole", "FederatedUser", "User"];
const ANY = questionGlob("*").key;
const WILD = new RegExp(`[${ANY}${questionGlob("?").key}]`);
const OWN = /^AWS:arn:([\w-]+):(iam|sts)::(\d{12}):(.*)$/s;

/**
 * A condition that every request of one of these principals meets; undefined where the key may have any value, or
 * where one of them does not have it. Beside conditions on the key that principals could not take in, it keeps the
 * value to what the principal can have.
 */
export function impliedBy(
  choice: Choice | undefined,
  key: string,
  holder: Body["holder"] | undefined,
): Atom | undefined {
  if (key === IS_SERVICE || key === TYPE) return impliedKind(choice, key, holder);
  if (choice === undefined || choice.negated) return undefined;
  if (key !== "aws:principalarn" && key !== "aws:principalaccount") return undefined;
  const found = choice.terms.map(({ glob }) => OWN.exec(glob.key));
  const known = found.filter((each) => each !== null);
  if (known.length === 0 || known.length < found.length) return undefined;
  const roles = known.flatMap(([, partition, service, account, rest = ""]) =>
    service === "iam" && rest.startsWith("role/") && !WILD.test(rest)
      ? [`arn:${partition}:iam::${account}:${rest}`]
      : [],
  );
  const values = known.flatMap(([, partition = "", service, account = "", rest = ""]) => {
    if (key === "aws:principalaccount") return [account];
    if (service === "iam") return [`arn:${partition}:iam::${account}:${rest}`];
    return ofSession(partition, account, rest, roles);
  });
  return atomOfTexts(key, [...new Set(values)].sort());
}

/**
 * What is so of a principal of an account: it is no service of AWS, and of which kind it is; both keys are in every
 * signed request. A policy that names no principal is attached to such a one; who asks by a role's is a session. What a service or an identity provider
 * has there is not told, and whoever is not signed in has neither.
 */
function impliedKind(
  choice: Choice | undefined,
  key: string,
  holder: Body["holder"] | undefined,
): Atom | undefined {
  if (choice?.negated === true) return undefined;
  if (key === TYPE && choice === undefined && holder === "role") return atomOfTexts(key, ["AssumedRole"]);
  const rests = choice?.terms.map(({ glob }) => OWN.exec(glob.key)?.slice(2)) ?? [["", "", ANY]];
  if (rests.length === 0 || rests.includes(undefined)) return undefined;
  if (key === IS_SERVICE) return NO_SERVICE;
  const types = rests.map((rest) => kindOfPrincipal(rest?.[2] ?? ""));
  const known = types.filter((type) => type !== undefined);
  return atomOfTexts(key, known.length < types.length ? KINDS_OF_ACCOUNT : [...new Set(known)].sort());
}

/** The ARNs that sessions have as their `aws:PrincipalArn`: that of their role, whose path is not in their own. */
function ofSession(
  partition: string,
  account: string,
  rest: string,
  roles: readonly string[],
): readonly string[] {
  const name = /^assumed-role\/([^/]+)\//.exec(rest)?.[1];
  const role = `arn:${partition}:iam::${account}:role/`;
  if (name === undefined || WILD.test(name)) {
    return rest.startsWith("assumed-role/")
      ? [`${role}${ANY}`]
      : WILD.test(rest)
        ? [`${role}${ANY}`, `arn:${partition}:sts::${account}:federated-user/${ANY}`]
        : [`arn:${partition}:sts::${account}:${rest}`];
  }
  // a name is one role's, and where that role stands beside its sessions its path is known
  const named = roles.filter((arn) => arn.startsWith(role) && arn.slice(arn.lastIndexOf("/") + 1) === name);
  return named.length > 0 ? named : [`${role}${name}`, `${role}${ANY}/${name}`];
}

const NO_SERVICE: Atom = {
  key: IS_SERVICE,
  keyText: IS_SERVICE,
  operator: "Bool",
  negated: false,
  ifExists: false,
  test: { kind: "boolean", values: [false] },
  canon: ["implied", IS_SERVICE].join("\uE010"),
  text: `Bool ${IS_SERVICE}`,
  written: { operator: "Bool", key: IS_SERVICE, values: "false" },
};

function atomOfTexts(key: string, texts: readonly string[]): Atom {
  const operator = "StringLike";
  return {
    key,
    keyText: key,
    operator,
    negated: false,
    ifExists: false,
    test: { kind: "glob", globs: texts.map(textGlob) },
    canon: ["implied", key, ...texts].join("\uE010"),
    text: `${operator} ${key}`,
    written: { operator, key, values: texts },
  };
}
