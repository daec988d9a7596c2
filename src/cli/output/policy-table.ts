import type { Comparison, Doubt, Residue } from "../../access/policy.ts";
import { witnessText } from "../../reporters/words.ts";
import { wrap } from "../../text/layout.ts";
import { inertText, visible, wholly } from "../../text/visible.ts";

interface PolicyTableOptions {
  readonly width: number;
  readonly color: boolean;
  readonly verbose: boolean;
  /** File names, in the order in which they were given. */
  readonly documented: readonly string[];
  readonly live: readonly string[];
  /** `FILE:LINE:COL` of a place in a document of a side; undefined when that is not known. */
  placeIn(side: "missing" | "excess", document: number, pointer: string): string | undefined;
  /** Whether the provider has planes, and so a column for them. */
  readonly planes: boolean;
}

/** A comparison for a person: the verdict in words, then what is too much, what is missing, what is open. */
export function policyTable(comparison: Comparison, options: PolicyTableOptions): string {
  const { missing, excess, undecided } = comparison;
  const paint = (code: number, text: string) => (options.color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const lines: string[] = [];
  if (missing.length + excess.length > 0) {
    lines.push(
      paint(
        31,
        `DIFFERENT: ${excess.length} in excess, ${missing.length} missing, ${undecided.length} undecided. Exit 1.`,
      ),
    );
  } else if (undecided.length > 0) {
    lines.push(paint(33, `UNDECIDED: ${undecided.length} could not be decided, otherwise equal. Exit 3.`));
  } else {
    lines.push(paint(32, "EQUAL: the live documents grant exactly what the documented ones grant. Exit 0."));
  }
  if (missing.length + excess.length > 0)
    lines.push("", ...block("SIDE", "PLANE", ["WHAT AND PROOF"], options));
  for (const residue of excess) lines.push(...residueLines("excess", residue, options));
  for (const residue of missing) lines.push(...residueLines("missing", residue, options));
  if (undecided.length > 0) {
    lines.push("", `Undecided (${undecided.length})`);
    for (const [i, doubt] of undecided.entries()) lines.push(...doubtLines(doubt, undecided[i + 1], options));
  }
  const { documented: ours = 0, live: theirs = 0 } = comparison.passedOver ?? {};
  if (ours + theirs > 0) {
    const objects = ours + theirs === 1 ? "other object" : "other objects";
    lines.push(
      "",
      `${ours + theirs} ${objects} passed over, nothing to do with access: ${ours} documented, ${theirs} live.`,
    );
  }
  const dead = comparison.void ?? [];
  if (dead.length > 0) {
    lines.push("", `Never takes effect (${dead.length})`);
    for (const { side, pattern, why, clause } of dead)
      lines.push(` ${side}: ${visible(pattern)}`, `   ${visible(why)} [${clause}]`);
  }
  return `${inertText(lines.join("\n"))}\n`;
}

function residueLines(side: "missing" | "excess", residue: Residue, options: PolicyTableOptions): string[] {
  const what = [wholly(residue.pattern)];
  const shown = options.verbose ? residue.except : residue.except.slice(0, 3);
  if (shown.length > 0) {
    const rest = residue.except.length - shown.length;
    what.push(`except ${shown.map(wholly).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`);
  }
  if (residue.dead === true) what.push(`(dead: no action of today can use it${noteOf(residue, ": ")})`);
  else if (residue.latent === true) what.push("(no operation that exists today)");
  else if (residue.known !== undefined) {
    what.push(`(${residue.known.count} ${residue.known.count === 1 ? "operation" : "operations"} today)`);
  }
  if (residue.dead !== true && residue.note !== undefined) what.push(`(${visible(residue.note)})`);
  if (residue.ambiguous === true) what.push("(ambiguous: whether a star of a resource crosses a colon)");
  if (options.verbose) what.push(`in ${placeOf(side, residue, options)}`);
  const witnesses = [residue.witness, ...(options.verbose ? (residue.witnesses ?? []) : [])];
  const proof = witnesses.map(
    (witness) => `${side === "excess" ? "may" : "may not"}: ${visible(witnessText(witness))}`,
  );
  return block(side, residue.plane ?? "", [...what, ...proof], options);
}

function noteOf({ note }: Residue, before: string): string {
  return note === undefined ? "" : `${before}${visible(note)}`;
}

function placeOf(side: "missing" | "excess", residue: Residue, options: PolicyTableOptions): string {
  const files = side === "excess" ? options.live : options.documented;
  return `${visible(files[residue.origin.document] ?? `document ${residue.origin.document + 1}`)}#${residue.origin.pointer}`;
}

/** Several of one reason in a row say it once, under the last. */
function doubtLines(doubt: Doubt, next: Doubt | undefined, options: PolicyTableOptions): string[] {
  const plane = doubt.plane === undefined ? "" : ` (${doubt.plane})`;
  const { side, origin } = doubt;
  const at = origin === undefined ? undefined : options.placeIn(side, origin.document, origin.pointer);
  const what = ` ${side}: ${wholly(doubt.pattern)}${plane}${at === undefined ? "" : ` (${visible(at)})`}`;
  const why = reasonLine(doubt);
  if (next !== undefined && next.side === doubt.side && reasonLine(next) === why) return [what];
  return [what, why];
}

function reasonLine(doubt: Doubt): string {
  return `   ${visible(doubt.reason)} [${doubt.clause}]; to decide: ${visible(doubt.decide)}`;
}

/** Two narrow columns, and beside them as many lines as it takes. */
function block(
  side: string,
  plane: string,
  what: readonly string[],
  { width, planes }: Pick<PolicyTableOptions, "width" | "planes">,
): string[] {
  const head = ` ${side.padEnd(9)}${planes ? plane.padEnd(9) : ""}`;
  return what
    .flatMap((text) => wrap(text, Math.max(40, width - head.length), 2))
    .map((line, i) => `${i === 0 ? head : " ".repeat(head.length)}${line}`);
}
