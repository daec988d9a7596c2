import type { Provider } from "../access/policy.ts";
import type { Check } from "../checks/define.ts";
import type { Reporter } from "../reporters/define.ts";
import type { ExtraCall, ExtraDoor, ExtraKind } from "../snapshot/kinds/extra.ts";
import type { PluginKind } from "../snapshot/kinds/kinds.ts";

/** A kind of document that a plugin collects. See docs/plugins.md. */
export interface PluginCollector {
  /** `azure/x-acme-budget`: the provider, `x-`, and a name of its own. */
  readonly kind: PluginKind;
  /** What they are, plural: `budgets`. */
  readonly title: string;
  /** What they are read for. */
  readonly purpose: string;
  /** The paths that it may GET, and the permission that each takes. Azure and Kubernetes. */
  readonly calls: readonly [ExtraCall, ...ExtraCall[]];
  /** Reads the documents through the door, which GETs the declared paths and nothing else. */
  readonly read: (door: ExtraDoor) => Promise<readonly { readonly id: string; readonly body: unknown }[]>;
}

/** What the module of `--plugin FILE` exports, by name or as its default. */
export interface Plugin {
  /** Lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly checks?: readonly Check[];
  readonly reporters?: readonly Reporter[];
  readonly collectors?: readonly PluginCollector[];
}

/** What a run knows beside what is bundled, and with it. */
export interface Extensions {
  /** Names of the plugins, in the order in which they were given. */
  readonly plugins: readonly string[];
  /** The bundled checks and those of plugins. */
  readonly checks: readonly Check[];
  /** The bundled reporters and those of plugins. */
  readonly reporters: readonly Reporter[];
  /** The kinds that plugins add. */
  readonly kinds: readonly ExtraKind[];
}

/** The providers whose state a plugin's collector can read. AWS has no reads that a method tells from writes. */
export const COLLECTABLE: readonly Provider[] = ["azure", "kubernetes"];
