import type { Plugin } from "esbuild";

export function leanKubernetesClient(): Plugin;
