import type { Metafile } from "esbuild";

export const root: string;
export function bundle(outdir: string): Promise<Metafile>;
export function bundleScript(entry: string, outfile: string): Promise<void>;
