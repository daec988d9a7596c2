import { Ajv } from "ajv";
import { PROVIDERS } from "../access/policy.ts";
import type { Check } from "../checks/define.ts";
import { DRIFTS as DRIFT_NAMES } from "../report/schema.ts";
import { SEVERITIES } from "../report/severity.ts";
import type { Reporter } from "../reporters/define.ts";
import type { ExtraKind } from "../snapshot/kinds/extra.ts";
import { didYouMean } from "../text/nearest.ts";
import { visible } from "../text/visible.ts";
import type { Observation } from "../wording/observation.ts";
import { COLLECTABLE, type Extensions, type Plugin, type PluginCollector } from "./define.ts";

/** A plugin that cannot be used: what is wrong with it, by its name. */
export class PluginError extends Error {
  override readonly name = "PluginError";
}

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const CHECK_ID = /^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/;
const KIND = new RegExp(`^(${PROVIDERS.join("|")})/x-[a-z0-9][a-z0-9-]*$`);
const CLOUDS: readonly unknown[] = [...PROVIDERS, "any"];
const DRIFTS = Object.keys(DRIFT_NAMES);
const PARTS = ["name", "checks", "reporters", "collectors"] as const;

type Loose = Readonly<Record<string, unknown>>;

const isLoose = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";
const shown = (value: unknown): string => visible(JSON.stringify(value) ?? String(value)).slice(0, 120);

/**
 * Takes a plugin in. Whatever it says of itself is looked at here; what it does later is looked at as it does it, by the
 * functions that are put around its own. So a plugin that throws or lies is named, and never a verdict.
 * @param module what the file exports
 * @param file as the user named it
 * @param known what is there already
 * @throws PluginError naming the plugin
 */
export function withPlugin(known: Extensions, module: unknown, file: string): Extensions {
  const plugin = pluginIn(module, file);
  const { name } = plugin;
  if (known.plugins.includes(name)) throw problem(name, "is loaded already; two plugins need two names");
  const checks = partOf(plugin, "checks").map((check) => checkOf(name, check, known.checks));
  const reporters = partOf(plugin, "reporters").map((reporter) =>
    reporterOf(name, reporter, known.reporters),
  );
  const kinds = partOf(plugin, "collectors").map((collector) => kindOf(name, collector, known.kinds));
  if (checks.length + reporters.length + kinds.length === 0)
    throw problem(name, "adds nothing: expected checks, reporters or collectors");
  unique(
    name,
    "check",
    checks.map(({ id }) => id),
  );
  unique(
    name,
    "reporter",
    reporters.map(({ format }) => format),
  );
  unique(
    name,
    "collector",
    kinds.map(({ kind }) => kind),
  );
  return {
    plugins: [...known.plugins, name],
    checks: [...known.checks, ...checks],
    reporters: [...known.reporters, ...reporters],
    kinds: [...known.kinds, ...kinds],
  };
}

function problem(plugin: string, what: string): PluginError {
  return new PluginError(`plugin ${visible(plugin)}: ${what}`);
}

function unique(plugin: string, what: string, ids: readonly string[]): void {
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) throw problem(plugin, `${what} ${twice}: stands twice`);
}

/** The plugin that a module exports: by names, or whole as its default. */
function pluginIn(module: unknown, file: string): Plugin {
  const own = module as Loose;
  const exported = isLoose(own["default"]) && own["name"] === undefined ? own["default"] : own;
  const { name } = exported as { readonly name?: unknown };
  if (typeof name !== "string" || !NAME.test(name)) {
    throw new PluginError(
      `plugin ${visible(file)}: expected it to export name, lower-case letters, digits and hyphens, found ${shown(name)}`,
    );
  }
  for (const key of Object.keys(exported)) {
    if (key === "default" || (PARTS as readonly string[]).includes(key)) continue;
    throw problem(name, `exports ${visible(key)}, which is no part of a plugin${didYouMean(key, PARTS)}`);
  }
  return exported as unknown as Plugin;
}

function partOf(plugin: Plugin, part: "checks" | "reporters" | "collectors"): readonly unknown[] {
  const value: unknown = plugin[part];
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw problem(plugin.name, `${part}: expected a list, found ${shown(value)}`);
  return value;
}

