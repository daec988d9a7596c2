import { plural } from "../text/count.ts";
import { type Cell, drawRows, narrowest, wrap } from "../text/layout.ts";
import { byText } from "../text/order.ts";
import { inertLine, visible } from "../text/visible.ts";
import type { PermissionGroup, RehearsedCall, Review } from "./review.ts";
import {
  CHANGE_WORDS,
  callCount,
  minute,
  neededStatements,
  REACH_WORDS,
  sorted,
  title,
  USE_WORDS,
  useInWords,
  verdict,
  windowOf,
} from "./words.ts";

export interface ReviewTableOptions {
  readonly width: number;
  readonly color: boolean;
  readonly verbose: boolean;
  /** The exit status; said, never decided here. */
  readonly status: number;
}

/** Rows of one kind that are shown without --verbose. */
const SHOWN = 20;
/** Actions of a group that are shown without --verbose. */
const SHOWN_ACTIONS = 4;

/** The review for a person: the verdict, what breaks, what is open, then the four columns and where they are from. */
export function renderReviewTable(review: Review, options: ReviewTableOptions): string {
  const { color, status } = options;
  const paint = (text: string) => {
    const code = status === 1 ? 31 : status === 0 ? 32 : 33;
    return color ? `\u001b[${code}m${text}\u001b[0m` : text;
  };
  const { broken, open, unexplained } = sorted(review);
  const lines = [
    ...wrap(visible(title(review)), options.width, 2),
    "",
    ...wrap(visible(verdict(review, status)), options.width, 2).map(paint),
    ...calls("Would be refused", broken, options),
    ...calls("Depends", open, options),
    ...calls("Refused then, and not granted by the role's own policies today either", unexplained, options),
    ...cut(review, options),
    ...groups(review, options),
    ...dead(review, options),
    ...sources(review, options),
    ...list("Incomplete", review.incomplete, options),
    ...documents(review, options),
    ...list("Notes", review.notes, options),
  ];
  return `${lines.map(inertLine).join("\n")}\n`;
}

function headed(name: string, count: number, what = ""): string[] {
  return ["", `${name} (${count})${what}`];
}

/** Rows under a head, columns of about the given shares of the width: a column in which a word would break is widened. */
function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  shares: readonly number[],
  { width }: ReviewTableOptions,
): string[] {
  const room = Math.max(60, width) - 1 - 2 * (head.length - 1);
  const sum = shares.reduce((a, b) => a + b, 0);
  const wanted = shares.map((share) => Math.max(8, Math.floor((room * share) / sum)));
  const least = shares.map((_, i) =>
    Math.max(8, ...[head, ...rows].map((row) => narrowest(visible(row[i] ?? "")))),
  );
  const widths = widened(wanted, least);
  const cells = (row: readonly string[]): Cell[] =>
    row.map((text, i) => ({ lines: wrap(visible(text), widths[i] ?? 8) }));
  return drawRows(widths, [head, ...rows].map(cells));
}

/** The widths with what a column lacks taken from those that have most to spare; as far as there is anything to spare. */
function widened(widths: readonly number[], least: readonly number[]): readonly number[] {
  const out = [...widths];
  const spare = (at: number): number => (out[at] ?? 0) - (least[at] ?? 0);
  for (const at of out.keys()) {
    while (spare(at) < 0) {
      const [from] = [...out.keys()].sort((a, b) => spare(b) - spare(a));
      if (from === undefined || spare(from) <= 0) return out;
      out[from] = (out[from] ?? 0) - 1;
      out[at] = (out[at] ?? 0) + 1;
    }
  }
  return out;
}

/** A text in lines, all of them indented, those that continue it by two more. */
function indented(text: string, { width }: ReviewTableOptions, by = 1): string[] {
  const room = Math.max(40, width - by);
  return wrap(visible(text), room, 2).map((line) => `${" ".repeat(by)}${line}`);
}

function more(total: number, shown: number): string[] {
  return total > shown ? [` and ${total - shown} more; --verbose and --format json show all`] : [];
}

function calls(name: string, found: readonly RehearsedCall[], options: ReviewTableOptions): string[] {
  if (found.length === 0) return [];
  const shown = options.verbose ? found : found.slice(0, SHOWN);
  // Kubernetes says more in the permission, AWS in the resource.
  const shares = shown.some(({ action }) => action.includes(": ")) ? [34, 24, 22, 24] : [22, 30, 22, 30];
  const rows = shown.map((call) => [
    call.action,
    call.resources.length === 0 ? "(not recorded)" : call.resources.join(", "),
    useInWords(call),
    call.needs === undefined
      ? call.why
      : `${call.why}${call.promised === true ? " (a dead grant of the document)" : ""}`,
  ]);
  return [
    ...headed(name, found.length, `: ${plural(callCount(found), "recorded call")}`),
    ...table(["PERMISSION", "ON", "RECORDED", "WHY"], rows, shares, options),
    ...more(found.length, shown.length),
    ...needs(found, options),
  ];
}

/** What would have to be granted in addition, a line each. */
function needs(found: readonly RehearsedCall[], options: ReviewTableOptions): string[] {
  const statements = neededStatements(found);
  if (statements.length === 0) return [];
  const shown = options.verbose ? statements : statements.slice(0, SHOWN);
  return [
    " It would take, in addition to the target:",
    ...shown.flatMap((statement) => indented(JSON.stringify(statement), options, 3)),
    ...more(statements.length, shown.length),
  ];
}

function cut(review: Review, options: ReviewTableOptions): string[] {
  if (review.cut.length === 0) return [];
  const shown = options.verbose ? review.cut : review.cut.slice(0, SHOWN);
  const rows = shown.map((resource) => [
    resource.id,
    resource.calls === 0 ? "not recorded" : `${resource.calls}×, last ${minute(resource.last ?? "")}`,
    resource.why,
  ]);
  return [
    ...headed("The tag condition will cut off", review.cut.length),
    ...table(["RESOURCE", "USED", "WHY"], rows, [34, 18, 48], options),
    ...more(review.cut.length, shown.length),
  ];
}

