import type { ServiceData } from "../src/access/aws/service-data.ts";

export function compactIamData(): Promise<ServiceData>;
