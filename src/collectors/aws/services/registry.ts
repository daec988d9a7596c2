import { type AwsKind, awsKinds } from "../../../snapshot/kinds/aws.ts";
import type { CollectPlan } from "../../define.ts";
import { type BoundService, bound } from "./define.ts";

/**
 * Every service of AWS that a scan reads, beside the one that tells who is signed in. Each is loaded with its SDK client
 * only when a kind of it is planned: what a baseline does not ask of AWS costs it nothing.
 */
export const services: Readonly<Record<string, () => Promise<BoundService>>> = {
  iam: async () => bound((await import("./iam.ts")).iam),
  tagging: async () => bound((await import("./tagging.ts")).tagging),
  ec2: async () => bound((await import("./ec2.ts")).ec2),
  eks: async () => bound((await import("./eks.ts")).eks),
  rds: async () => bound((await import("./rds.ts")).rds),
  sqs: async () => bound((await import("./sqs.ts")).sqs),
  s3: async () => bound((await import("./s3.ts")).s3),
  route53: async () => bound((await import("./route53.ts")).route53),
  kafka: async () => bound((await import("./kafka.ts")).kafka),
  elasticloadbalancing: async () => bound((await import("./elastic-load-balancing.ts")).elasticLoadBalancing),
};

/** The services that a plan needs, loaded: a kind is read by the service of its first call. */
export function servicesFor(plan: CollectPlan): Promise<readonly BoundService[]> {
  const planned = (Object.keys(awsKinds) as AwsKind[]).filter((kind) => plan.kinds.has(kind));
  const names = new Set(planned.map((kind) => awsKinds[kind].calls[0].service));
  return Promise.all([...names].flatMap((name) => services[name]?.() ?? []));
}
