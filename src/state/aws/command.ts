import { createHash } from "node:crypto";
import { command } from "../../text/command.ts";

/** Shows a role with its trust policy; without a name, every role. */
export function showIamRole(name: string | undefined): string {
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

/** Most characters of an inline policy's name. */
const LONGEST_NAME = 128;

/**
 * Writes an inline policy of a role that adds to what it has. Its name is told by the document, so that of several
 * additions none takes the place of another, nor of one made before.
 */
export function addInline(role: string, control: string, document: unknown): string {
  const text = JSON.stringify(document);
  const mark = createHash("sha256").update(text).digest("hex").slice(0, 8);
  const end = `-missing-${mark}`;
  const name = `${control.replace(/[^\w+=,.@-]/g, "-").slice(0, LONGEST_NAME - end.length)}${end}`;
  return command(
    ...["aws", "iam", "put-role-policy", "--role-name", role, "--policy-name", name],
    ...["--policy-document", text],
  );
}

/** Replaces a role's trust policy. */
export function putTrust(role: string, document: unknown): string {
  return command(
    ...["aws", "iam", "update-assume-role-policy", "--role-name", role],
    ...["--policy-document", JSON.stringify(document)],
  );
}
