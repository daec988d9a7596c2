import { Ajv } from "ajv";
import type { AwsGrant, AwsPart } from "../access/policy.ts";
import { visible } from "../text/visible.ts";
import { explain, pointerText } from "./problems.ts";
import type { Drift } from "./report.ts";
import { waiversSchema } from "./waivers-schema.ts";
import { readYaml } from "./yaml.ts";

/**
 * A drift that somebody accepts until a day. It covers what it names and nothing more:
 *
 * - `control` or `rule`, or both: which findings it is about. A control may be written without its baseline's id.
 * - `target`, `resource`: globs (`*` only) over a target's name and a resource's id; absent means any.
 * - `drift`: the one kind of drift that is accepted.
 * - `patterns` and what follows: the grant that is accepted, for findings that have a pattern. `except` is what is not
 *   accepted of the patterns: none means that they are accepted whole. `plane` defaults to `control`. `scope` is the
 *   widest place where the grant is accepted; absent, it is the audited scope itself. Of `resources`, `principals`,
 *   `condition` and `within` what is left out accepts only a finding that has nothing of the kind.
 * - without `patterns`, only findings without a pattern are covered. Then `resource` must be given, and the drift: by
 *   `rule`, or by `control` and `drift`. A finding that carries the observed value is covered only while `accepted` is
 *   that value, as JSON or as its JSON text.
 *
 * A finding is covered while what it grants is contained in what was accepted, by the exact comparison.
 */
export interface Waiver extends Omit<AwsGrant, "patterns" | "except"> {
  readonly control?: string;
  readonly rule?: string;
  readonly drift?: Drift;
  readonly target?: string;
  readonly resource?: string;
  readonly patterns: readonly string[];
  readonly except: readonly (string | AwsPart)[];
  /** Absent: the control plane, of a provider that has planes. */
  readonly plane?: "control" | "data";
  readonly scope?: string;
  /** Present, also as null: the observed value that is accepted. */
  readonly accepted?: unknown;
  readonly reason: string;
  readonly owner: string;
  /** The last day on which it holds (UTC), `YYYY-MM-DD`. */
  readonly expires: string;
  /** 1-based line of the file. */
  readonly line: number;
}

export interface WaiverFile {
  /** As the user gave it. */
  readonly file: string;
  readonly waivers: readonly Waiver[];
}

/** A waiver file that cannot be used. The message has one line per problem, each `FILE:LINE:COL: PATH: TEXT`. */
export class WaiverError extends Error {
  override readonly name = "WaiverError";
}

type Written = Omit<Waiver, "patterns" | "except" | "line"> & {
  readonly pattern?: string;
  readonly patterns?: readonly string[];
  readonly except?: Waiver["except"];
};

const SHOWN = 50;

let validator: ReturnType<Ajv["compile"]> | undefined;

/**
 * Reads a waiver file (YAML or JSON).
 * @throws WaiverError when it is malformed, is a file of another kind, or a waiver names nothing in particular.
 */
export function parseWaivers(text: string, file: string): WaiverFile {
  const read = readYaml(text);
  if ("faults" in read) {
    throw failure(
      file,
      read.faults.map((f) => `${f.place.line}:${f.place.column}: ${f.text}`),
    );
  }
  const kind = otherKind(read.data);
  if (kind !== undefined) {
    throw new WaiverError(
      `${visible(file)}: expected a waiver file (a list under \`waivers\`), found ${kind}`,
    );
  }
  validator ??= new Ajv({ allErrors: true, verbose: true, strict: false }).compile(waiversSchema);
  const lines: { readonly line: number; readonly column: number; readonly text: string }[] = [];
  const problem = (pointer: string, message: string, atKey = false) => {
    const { line, column } = atKey ? read.keyAt(pointer) : read.valueAt(pointer);
    const path = pointerText(pointer);
    lines.push({ line, column, text: `${path === "" ? "" : `${path}: `}${message}` });
  };
  if (!validator(read.data)) {
    for (const p of explain(validator.errors ?? [])) problem(p.pointer, p.text, p.atKey);
  }
  const items = (read.data as { readonly waivers?: unknown } | null)?.waivers;
  const written = Array.isArray(items) ? (items as readonly unknown[]) : [];
  written.forEach((item, i) => {
    const expires = (item as { readonly expires?: unknown } | null)?.expires;
    if (typeof expires === "string" && /^\d{4}-\d{2}-\d{2}$/.test(expires) && !isDay(expires)) {
      problem(
        `/waivers/${i}/expires`,
        `expected a day that exists, found ${visible(JSON.stringify(expires))}`,
      );
    }
  });
  if (lines.length > 0) {
    const sorted = lines.sort((a, b) => a.line - b.line || a.column - b.column || (a.text < b.text ? -1 : 1));
    throw failure(
      file,
      sorted.map((l) => `${l.line}:${l.column}: ${l.text}`),
    );
  }
  return {
    file,
    waivers: (written as readonly Written[]).map((item, i) => {
      const { pattern, patterns, except, ...rest } = item;
      return {
        ...rest,
        patterns: pattern === undefined ? (patterns ?? []) : [pattern],
        except: except ?? [],
        line: read.valueAt(`/waivers/${i}`).line,
      };
    }),
  };
}

function failure(file: string, problems: readonly string[]): WaiverError {
  const lines = [...new Set(problems)].map((p) => `${visible(file)}:${p}`);
  const shown = lines.slice(0, SHOWN);
  if (lines.length > SHOWN) shown.push(`${visible(file)}: and ${lines.length - SHOWN} more problems`);
  return new WaiverError(shown.join("\n"));
}

/** What a file is that is no waiver file but one of this tool's others. */
function otherKind(data: unknown): string | undefined {
  if (typeof data !== "object" || data === null || Array.isArray(data) || "waivers" in data) return undefined;
  if ("findings" in data) return "a report";
  if ("documents" in data && "takenAt" in data) return "a snapshot";
  if ("controls" in data) return "a baseline";
  return undefined;
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
