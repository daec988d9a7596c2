import Table from "cli-table3";
import type { Comparison, Doubt, Residue, Witness } from "../access/policy.ts";
import { visible } from "../report/untrusted.ts";

interface PolicyTableOptions {
  readonly width: number;
  readonly color: boolean;
  readonly verbose: boolean;
  /** File names, in the order in which they were given. */
  readonly documented: readonly string[];
  readonly live: readonly string[];
}

const noBorders = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: " ",
};

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
  const rows = [
    ...excess.map((residue) => residueRow("excess", residue, options)),
    ...missing.map((residue) => residueRow("missing", residue, options)),
  ];
  if (rows.length > 0) lines.push("", table(["SIDE", "PLANE", "WHAT", "PROOF"], rows, options.width));
  if (undecided.length > 0) {
    lines.push("", `Undecided (${undecided.length})`);
    for (const doubt of undecided) lines.push(...doubtLines(doubt));
  }
  return `${lines.join("\n")}\n`;
}

function residueRow(side: "missing" | "excess", residue: Residue, options: PolicyTableOptions): string[] {
  const what = [visible(residue.pattern)];
  const shown = options.verbose ? residue.except : residue.except.slice(0, 3);
  if (shown.length > 0) {
    const rest = residue.except.length - shown.length;
    what.push(`except ${shown.map(visible).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`);
  }
  if (residue.latent === true) what.push("(no operation that exists today)");
  else if (residue.known !== undefined) what.push(`(${residue.known.count} operations today)`);
  if (options.verbose) what.push(`in ${placeOf(side, residue, options)}`);
  const witnesses = [residue.witness, ...(options.verbose ? (residue.witnesses ?? []) : [])];
  const proof = witnesses.map(
    (witness) => `${side === "excess" ? "may" : "may not"}: ${visible(requestText(witness))}`,
  );
  return [side, residue.plane ?? "", what.join("\n"), proof.join("\n")];
}

function placeOf(side: "missing" | "excess", residue: Residue, options: PolicyTableOptions): string {
  const files = side === "excess" ? options.live : options.documented;
  return `${visible(files[residue.origin.document] ?? `document ${residue.origin.document + 1}`)}#${residue.origin.pointer}`;
}

/** A request as one line. */
function requestText(witness: Witness): string {
  if ("url" in witness) return `${witness.verb} ${witness.url}`;
  if ("verb" in witness) {
    const resource =
      witness.subresource === undefined ? witness.resource : `${witness.resource}/${witness.subresource}`;
    return `${witness.verb} ${resource}${witness.group === "" ? "" : `.${witness.group}`}`;
  }
  if ("resource" in witness) return `${witness.action} on ${witness.resource}`;
  return witness.action;
}

function doubtLines(doubt: Doubt): string[] {
  const plane = doubt.plane === undefined ? "" : ` (${doubt.plane})`;
  return [
    ` ${doubt.side}: ${visible(doubt.pattern)}${plane}`,
    `   ${visible(doubt.reason)} [${doubt.clause}]; to decide: ${visible(doubt.decide)}`,
  ];
}

/** The two wide columns share what the narrow ones leave. */
function table(head: readonly string[], rows: readonly string[][], width: number): string {
  const wide = Math.max(30, Math.floor((Math.max(60, width) - 8 - 9 - 6) / 2));
  const drawn = new Table({
    head: [...head],
    chars: noBorders,
    colWidths: [9, 9, wide, wide],
    wordWrap: true,
    wrapOnWordBoundary: false,
    style: { head: [], border: [], "padding-left": 1, "padding-right": 0, compact: true },
  });
  for (const row of rows) drawn.push(row);
  return drawn
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