function checkOf(plugin: string, value: unknown, known: readonly Check[]): Check {
  if (!isLoose(value)) throw problem(plugin, `a check is no object: ${shown(value)}`);
  const { id, cloud, title, help, params, needs, tolerates, applicable, drifts, run } = value;
  if (typeof id !== "string" || !CHECK_ID.test(id))
    throw problem(plugin, `a check's id is area/name in lower-case letters, found ${shown(id)}`);
  const wrong = (what: string) => problem(plugin, `check ${id}: ${what}`);
  if (known.some((each) => each.id === id)) throw wrong("a check of that id exists; choose another");
  if (!CLOUDS.includes(cloud)) throw wrong(`cloud: expected ${CLOUDS.join(", ")}, found ${shown(cloud)}`);
  for (const [key, text] of Object.entries({ title, help }))
    if (!isText(text)) throw wrong(`${key}: expected text, found ${shown(text)}`);
  for (const [key, made] of Object.entries({ needs, run }))
    if (typeof made !== "function") throw wrong(`${key}: expected a function, found ${shown(made)}`);
  if (tolerates !== undefined && !Array.isArray(tolerates))
    throw wrong("tolerates: expected a list of kinds");
  if (applicable !== undefined && typeof applicable !== "function")
    throw wrong("applicable: expected a function");
  requireSchema(params, wrong);
  if (!isLoose(drifts) || Object.keys(drifts).length === 0)
    throw wrong("drifts: expected the drifts that it can report, with their texts");
  for (const [drift, words] of Object.entries(drifts)) {
    if (!DRIFTS.includes(drift))
      throw wrong(
        `drifts: ${visible(drift)} is no drift${didYouMean(drift, DRIFTS)} (known: ${DRIFTS.join(", ")})`,
      );
    if (!isLoose(words) || !isText(words["short"]) || !isText(words["help"]))
      throw wrong(`drifts: ${drift}: expected { short, help }`);
  }
  const check = value as unknown as Check;
  return {
    ...check,
    needs: (given) => {
      const kinds: unknown = guarded(wrong, "needs", () => check.needs(given));
      if (!Array.isArray(kinds) || !kinds.every(isText))
        throw wrong(`needs gave ${shown(kinds)}, expected a list of kinds of documents`);
      return kinds as ReturnType<Check["needs"]>;
    },
    ...(check.applicable === undefined
      ? {}
      : {
          applicable: (control) => {
            const why: unknown = guarded(wrong, "applicable", () => check.applicable?.(control));
            if (why !== undefined && !isText(why))
              throw wrong(`applicable gave ${shown(why)}, expected a reason`);
            return why;
          },
        }),
    run: function* (facts, given, context) {
      const each = guarded(wrong, "run", () => {
        const seen: unknown = check.run(facts, given, context);
        if (typeof (seen as Iterable<Observation> | undefined)?.[Symbol.iterator] !== "function")
          throw wrong(`run gave ${shown(seen)}, expected observations`);
        return (seen as Iterable<Observation>)[Symbol.iterator]();
      });
      for (;;) {
        const next = guarded(wrong, "run", () => each.next());
        if (next.done === true) return;
        requireObservation(next.value, check, wrong);
        yield next.value;
      }
    },
  };
}

/** The schema of a check's parameters must be one, and closed: what a baseline misspells is then refused. */
function requireSchema(params: unknown, wrong: (what: string) => PluginError): void {
  if (!isLoose(params) || params["type"] !== "object" || params["additionalProperties"] !== false)
    throw wrong("params: expected a JSON Schema of type object with additionalProperties false");
  try {
    new Ajv({ strict: true, strictTypes: false, strictRequired: false }).compile(params);
  } catch (error) {
    throw wrong(`params is no JSON Schema: ${visible((error as Error).message)}`);
  }
}

function requireObservation(value: unknown, check: Check, wrong: (what: string) => PluginError): void {
  if (!isLoose(value)) throw wrong(`run gave ${shown(value)}, expected an observation`);
  const { kind, resource, message, property, drift, count, what, severity } = value;
  if (kind === "assessed") {
    if (typeof count !== "number" || !(count >= 0) || !isText(what))
      throw wrong(`run gave ${shown(value)}, expected { kind: "assessed", count, what }`);
    return;
  }
  if (kind !== "drift" && kind !== "unknown" && kind !== "note")
    throw wrong(`run gave an observation of kind ${shown(kind)}, expected drift, unknown, note or assessed`);
  if (!isLoose(resource) || !["type", "id", "name"].every((key) => isText(resource[key])))
    throw wrong(`run gave an observation whose resource is ${shown(resource)}, expected { type, id, name }`);
  if (!isText(message) || !isText(property))
    throw wrong("run gave an observation without a message or a property");
  if (kind !== "unknown" && !(typeof drift === "string" && Object.hasOwn(check.drifts, drift)))
    throw wrong(`run gave the drift ${shown(drift)}, which is none of those that it declares`);
  if (severity !== undefined && !(SEVERITIES as readonly unknown[]).includes(severity))
    throw wrong(`run gave the severity ${shown(severity)}, expected ${SEVERITIES.join(", ")}`);
}

