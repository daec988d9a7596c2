import { type Ran, runCommand } from "../command.ts";
import type { Client, LiveAzure } from "../servers/azure/setup.ts";
import { subscriptionId } from "./world.ts";

export type { Ran };

/** Runs the built command as a user would, signed in as that client, against the live servers. */
export function chalkAudit(azure: LiveAzure, client: Client, args: readonly string[]): Promise<Ran> {
  return runCommand(args, azure.env(client));
}

/** The flags that every scan of the live servers has. */
export function target(azure: LiveAzure): readonly string[] {
  return ["--cloud", "azure", "--azure-endpoint", azure.endpoint, "--subscription", subscriptionId];
}
