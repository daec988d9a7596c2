import { command } from "../arm/command.ts";

/** Shows a role with its trust policy; without a name, every role. */
export function showRole(name: string | undefined): string {
  return name === undefined
    ? command("aws", "iam", "list-roles", "--query", "Roles[].[RoleName,AssumeRolePolicyDocument]")
    : command("aws", "iam", "get-role", "--role-name", name);
}

/** Shows an inline policy of a role. */
export function showInline(role: string, policy: string): string {
  return command("aws", "iam", "get-role-policy", "--role-name", role, "--policy-name", policy);
}

/** Shows a version of a managed policy. */
export function showManaged(arn: string, version: string): string {
  return command("aws", "iam", "get-policy-version", "--policy-arn", arn, "--version-id", version);
}

/** Lists what is attached to a role. */
export function showAttached(role: string): string {
  return command("aws", "iam", "list-attached-role-policies", "--role-name", role);
}

export function deleteInline(role: string, policy: string): string {
  return command("aws", "iam", "delete-role-policy", "--role-name", role, "--policy-name", policy);
}

export function detach(role: string, arn: string): string {
  return command("aws", "iam", "detach-role-policy", "--role-name", role, "--policy-arn", arn);
}

/** Writes an inline policy of a role. */
export function putInline(role: string, policy: string, document: unknown): string {
  return command(
    ...["aws", "iam", "put-role-policy", "--role-name", role, "--policy-name", policy],
    ...["--policy-document", JSON.stringify(document)],
  );
}

/** Replaces a role's trust policy. */
export function putTrust(role: string, document: unknown): string {
  return command(
    ...["aws", "iam", "update-assume-role-policy", "--role-name", role],
    ...["--policy-document", JSON.stringify(document)],
  );
}
