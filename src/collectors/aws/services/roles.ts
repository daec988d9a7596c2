import type { AwsKind } from "../../../snapshot/kinds/aws.ts";
import { visible } from "../../../text/visible.ts";
import { CollectError, type CollectOptions, type CollectPlan } from "../../define.ts";
import { isObject, type JsonObject } from "../../http/answer.ts";
import { ReadFailure } from "../../http/failure.ts";
import { attempt } from "../../recorder.ts";
import type { AwsRecorder } from "../recorder.ts";
import { textOf } from "./define.ts";
import {
  concernsVendor,
  type RoleWithPolicies,
  rolesReachedFrom,
  rolesTrusting,
  trustsCluster,
  trustsPublic,
} from "./trust.ts";

/** A role as the user names it. */
export interface NamedRole {
  readonly given: string;
  readonly name: string;
  /** Where it was given by its ARN. */
  readonly arn?: string;
  readonly account?: string;
}

/** @throws CollectError for what is neither a role's name nor its ARN */
export function roleNamed(given: string): NamedRole {
  const arn = /^arn:[\w-]+:iam::(\d{12}):role\/(?:[\x21-\x7e]+\/)?([\w+=,.@-]{1,64})$/.exec(given);
  if (arn?.[1] !== undefined && arn[2] !== undefined)
    return { given, name: arn[2], arn: given, account: arn[1] };
  if (/^[\w+=,.@-]{1,64}$/.test(given)) return { given, name: given };
  throw new CollectError(
    `--role: expected the name of a role, or its ARN such as arn:aws:iam::123456789012:role/name, found ${JSON.stringify(visible(given).slice(0, 120))}`,
  );
}

/** Reads of roles. Every function throws `ReadFailure`; lists are read over all their pages. */
export interface RoleReader {
  /** A role by its name. */
  readonly role: (name: string) => Promise<JsonObject>;
  /** All of the account, with their trust policies. */
  readonly roles: () => Promise<readonly JsonObject[]>;
  readonly inlinePolicies: (role: string) => Promise<readonly string[]>;
  readonly inlinePolicy: (role: string, policy: string) => Promise<JsonObject>;
  readonly attachedPolicies: (role: string) => Promise<readonly JsonObject[]>;
  readonly policy: (arn: string) => Promise<JsonObject>;
  /** The version that is in force of a policy, as `policy` gave it. */
  readonly defaultVersion: (arn: string, policy: JsonObject) => Promise<JsonObject>;
}

/** What a role is told by. */
export const roleKinds = ["aws/role", "aws/role-policy", "aws/attached-policy", "aws/policy"] as const;

/** A role whose policies are read. */
interface AuditedRole {
  readonly name: string;
  /** Its ARN; as it was given, when the role itself could not be read. */
  readonly id: string;
  readonly boundary?: string;
}

/**
 * Who is audited, every other role that the vendor may come in by (itself, or by way of a role that it has), and every
 * place from which these get their permissions. Whether the vendor really can is for the audit to say: what is taken here
 * is never less.
 */
export async function collectRoles(
  plan: CollectPlan,
  asked: readonly NamedRole[],
  reader: RoleReader,
  recorder: AwsRecorder,
  options: CollectOptions,
): Promise<void> {
  const others = plan.kinds.has("aws/listed-role");
  const kinds = roleKinds.filter((kind) => plan.kinds.has(kind));
  if (kinds.length === 0 && !others) return;
  const list =
    asked.length > 0 && !others
      ? []
      : await listRoles(asked.length > 0 ? [] : kinds, others, reader, recorder, options);
  if (others) keepListed(list, plan, recorder);
  const trusting = rolesTrusting(list, plan.trustedPrincipals);
  if (asked.length === 0)
    options.progress(`found ${trusting.length} roles that trust the documented principal`);
  const first = [
    ...trusting,
    ...(others ? list.filter((role) => trustsCluster(role) || trustsPublic(role)) : []),
  ].flatMap(namedRole);
  const more = first.filter(({ name }) => !asked.some((role) => role.name === name));
  const seen = new Set<string>();
  const policies = new Map<string, Promise<unknown>>();
  const reached: RoleWithPolicies[] = [];
  let given = new Set(asked.map(({ name }) => name));
  for (let next = [...asked, ...(asked.length > 0 && !others ? [] : more)]; next.length > 0; ) {
    const level = next.filter(({ name }) => !seen.has(name) && seen.add(name));
    reached.push(...(await readLevel(level, given, plan, reader, recorder, options, policies)));
    given = new Set();
    next = others
      ? rolesReachedFrom(reached, list)
          .flatMap(namedRole)
          .filter(({ name }) => !seen.has(name))
      : [];
  }
}

