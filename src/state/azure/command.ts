import { command } from "../../text/command.ts";

/** Shows a custom role by name. */
export function showRoleDefinition(name: string, scope: string): string {
  return command("az", "role", "definition", "list", "--name", name, "--scope", scope, "--output", "json");
}

/** Shows all that a principal holds, through groups and from parents too. */
export function showAssignments(principal: string): string {
  return command(
    ...["az", "role", "assignment", "list", "--assignee", principal, "--all"],
    ...["--include-inherited", "--include-groups", "--output", "table"],
  );
}

/** Shows everybody who holds a role. */
export function showHolders(role: string): string {
  return command("az", "role", "assignment", "list", "--role", role, "--all", "--output", "table");
}

/** Takes an assignment away. */
export function deleteAssignment(id: string): string {
  return command("az", "role", "assignment", "delete", "--ids", id);
}

/** Gives a role. */
export function createAssignment(principal: string, role: string, scope: string): string {
  return command(
    ...["az", "role", "assignment", "create", "--assignee-object-id", principal],
    ...["--assignee-principal-type", "ServicePrincipal", "--role", role, "--scope", scope],
  );
}

/** Lists the deny assignments at and below a scope; `az` has no command of its own for them. */
export function showDenies(scope: string): string {
  const path = `${scope.replace(/\/$/, "")}/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01`;
  return command("az", "rest", "--method", "get", "--url", path);
}

/** Lists what a principal could activate. */
export function showEligibilities(scope: string, principal: string): string {
  const path = `${scope.replace(/\/$/, "")}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances`;
  return restGet(`${path}?api-version=2020-10-01&$filter=assignedTo('${principal}')`);
}

/** Lists the roles of the directory that somebody holds directly. */
export function showDirectoryRoles(principal: string): string {
  const path = "https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignments";
  return restGet(`${path}?$filter=principalId eq '${principal}'&$expand=roleDefinition`);
}

function restGet(url: string): string {
  return command("az", "rest", "--method", "get", "--url", url);
}
