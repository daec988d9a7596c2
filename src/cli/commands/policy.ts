import { resolve } from "node:path";
import { type Comparison, PROVIDERS } from "../../access/policy.ts";
import { COMPARED } from "../../access/provider.ts";
import { inertJson, loggable } from "../../text/visible.ts";
import { type PolicyFile, readPolicyFile } from "../job/policy-file.ts";
import { UsageError } from "../line/errors.ts";
import type { GivenOptions } from "../line/options.ts";
import { choice, on, one, timeoutOf } from "../line/settings.ts";
import { colorFor, type Shell } from "../line/shell.ts";
import { readText } from "../output/files.ts";
import { policyTable } from "../output/policy-table.ts";
import { consoleOn } from "../output/progress.ts";
import { carryOut, sayUnfinished } from "../work/carry-out.ts";
import { type NamedText, type PolicyOrder, policyWork } from "../work/policy.ts";

/**
 * `policy compare DOCUMENTED… --live LIVE… --provider PROVIDER`: the exact difference of two sets of documents.
 * @returns 0 equal, 1 different, 3 undecided and otherwise equal
 * @throws UsageError for input that cannot be read
 */
export async function policyCompare(
  documentedFiles: readonly string[],
  given: GivenOptions,
  shell: Shell,
): Promise<number> {
  const provider = choice(given, "provider", PROVIDERS);
  const format = choice(given, "format", ["table", "json"]);
  const liveFiles = given.get("live")?.values ?? [];
  if (documentedFiles.length === 0)
    throw new UsageError("policy compare: expected at least one documented file");
  if (liveFiles.length === 0) throw new UsageError("policy compare: expected --live FILE, what is granted");
  if (provider === undefined) {
    throw new UsageError(`policy compare: expected --provider PROVIDER (${PROVIDERS.join(", ")})`);
  }
  if (!COMPARED.includes(provider)) {
    throw new UsageError(
      `--provider: "${provider}" is not in this version, which compares ${COMPARED.join(", ")}`,
    );
  }

  const namespace = one(given, "namespace");
  if (namespace !== undefined && provider !== "kubernetes") {
    throw new UsageError(
      `--namespace: only documents of Kubernetes stand in a namespace, found --provider ${provider}`,
    );
  }
  const timeout = timeoutOf(given);
  const texts = async (files: readonly string[], what: string): Promise<readonly NamedText[]> => {
    const read: NamedText[] = [];
    for (const file of files) read.push({ file, text: await readText(resolve(shell.cwd, file), what, file) });
    return read;
  };
  const catalogFile = one(given, "catalog");
  const [catalog] = catalogFile === undefined ? [] : await texts([catalogFile], "catalogue");
  const order: PolicyOrder = {
    provider,
    documented: await texts(documentedFiles, "policy document"),
    live: await texts(liveFiles, "policy document"),
    ...(catalog === undefined ? {} : { catalog }),
    ...(namespace === undefined ? {} : { namespace }),
  };
  const console = consoleOn(
    shell.err,
    { progress: on(given, "no-progress") !== true, quiet: false, debug: on(given, "debug") === true },
    loggable,
  );
  const ended = await carryOut(policyWork, order, {
    shell,
    console,
    timeoutMs: timeout.ms,
    line: () => "comparing",
  });
  if (ended.kind !== "done") return sayUnfinished(ended.kind, "compared", timeout, console);
  const comparison = ended.out;
  const read = new Map<NamedText, PolicyFile>();
  const placesIn = (named: NamedText): PolicyFile => {
    const { file, text } = named;
    const found = read.get(named) ?? readPolicyFile(text, file, "policy document", provider === "kubernetes");
    read.set(named, found);
    return found;
  };

  if (format === "json") {
    await shell.out.write(`${inertJson(JSON.stringify({ provider, ...comparison }, undefined, 2))}\n`);
  } else {
    await shell.out.write(
      policyTable(comparison, {
        width: shell.out.columns ?? 100,
        color: colorFor(shell.out, shell.env, on(given, "color", "no-color")),
        verbose: on(given, "verbose") === true,
        documented: documentedFiles,
        live: liveFiles,
        placeIn: (side, document, pointer) => {
          const named = (side === "missing" ? order.documented : order.live)[document];
          if (named === undefined) return undefined;
          const { line, column } = placesIn(named).placeAt(pointer);
          return `${named.file}:${line}:${column}`;
        },
        planes: provider === "azure",
      }),
    );
  }
  return statusOf(comparison);
}

function statusOf(comparison: Comparison): 0 | 1 | 3 {
  if (comparison.missing.length > 0 || comparison.excess.length > 0) return 1;
  return comparison.undecided.length > 0 ? 3 : 0;
}