/** Roles with their policies; of each what chains are told by. */
async function readLevel(
  level: readonly NamedRole[],
  given: ReadonlySet<string>,
  plan: CollectPlan,
  reader: RoleReader,
  recorder: AwsRecorder,
  options: CollectOptions,
  policies: Map<string, Promise<unknown>>,
): Promise<readonly RoleWithPolicies[]> {
  const read = await Promise.all(
    level.map((role) => readRole(role, given.has(role.name), reader, recorder, options)),
  );
  return Promise.all(
    read
      .filter((role) => role !== undefined)
      .map(async (role): Promise<RoleWithPolicies> => {
        const [arns, inline] = await Promise.all([
          plan.kinds.has("aws/attached-policy") || plan.kinds.has("aws/policy")
            ? readAttached(role, reader, recorder)
            : [],
          plan.kinds.has("aws/role-policy") ? readInline(role, reader, recorder) : [],
        ]);
        if (!plan.kinds.has("aws/policy")) return { arn: role.id, documents: inline };
        const wanted = role.boundary === undefined ? arns : [...arns, role.boundary];
        const documents = wanted.map((arn) => {
          const known = policies.get(arn) ?? readPolicy(arn, reader, recorder);
          policies.set(arn, known);
          return known;
        });
        return {
          arn: role.id,
          documents: [...inline, ...(await Promise.all(documents)).slice(0, arns.length)],
        };
      }),
  );
}

function namedRole(role: JsonObject): readonly NamedRole[] {
  const [name, arn] = [textOf(role.RoleName), textOf(role.Arn)];
  return name === undefined || arn === undefined ? [] : [{ given: arn, name, arn }];
}

/**
 * The account's roles with their trust policies.
 *
 * @param kinds what is unread with them, where whom to audit is found among them
 */
async function listRoles(
  kinds: readonly AwsKind[],
  others: boolean,
  reader: RoleReader,
  recorder: AwsRecorder,
  options: CollectOptions,
): Promise<readonly JsonObject[]> {
  options.progress("reading roles");
  const all = await attempt(reader.roles, (failure) => {
    const found = new ReadFailure(failure.reason, `whom to audit could not be found out: ${failure.message}`);
    for (const kind of kinds) recorder.miss(kind, "ListRoles", "", found);
    if (others) recorder.miss("aws/listed-role", "ListRoles", "", failure);
    return undefined;
  });
  return all ?? [];
}

/** Every role by its name; with the trust policy where somebody may come in who could be the vendor, or a role of it. */
function keepListed(list: readonly JsonObject[], plan: CollectPlan, recorder: AwsRecorder): void {
  for (const role of list) {
    const [name, arn] = [textOf(role.RoleName), textOf(role.Arn)];
    if (name === undefined || arn === undefined) continue;
    const trust = concernsVendor(role, plan.trustedPrincipals)
      ? { AssumeRolePolicyDocument: role.AssumeRolePolicyDocument }
      : {};
    recorder.keep("aws/listed-role", arn, { Arn: arn, RoleName: name, ...trust });
  }
}

