import type { Provider } from "../access/policy.ts";
import { aws } from "./aws.ts";
import { azure } from "./azure.ts";
import type { ProviderRecord } from "./define.ts";
import { kubernetes } from "./kubernetes.ts";

/** Every provider of this version: one record each of the things that differ. A missing one does not compile. */
export const providers: Readonly<Record<Provider, ProviderRecord>> = { azure, aws, kubernetes };
