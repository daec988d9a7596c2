import type { Finding, Target } from "../report/report.ts";
import { visible, wholly } from "../text/visible.ts";
import { proofVerb, witnessScope, witnessText } from "./words.ts";

/** Longest name, pattern or list that goes into a message; code scanning shows a line or two. */
const LONGEST = 300;

/**
 * Text as SARIF takes it: unsafe characters visible, braces doubled (SARIF 2.1.0, 3.11.5: they mark placeholders), and
 * nothing that reads as an embedded link (3.11.6).
 */
export function sarifText(text: string): string {
  return visible(text).replace(/[{}]/g, "$&$&").replaceAll("](", "] (");
}

/** Letters of a message: what code scanning, or a merge request, shows of it without a click. */
const MESSAGE = 400;
/** Letters that a part of a message keeps, however long the others are. */
const LEAST = 50;
/** Letters of a name at its head, which does not give way. */
const NAME = 80;

/**
 * A finding in a line or two: the resource first, then what is wrong, then the one operation that proves it.
 * @param shown how a text is written in the format
 */
export function shortMessage(finding: Finding, shown: (text: string) => string): string {
  return fitted(messageParts(finding).map(shown));
}

function messageParts(finding: Finding): readonly string[] {
  const { resource, pattern, except = [], witness, message } = finding;
  const name = resource.name === "" ? resource.id : resource.name;
  const parts = [`${cut(visible(name), NAME)}:`, cut(sentence(message), 1_000)];
  if (pattern !== undefined && !message.includes(pattern)) {
    const less = except.length === 0 ? "" : ` except ${exceptText(except)}`;
    parts.push(`Pattern: ${cut(wholly(pattern))}${less}.`);
  }
  if (finding.latent === true) parts.push("No operation of today is concerned.");
  if (witness !== undefined) {
    const scope = witnessScope(witness);
    parts.push(
      `Proof: ${proofVerb(finding)} ${cut(witnessText(witness))}` +
        `${scope === undefined ? "" : ` at ${cut(scope)}`}` +
        `${finding.by === undefined ? "" : `, by ${cut(finding.by)}`}.`,
    );
  }
  return parts;
}

/** The parts as one text of at most `MESSAGE` letters: the longest gives way first. */
function fitted(parts: readonly string[]): string {
  const kept = [...parts];
  for (;;) {
    const over = kept.join(" ").length - MESSAGE;
    if (over <= 0) return kept.join(" ");
    const longest = kept.reduce(
      (most, part, at) => (at > 1 && part.length > (kept[most] ?? "").length ? at : most),
      1,
    );
    const part = kept[longest] ?? "";
    const shorter = shortened(part, Math.max(LEAST, part.length - over - 1));
    if (shorter.length >= part.length) throw new Error("a message whose parts are all short is too long");
    kept[longest] = shorter;
  }
}

/** The text cut, no doubled brace in the middle and no half of a letter. */
function shortened(text: string, most: number): string {
  const start = text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "");
  const [braces = ""] = /[{}]*$/.exec(start) ?? [];
  return `${braces.length % 2 === 0 ? start : start.slice(0, -1)}…`;
}

/**
 * A path as code scanning takes it: relative to the repository, percent-encoded, never with a scheme. A path from
 * outside the repository keeps its names and loses its root: code scanning refuses an upload with any other.
 */
export function artifactUri(file: string): string {
  const segments: string[] = [];
  for (const segment of file
    .replaceAll("\\", "/")
    .replace(/^[A-Za-z]:(?=\/)/, "")
    .split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") segments.pop();
    else segments.push(encodeURIComponent(visible(segment)).replace(/[!'()*]/g, percent));
  }
  return segments.length === 0 ? "baselines" : segments.join("/");
}

/** `chalk-audit/<cloud>/<scope>/`: what code scanning keeps alerts by. Azure scopes in lower case (AZ7). */
export function categoryOf(target: Target): string {
  const scope = target.scope.replace(/^\/+|\/+$/g, "");
  return visible(`chalk-audit/${target.cloud}/${target.cloud === "azure" ? scope.toLowerCase() : scope}/`);
}

/** At most `most` characters, with the cut marked. */
export function cut(text: string, most = LONGEST): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function exceptText(except: readonly string[]): string {
  const shown = except.slice(0, 3).map((e) => cut(e));
  const more = except.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
