import type { RuleText } from "../report/rule-text.ts";
import { bucketCors } from "./aws/bucket-cors.ts";
import { effectiveAccess as awsEffectiveAccess } from "./aws/effective-access.ts";
import { eksAccessEntry } from "./aws/eks-access-entry.ts";
import { eksVersion } from "./aws/eks-version.ts";
import { msk } from "./aws/msk.ts";
import { policy } from "./aws/policy.ts";
import { privateLink } from "./aws/private-link.ts";
import { rdsParameters } from "./aws/rds-parameters.ts";
import { tagCoverage } from "./aws/tag-coverage.ts";
import { trustPolicy } from "./aws/trust-policy.ts";
import { application } from "./azure/application.ts";
import { directoryRole } from "./azure/directory-role.ts";
import { effectiveAccess } from "./azure/effective-access.ts";
import { keyVaultAccess } from "./azure/key-vault-access.ts";
import { roleAssignment } from "./azure/role-assignment.ts";
import { roleDefinition } from "./azure/role-definition.ts";
import { subscriptionSeparation } from "./azure/subscription-separation.ts";
import { virtualNetwork } from "./azure/virtual-network.ts";
import { file } from "./config/file.ts";
import { resourceState } from "./config/resource-state.ts";
import { setting } from "./config/setting.ts";
import type { Check } from "./define.ts";
import { resources } from "./inventory/resources.ts";
import { effectiveAccess as kubernetesEffectiveAccess } from "./kubernetes/effective-access.ts";
import { helmCharts } from "./kubernetes/helm-charts.ts";
import { helmRelease } from "./kubernetes/helm-release.ts";
import { namespace } from "./kubernetes/namespace.ts";
import { nodeClasses } from "./kubernetes/node-classes.ts";
import { role } from "./kubernetes/role.ts";
import { roleBinding } from "./kubernetes/role-binding.ts";
import { secretKeys } from "./kubernetes/secret-keys.ts";
import { services } from "./kubernetes/services.ts";
import { workloadFlags } from "./kubernetes/workload-flags.ts";
import { allowList } from "./network/allow-list.ts";
import { cidrPlan } from "./network/cidr-plan.ts";
import { ingress } from "./network/ingress.ts";
import { vpcLayout } from "./network/vpc-layout.ts";
import { driftTexts, pageUri } from "./page.ts";

/** Every check of this version, by id. A test asserts that this list, the folders and the pages agree. */
export const checks: readonly Check[] = [
  bucketCors,
  awsEffectiveAccess,
  eksAccessEntry,
  eksVersion,
  msk,
  policy,
  privateLink,
  rdsParameters,
  tagCoverage,
  trustPolicy,
  application,
  directoryRole,
  effectiveAccess,
  keyVaultAccess,
  roleAssignment,
  roleDefinition,
  subscriptionSeparation,
  virtualNetwork,
  file,
  resourceState,
  setting,
  resources,
  kubernetesEffectiveAccess,
  helmCharts,
  helmRelease,
  namespace,
  nodeClasses,
  role,
  roleBinding,
  secretKeys,
  services,
  workloadFlags,
  allowList,
  cidrPlan,
  ingress,
  vpcLayout,
];

/** The texts of every rule that a finding of these checks can have: one for each check and drift. */
export function ruleTexts(of: readonly Check[] = checks): readonly RuleText[] {
  return of.flatMap((check) =>
    driftTexts(check).map(([drift, words]) => ({
      id: `${check.id}/${drift}`,
      title: words.short.replace(/\.$/, ""),
      short: `${words.short} It should be: ${check.title.charAt(0).toLowerCase()}${check.title.slice(1)}.`,
      help: words.help,
      helpUri: `${pageUri(check.id)}#${drift}`,
    })),
  );
}
