import { readFileSync } from "node:fs";
import { readSnapshot } from "../../src/snapshot/read.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";
import type { Body } from "../servers/azure-state.ts";

/** A recorded state that comes with the repository. */
export function recorded(name: "demo" | "clean"): Snapshot {
  const file = `fixtures/snapshots/azure/${name}.json`;
  return readSnapshot(readFileSync(file, "utf8"), file);
}

/** Some five hundred operations of 23 providers, the same catalogue that the demo has. */
export const operations: readonly Body[] = recorded("clean")
  .documents.filter((document) => document.kind === "azure/provider-operations")
  .map((document) => document.body as Body);