function some(names: readonly string[], verbose: boolean): string {
  const shown = verbose ? names : names.slice(0, SHOWN_ACTIONS);
  const rest = names.length - shown.length;
  return `${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** The services of some groups with how many permissions of each, the most first. */
function services(found: readonly PermissionGroup[]): string {
  const counts = new Map<string, number>();
  for (const { service, actions } of found) counts.set(service, (counts.get(service) ?? 0) + actions.length);
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || byText(a, b))
    .map(([service, n]) => `${service} ${n}`)
    .join(", ");
}

function groups(review: Review, options: ReviewTableOptions): string[] {
  // What stays and is no news is one line; the rest is what the scope-down is about.
  const news = review.groups.filter(isNews);
  const kept = permissions(review.groups.filter((group) => !isNews(group)));
  const closing = wrap(
    `${kept} permissions stay as they are. "Not observed" and "not observable" do not mean unused.`,
    options.width,
    2,
  );
  const head = headed("Permissions that change", permissions(news));
  if (news.length === 0) return [...head, ...closing];
  if (options.verbose) {
    const rows = news.map((group) => [
      group.service,
      CHANGE_WORDS[group.change],
      `${USE_WORDS[group.use]}${group.calls > 0 ? ` (${group.calls}×)` : ""}`,
      REACH_WORDS[group.live],
      REACH_WORDS[group.documented],
      REACH_WORDS[group.target],
      some(group.actions.map(nameOf), true),
    ]);
    const names = ["SERVICE", "CHANGE", "USE", "LIVE", "DOCUM.", "TARGET", "PERMISSIONS"];
    return [...head, ...table(names, rows, [14, 14, 16, 8, 8, 8, 30], options), ...closing];
  }
  const joined = new Map<string, PermissionGroup[]>();
  for (const group of news) {
    const key = `${group.change} ${group.use}`;
    joined.set(key, [...(joined.get(key) ?? []), group]);
  }
  const rows = [...joined.values()].flatMap((found) => {
    const [first] = found;
    if (first === undefined) return [];
    // What was used is named; of the rest the services are enough here.
    const named = first.use === "breaks" || first.use === "may-break";
    return [
      [
        CHANGE_WORDS[first.change],
        USE_WORDS[first.use],
        String(permissions(found)),
        named ? found.flatMap(({ actions }) => actions).join(", ") : services(found),
      ],
    ];
  });
  return [
    ...head,
    ...table(
      ["CHANGE", "USE", "COUNT", "PERMISSIONS, OR SERVICES (--verbose names each)"],
      rows,
      [16, 18, 6, 60],
      options,
    ),
    ...closing,
  ];
}

function isNews(group: PermissionGroup): boolean {
  return group.change !== "stays" || group.use === "may-break" || group.use === "breaks";
}

function permissions(found: readonly PermissionGroup[]): number {
  return found.reduce((sum, group) => sum + group.actions.length, 0);
}

/** An action without its service. */
function nameOf(action: string): string {
  return action.slice(action.indexOf(":") + 1).trimStart();
}

function dead(review: Review, options: ReviewTableOptions): string[] {
  if (review.dead.length === 0) return [];
  const all = review.dead.reduce((sum, grant) => sum + grant.actions.length, 0);
  const rows = review.dead
    .toSorted((a, b) => b.calls - a.calls)
    .filter((grant) => options.verbose || grant.calls > 0)
    .map((grant) => [
      some(grant.actions, options.verbose),
      grant.calls === 0 ? "no recorded call" : plural(grant.calls, "recorded call"),
    ]);
  const rest = options.verbose ? [] : review.dead.filter((grant) => grant.calls === 0);
  return [
    ...headed(
      "Promised by the target and granted on nothing",
      all,
      review.cloud === "kubernetes" ? "" : ": these have no such resource or condition key",
    ),
    ...(rows.length === 0 ? [] : table(["PERMISSIONS", "COUNT ON IT"], rows, [75, 25], options)),
    ...(rest.length === 0
      ? []
      : indented(
          review.cloud === "kubernetes"
            ? `no recorded call counts on ${rest.flatMap(({ actions }) => actions).join("; ")}`
            : `no recorded call counts on those of ${rest.map(({ actions }) => `${(actions[0] ?? "").split(/[:/]/)[0]} (${actions.length})`).join(", ")}`,
          options,
        )),
  ];
}

function sources(review: Review, options: ReviewTableOptions): string[] {
  const lines = review.sources.flatMap((source) => [
    ...indented(
      `${source.name} (${source.kind}): ${windowOf(source)}; ${source.events} ${source.kind === "service-last-accessed" ? "services" : "events"}, ${source.calls} by the one reviewed`,
      options,
    ),
    ...source.blind.flatMap((blind) => indented(`cannot observe: ${blind}`, options, 3)),
  ]);
  return [...headed("Usage was read from", review.sources.length), ...lines];
}

function list(name: string, items: readonly string[], options: ReviewTableOptions): string[] {
  if (items.length === 0) return [];
  return [...headed(name, items.length), ...items.flatMap((item) => indented(item, options))];
}

function documents(review: Review, options: ReviewTableOptions): string[] {
  if (review.documents.length === 0) return [];
  return [
    ...headed(
      "Documents to apply, proven equal to the target (--write DIR writes them, nothing applies them)",
      review.documents.length,
    ),
    ...review.documents.flatMap(({ file, size, limit }) => indented(`${file}: ${size} (${limit})`, options)),
  ];
}
