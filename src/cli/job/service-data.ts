import type { ServiceData } from "../../access/aws/service-data.ts";

/**
 * What each action of AWS knows of resources and condition keys. Made from the data's own package while the sources
 * run; the build puts the finished data in place of this module.
 */
export async function loadServiceData(): Promise<ServiceData> {
  const { compactIamData } = await import("../../../scripts/compact-iam-data.mjs");
  return compactIamData();
}
