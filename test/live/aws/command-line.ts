import { spawnSync } from "node:child_process";

/** Why a command cannot be used on this machine; undefined: it can. */
export function missing(command: string, ...args: readonly string[]): string | undefined {
  const found = spawnSync(command, args);
  return found.error === undefined && found.status === 0 ? undefined : `${command} was not found`;
}