function reporterOf(plugin: string, value: unknown, known: readonly Reporter[]): Reporter {
  if (!isLoose(value)) throw problem(plugin, `a reporter is no object: ${shown(value)}`);
  const { format, title, extension, render } = value;
  if (typeof format !== "string" || !NAME.test(format))
    throw problem(plugin, `a reporter's format is a name in lower-case letters, found ${shown(format)}`);
  const wrong = (what: string) => problem(plugin, `reporter ${format}: ${what}`);
  if (known.some((each) => each.format === format))
    throw wrong("a reporter of that format exists; choose another");
  for (const [key, text] of Object.entries({ title, extension }))
    if (!isText(text)) throw wrong(`${key}: expected text, found ${shown(text)}`);
  if (typeof render !== "function") throw wrong(`render: expected a function, found ${shown(render)}`);
  const { nothing, leftOut, beside } = value;
  if (nothing !== undefined && !isText(nothing))
    throw wrong(`nothing: expected text, found ${shown(nothing)}`);
  if (leftOut !== undefined && typeof leftOut !== "function")
    throw wrong(`leftOut: expected a function, found ${shown(leftOut)}`);
  if (beside !== undefined && !(Array.isArray(beside) && beside.every(isFileBeside)))
    throw wrong("beside: expected files, each with name, holds, none and render");
  const reporter = value as unknown as Reporter;
  const textOf = (what: string, give: () => unknown): string | undefined => {
    const text = guarded(wrong, what, give);
    if (text !== undefined && typeof text !== "string")
      throw wrong(`${what} gave ${shown(text)}, expected text`);
    return text;
  };
  return {
    format,
    title: reporter.title,
    extension: reporter.extension,
    render: (report, options) => textOf("render", () => reporter.render(report, options)),
    ...(reporter.nothing === undefined ? {} : { nothing: reporter.nothing }),
    ...(reporter.beside === undefined
      ? {}
      : {
          beside: reporter.beside.map(({ name, holds, none, render: give }) => ({
            ...{ name, holds, none },
            render: (report, options) => textOf(`render of ${name}`, () => give(report, options)),
          })),
        }),
    ...(reporter.leftOut === undefined
      ? {}
      : {
          leftOut: (report, options) => {
            const lines: unknown = guarded(wrong, "leftOut", () => reporter.leftOut?.(report, options));
            if (!Array.isArray(lines) || !lines.every(isText))
              throw wrong(`leftOut gave ${shown(lines)}, expected lines of text`);
            return lines;
          },
        }),
  };
}

/** Its name becomes a part of a file's name. */
function isFileBeside(value: unknown): boolean {
  if (!isLoose(value)) return false;
  const { name, holds, none, render } = value;
  return (
    typeof name === "string" &&
    NAME.test(name) &&
    isText(holds) &&
    isText(none) &&
    typeof render === "function"
  );
}

function kindOf(plugin: string, value: unknown, known: readonly ExtraKind[]): ExtraKind {
  if (!isLoose(value)) throw problem(plugin, `a collector is no object: ${shown(value)}`);
  const { kind, title, purpose, calls, read } = value;
  if (typeof kind !== "string" || !KIND.test(kind))
    throw problem(
      plugin,
      `a collector's kind is provider/x-name, such as azure/x-${plugin}, found ${shown(kind)}`,
    );
  const wrong = (what: string) => problem(plugin, `collector ${kind}: ${what}`);
  if (known.some((each) => each.kind === kind))
    throw wrong("a collector of that kind exists; choose another");
  const provider = kind.slice(0, kind.indexOf("/"));
  if (!(COLLECTABLE as readonly string[]).includes(provider))
    throw wrong(`plugins collect from ${COLLECTABLE.join(" and ")} in this version`);
  for (const [key, text] of Object.entries({ title, purpose }))
    if (!isText(text)) throw wrong(`${key}: expected text, found ${shown(text)}`);
  if (typeof read !== "function") throw wrong(`read: expected a function, found ${shown(read)}`);
  if (!Array.isArray(calls) || calls.length === 0) throw wrong("calls: expected the paths that it reads");
  for (const call of calls as readonly unknown[]) {
    if (!isLoose(call) || typeof call["path"] !== "string" || !/^\/[^?#\s]*$/.test(call["path"]))
      throw wrong(`calls: expected { path: "/…", permission }, found ${shown(call)}`);
    if (!isText(call["permission"])) throw wrong(`calls: ${visible(call["path"])}: expected its permission`);
    if (provider === "azure" && !isText(call["apiVersion"]))
      throw wrong(`calls: ${visible(call["path"])}: expected its apiVersion`);
  }
  return { ...(value as unknown as PluginCollector), plugin };
}

/** What a plugin's own function gives; what it throws is told with its name. */
function guarded<T>(wrong: (what: string) => PluginError, what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof PluginError) throw error;
    throw wrong(
      `${what} threw: ${visible(error instanceof Error ? error.message : String(error)).slice(0, 500)}`,
    );
  }
}
