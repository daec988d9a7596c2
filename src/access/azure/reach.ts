/** Whether an operation is allowed, for the steps of the paths to more rights (E2). */
import type { Reaches } from "../escalation/reach.ts";
import type { AzureRequest, CompareOptions } from "../policy.ts";
import { azureEvaluator } from "./engine.ts";

/** @throws PolicyError when something given is no role */
export function azureReach(documents: readonly unknown[], options: CompareOptions): Reaches {
  const allows = azureEvaluator(documents, options);
  return (step) => {
    const data = step.startsWith("data ");
    const witness: AzureRequest = {
      action: data ? step.slice("data ".length) : step,
      plane: data ? "data" : "control",
    };
    const verdict = allows(witness);
    return verdict === "allowed" ? { verdict, witness } : { verdict };
  };
}
