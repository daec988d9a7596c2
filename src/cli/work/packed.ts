import type { LoadedBaseline } from "../../baselines/baseline.ts";
import { type CompiledBaseline, compileBaseline, loadedFrom } from "../../baselines/compiled.ts";

/** A baseline as data: its function is a table. Recorded state, waivers and reports are data as they are. */
export interface PackedBaseline {
  readonly compiled: CompiledBaseline;
  readonly rest: Omit<LoadedBaseline, "baseline" | "sha256" | "lineOf">;
}

export function packBaseline(loaded: LoadedBaseline): PackedBaseline {
  const { baseline: _, sha256: _hash, lineOf: _line, ...rest } = loaded;
  return { compiled: compileBaseline(loaded), rest };
}

export function unpackBaseline({ compiled, rest }: PackedBaseline): LoadedBaseline {
  return { ...loadedFrom(compiled, rest.file), ...rest };
}
