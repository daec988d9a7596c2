import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import type { JsonObject } from "../../http/answer.ts";
import { ReadFailure } from "../../http/failure.ts";
import { readNames, readObjects } from "../pages.ts";
import { type AwsService, type ServiceCall, unwrapped } from "./define.ts";
import { collectRoles, type RoleReader, roleKinds, roleNamed } from "./roles.ts";

export const iam: AwsService<IAMClient> = {
  service: "iam",
  kinds: [...roleKinds, "aws/listed-role"],
  client: (config) => new IAMClient(config),
  read: ({ client, call, plan, recorder, options }) =>
    collectRoles(plan, plan.principals.map(roleNamed), roleReader(client, call), recorder, options),
};

const pages = { token: "Marker", more: "IsTruncated" } as const;
const marker = (token: string | undefined) => (token === undefined ? {} : { Marker: token });

function roleReader(client: IAMClient, call: ServiceCall): RoleReader {
  return {
    role: (name) =>
      unwrapped(
        call("GetRole", () => client.send(new GetRoleCommand({ RoleName: name }))),
        "Role",
      ),
    roles: () =>
      readObjects({
        ...pages,
        list: "Roles",
        read: (token) =>
          call("ListRoles", () => client.send(new ListRolesCommand({ MaxItems: 1000, ...marker(token) }))),
      }),
    inlinePolicies: (role) =>
      readNames({
        ...pages,
        list: "PolicyNames",
        read: (token) =>
          call("ListRolePolicies", () =>
            client.send(new ListRolePoliciesCommand({ RoleName: role, ...marker(token) })),
          ),
      }),
    inlinePolicy: async (role, policy) => {
      const body = await call("GetRolePolicy", () =>
        client.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: policy })),
      );
      return withText(body, "PolicyDocument");
    },
    attachedPolicies: (role) =>
      readObjects({
        ...pages,
        list: "AttachedPolicies",
        read: (token) =>
          call("ListAttachedRolePolicies", () =>
            client.send(new ListAttachedRolePoliciesCommand({ RoleName: role, ...marker(token) })),
          ),
      }),
    policy: (arn) =>
      unwrapped(
        call("GetPolicy", () => client.send(new GetPolicyCommand({ PolicyArn: arn }))),
        "Policy",
      ),
    defaultVersion: async (arn, { DefaultVersionId: id }) => {
      if (typeof id !== "string") throw new ReadFailure("malformed", "answered 200 without DefaultVersionId");
      const version = await unwrapped(
        call("GetPolicyVersion", () =>
          client.send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: id })),
        ),
        "PolicyVersion",
      );
      if (version.IsDefaultVersion === false)
        throw new ReadFailure("incomplete", "another version was made the default while the policy was read");
      return withText(version, "Document");
    },
  };
}

/** An answer whose policy is missing is none. */
function withText(body: JsonObject, property: string): JsonObject {
  if (typeof body[property] !== "string")
    throw new ReadFailure("malformed", `answered 200 without ${property}`);
  return body;
}
