import { describe, expect, it } from "vitest";
import { aws, ENTRY, edited, type State } from "../../worlds/helm-state.ts";
import { found } from "../installation.ts";

describe("aws/eks-access-entry", () => {
  it.each<[string, string, State, readonly string[]]>([
    [
      "cluster-admin-entry",
      "no entry",
      { "aws/eks-access-entry": undefined },
      [
        "absent medium | role chalk-data-plane has no access entry on cluster chalk: the control plane cannot manage what is in it | aws eks list-associated-access-policies --cluster-name chalk --principal-arn arn:aws:iam::111122223333:role/chalk-data-plane | aws eks create-access-entry --cluster-name chalk --principal-arn arn:aws:iam::111122223333:role/chalk-data-plane | aws eks associate-access-policy --cluster-name chalk --principal-arn arn:aws:iam::111122223333:role/chalk-data-plane --policy-arn arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy --access-scope type=cluster",
      ],
    ],
    [
      "cluster-admin-entry",
      "the policy in a namespace",
      edited(aws, "aws/eks-access-entry", ENTRY, {
        associatedAccessPolicies: [
          {
            policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
            accessScope: { type: "namespace", namespaces: ["default"] },
          },
        ],
      }),
      [
        "changed medium | the access entry of role chalk-data-plane on cluster chalk does not have AmazonEKSClusterAdminPolicy over the whole cluster: it has AmazonEKSClusterAdminPolicy in default | aws eks list-associated-access-policies --cluster-name chalk --principal-arn arn:aws:iam::111122223333:role/chalk-data-plane | aws eks associate-access-policy --cluster-name chalk --principal-arn arn:aws:iam::111122223333:role/chalk-data-plane --policy-arn arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy --access-scope type=cluster",
      ],
    ],
  ])("%s: %s, with how to see it and what mends it", (control, _, change, expected) => {
    expect(found(control, change)).toEqual(expected);
  });

  it.each(["cluster-admin-entry"])("%s: nothing of the installation as documented", (control) => {
    expect(found(control, {})).toEqual([]);
  });
});
