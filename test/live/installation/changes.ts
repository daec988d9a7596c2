import type { World } from "./world.ts";

/** One thing that is done to the installation, how it is undone, and all that the scan must find between. */
export interface Change {
  readonly name: string;
  readonly make: (world: World) => Promise<unknown>;
  readonly undo: (world: World) => Promise<unknown>;
  /** Findings that are no notes, one line each, and the exit status. */
  readonly found: readonly string[];
}

type Act = Change["make"];

export const change = (name: string, make: Act, undo: Act, found: readonly string[]): Change => ({
  name,
  make,
  undo,
  found,
});

export function changeNamed(changes: readonly Change[], name: string): Change {
  const found = changes.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no change is called ${name}`);
  return found;
}
