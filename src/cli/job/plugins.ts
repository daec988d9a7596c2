import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { checks } from "../../checks/registry.ts";
import type { Extensions } from "../../plugins/define.ts";
import { PluginError, withPlugin } from "../../plugins/validate.ts";
import { reporters } from "../../reporters/registry.ts";
import { visible } from "../../text/visible.ts";
import type { GivenOptions } from "../line/options.ts";

/** How long a module may take to load, in milliseconds: one that never ends its top level is refused. */
const LOADING = 10_000;

/** What is bundled, and nothing else. */
export const bundled: Extensions = { plugins: [], checks, reporters, kinds: [] };

/** The module of a plugin: where it lies, and how the user named it. */
export interface PluginFile {
  readonly path: string;
  readonly shown: string;
}

/** The modules of `--plugin`, in the order in which they were given. */
export function pluginsOf(given: GivenOptions, cwd: string): readonly PluginFile[] {
  return (given.get("plugin")?.values ?? []).map((file) => ({ path: resolve(cwd, file), shown: file }));
}

/**
 * What is bundled, with the plugins of `--plugin` (flag or environment: a config file is data, and names no code).
 * @throws PluginError naming the plugin
 */
export async function extensionsOf(given: GivenOptions, cwd: string): Promise<Extensions> {
  return extensionsFrom(pluginsOf(given, cwd));
}

/**
 * What is bundled, with these plugins.
 * @throws PluginError naming the plugin
 */
export async function extensionsFrom(plugins: readonly PluginFile[]): Promise<Extensions> {
  let extensions = bundled;
  for (const { path, shown } of plugins) extensions = withPlugin(extensions, await load(path, shown), shown);
  return extensions;
}

async function load(path: string, file: string): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new PluginError(`plugin ${visible(file)}: did not load within ${LOADING / 1000} s`)),
      LOADING,
    );
  });
  try {
    return await Promise.race([import(pathToFileURL(path).href), late]);
  } catch (error) {
    if (error instanceof PluginError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new PluginError(`plugin ${visible(file)}: cannot be loaded: ${visible(why).slice(0, 500)}`);
  } finally {
    clearTimeout(timer);
  }
}