/**
 * The role itself. Its policies are asked for even when it could not be read: another permission may be there. When
 * there is no such role there is nothing to ask; one that was listed and is gone now is unread.
 */
async function readRole(
  role: NamedRole,
  given: boolean,
  reader: RoleReader,
  recorder: AwsRecorder,
  options: CollectOptions,
): Promise<AuditedRole | undefined> {
  options.progress(`reading role ${visible(role.name)}`);
  let absent = false;
  const body = await attempt(
    () => reader.role(role.name),
    (failure) => {
      absent = given && failure.status === 404 && /^NoSuchEntity/.test(failure.code ?? "");
      if (!absent) recorder.miss("aws/role", "GetRole", role.name, failure, role.given);
      return undefined;
    },
  );
  if (absent) return undefined;
  if (body === undefined) return { name: role.name, id: role.given };
  const arn = textOf(body.Arn) ?? role.given;
  // Names are unique in an account whatever the path, so the role of that name at another path is another role.
  if (given && role.arn !== undefined && role.arn !== arn) return undefined;
  recorder.keep("aws/role", arn, body);
  const boundary = isObject(body.PermissionsBoundary)
    ? textOf(body.PermissionsBoundary.PermissionsBoundaryArn)
    : undefined;
  return { name: role.name, id: arn, ...(boundary === undefined ? {} : { boundary }) };
}

/** @returns the policies that could be read */
async function readInline(
  role: AuditedRole,
  reader: RoleReader,
  recorder: AwsRecorder,
): Promise<readonly unknown[]> {
  const kind = "aws/role-policy";
  const names = await attempt(
    () => reader.inlinePolicies(role.name),
    (failure) => {
      recorder.miss(kind, "ListRolePolicies", role.name, failure, role.id);
      return undefined;
    },
  );
  return Promise.all(
    (names ?? []).map(async (name) => {
      const id = `${role.id}/${name}`;
      const body = await attempt(
        () => reader.inlinePolicy(role.name, name),
        (failure) => {
          recorder.miss(kind, "GetRolePolicy", `${role.name} ${name}`, failure, id);
          return undefined;
        },
      );
      if (body !== undefined) recorder.keep(kind, id, body);
      return body?.PolicyDocument;
    }),
  );
}

/** @returns the ARNs of the attached policies; none when their list could not be read, which is then unread */
async function readAttached(
  role: AuditedRole,
  reader: RoleReader,
  recorder: AwsRecorder,
): Promise<readonly string[]> {
  const kind = "aws/attached-policy";
  const attached = await attempt(
    async () =>
      (await reader.attachedPolicies(role.name)).map((policy) => {
        const arn = textOf(policy.PolicyArn);
        if (arn === undefined) throw new ReadFailure("malformed", "an attached policy has no PolicyArn");
        return { arn, name: textOf(policy.PolicyName) };
      }),
    (failure) => {
      recorder.miss(kind, "ListAttachedRolePolicies", role.name, failure, role.id);
      return undefined;
    },
  );
  for (const { arn, name } of attached ?? [])
    recorder.keep(kind, `${role.id} ${arn}`, {
      RoleArn: role.id,
      PolicyArn: arn,
      ...(name === undefined ? {} : { PolicyName: name }),
    });
  return (attached ?? []).map(({ arn }) => arn);
}

/** @returns its default version, when it could be read */
async function readPolicy(arn: string, reader: RoleReader, recorder: AwsRecorder): Promise<unknown> {
  let operation = "GetPolicy";
  const body = await attempt(
    async () => {
      const policy = await reader.policy(arn);
      operation = "GetPolicyVersion";
      return { Policy: policy, PolicyVersion: await reader.defaultVersion(arn, policy) };
    },
    (failure) => {
      recorder.miss("aws/policy", operation, arn, failure, arn);
      return undefined;
    },
  );
  if (body !== undefined) recorder.keep("aws/policy", arn, body);
  return body?.PolicyVersion.Document;
}
