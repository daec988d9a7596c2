import { plural } from "../../text/count.ts";
import { type Child, h, type PageElement } from "./element.ts";
import { pathPicture } from "./path-picture.ts";
import { sideBySide } from "./side-by-side.ts";
import type { FindingView, GroupView, RowView } from "./view.ts";

/** How things are called in a report: short where that says enough. */
export interface Naming {
  /** One baseline: its id before a control says nothing. */
  readonly oneBaseline: boolean;
  readonly oneTarget: boolean;
}

export function shortControl(id: string, { oneBaseline }: Naming): string {
  return oneBaseline ? id.slice(id.indexOf("/") + 1) : id;
}

/** Signs beside words: whoever sees no colour, and whoever prints in black, sees the same. */
const SIGNS: Readonly<Record<string, string>> = {
  drift: "✕",
  "not assessed": "?",
  waived: "◇",
  gone: "↩",
  "not looked at again": "?",
  note: "i",
};

/** A group on a few lines: how bad, what, the proof, under which controls. */
export function groupSummary({ what, rows }: GroupView, naming: Naming): PageElement {
  const [first] = rows;
  const findings = rows.flatMap((row) => row.findings);
  const [main] = findings;
  if (first === undefined || main === undefined) return h("summary");
  const own = rows.filter(({ likewise }) => !likewise);
  const proof = own.length > 1 ? first.proof.filter((line) => !/^(?:by|who): /.test(line)) : first.proof;
  const others = rows.length - own.length;
  return h("summary", {}, [
    h("span", { class: "marks" }, marks(findings)),
    h("h3", {}, whatLines(own.length > 1 ? what : first.what, first)),
    ...proof.map((line) => proofLine("span", line)),
    ...(others > 0
      ? [h("span", { class: "line" }, `likewise of others: ${plural(others, "difference")}`)]
      : []),
    h("span", { class: "line under" }, underText(findings, naming)),
  ]);
}

/** Severity, drift, and how it stands where that is not simply drift. */
function marks(findings: readonly FindingView[]): readonly PageElement[] {
  const [main] = findings;
  if (main === undefined) return [];
  const drifts = [...new Set(findings.map(({ drift }) => drift))];
  const states = new Set(findings.map(({ state }) => state));
  const fresh = ["new", "updated"].filter((state) => states.has(state));
  const other = main.status === "drift" ? [] : [main.status];
  return [
    h("span", { class: `severity ${main.severity}` }, main.severity),
    h("span", { class: "drift" }, drifts.slice(0, 3).join(", ")),
    ...other.map((status) =>
      h("span", { class: `status ${status.replaceAll(" ", "-")}` }, `${SIGNS[status] ?? ""} ${status}`),
    ),
    ...fresh.map((state) => h("span", { class: "state" }, state)),
  ];
}

function underText(findings: readonly FindingView[], naming: Naming): string {
  const controls = [...new Set(findings.map(({ control }) => shortControl(control, naming)))];
  const targets = [...new Set(findings.map(({ target }) => target))];
  const under =
    controls.slice(0, 4).join(", ") + (controls.length > 4 ? ` and ${controls.length - 4} more` : "");
  return naming.oneTarget ? under : `${under} on ${targets.join(", ")}`;
}

/** The first line is code where it is a pattern, and no sentence. */
function whatLines(lines: readonly string[], { findings }: RowView): readonly Child[] {
  const [head = "", ...rest] = lines;
  const isPattern = findings.every(({ message }) => message !== head) && !head.includes(": ");
  return [
    isPattern ? h("code", {}, head) : h("span", {}, head),
    ...rest.map((line) => h("span", { class: "line" }, line)),
  ];
}

/** `may: what`, the word apart from what it is about. */
function proofLine(tag: string, line: string): PageElement {
  const colon = line.indexOf(": ");
  if (colon < 0) return h(tag, { class: "line" }, [h("code", {}, line)]);
  return h(tag, { class: "line" }, [
    h("span", { class: "word" }, line.slice(0, colon + 1)),
    " ",
    h("code", {}, line.slice(colon + 2)),
  ]);
}

/** What stands at the head of an open group: the picture, and what mends all of it. */
export function groupHead({ path, commands, rows }: GroupView): readonly PageElement[] {
  const picture = pathPicture(path);
  return [
    ...(picture === undefined ? [] : [picture]),
    ...(commands.length > 0 && rows.length > 1
      ? [h("div", { class: "mend" }, [h("h4", {}, "Mends all of it"), ...commands.map(command)])]
      : []),
  ];
}

/** A difference of a group with several, folded. */
export function rowSummary(row: RowView): PageElement {
  return h("summary", {}, [
    h("span", { class: "marks" }, marks(row.findings)),
    h("h4", {}, whatLines(row.what, row)),
    ...row.proof.slice(0, 2).map((line) => proofLine("span", line)),
  ]);
}

/** Everything that is known of a difference, a part for each control; what a part repeats is said once. */
export function rowBody({ findings }: RowView, naming: Naming): readonly PageElement[] {
  return findings.map((finding, i) => {
    const known = i === 0 ? undefined : findings[0];
    return h("div", { class: "finding" }, [
      h("h4", {}, [
        h(
          "span",
          {},
          `${known === undefined ? "Control" : "Also under"} ${shortControl(finding.control, naming)}`,
        ),
        finding.title === "" ? undefined : h("span", { class: "line" }, finding.title),
      ]),
      fields(finding, known),
      ...(known === undefined || known.expected !== finding.expected || known.actual !== finding.actual
        ? sideBySide(finding.expected, finding.actual)
        : []),
      ...commandBlock(
        "Check it",
        finding.verify === "" || finding.verify === known?.verify ? [] : [finding.verify],
      ),
      ...mend(finding, known),
    ]);
  });
}

function mend(finding: FindingView, known: FindingView | undefined): readonly PageElement[] {
  if (finding.mend === "" && finding.commands.length === 0) return [];
  if (finding.mend === known?.mend && finding.commands.join() === known.commands.join()) return [];
  return [
    h("div", { class: "mend" }, [
      h("h5", {}, "Mend it"),
      finding.mend === "" ? undefined : h("p", {}, finding.mend),
      ...finding.commands.map(command),
    ]),
  ];
}

function commandBlock(title: string, commands: readonly string[]): readonly PageElement[] {
  return commands.length === 0 ? [] : [h("div", {}, [h("h5", {}, title), ...commands.map(command)])];
}

/** A command to be pasted; the page's script puts a button beside it. */
function command(text: string): PageElement {
  return h("div", { class: "command" }, [h("pre", {}, [h("code", {}, text)])]);
}

function fields(finding: FindingView, known: FindingView | undefined): PageElement {
  const all: readonly (readonly [keyof FindingView, string, Child | undefined])[] = [
    ["waiver", "waived", finding.waiver],
    ["message", "what", finding.message],
    ["why", "why", finding.why],
    ["except", "except", finding.except],
    ["examples", "for example", finding.examples],
    ["proofs", "proof", proofList(finding.proofs)],
    ["by", "given by", finding.by],
    ["id", "resource", resourceText(finding)],
    ["section", "the page", pageText(finding)],
    ["place", "baseline", finding.place],
    ["state", "state", finding.state],
    ["target", "target", finding.target],
    ["fingerprint", "fingerprint", h("code", {}, finding.fingerprint)],
  ];
  const told = all.filter(
    ([key, , content]) =>
      content !== undefined &&
      content !== "" &&
      finding[key].length > 0 &&
      (known === undefined || String(known[key]) !== String(finding[key])),
  );
  return h(
    "dl",
    { class: "fields" },
    told.flatMap(([, name, content]) => [h("dt", {}, name), h("dd", {}, [content])]),
  );
}

function proofList(proofs: readonly string[]): Child | undefined {
  if (proofs.length === 0) return undefined;
  return h(
    "ul",
    {},
    proofs.map((line) => proofLine("li", line)),
  );
}

function resourceText({ name, type, id }: FindingView): Child {
  return h("span", {}, [
    name,
    type === "" ? undefined : h("span", { class: "line" }, type),
    id === "" || id === name ? undefined : h("code", { class: "line" }, id),
  ]);
}

/** The section of the page that the baseline encodes; a link only where it can lead nowhere but to a page. */
function pageText({ page, url, section }: FindingView): Child {
  const text = page === "" ? url : page;
  return h("span", {}, [
    /^https:\/\/[^\s"'<>\\]+$/.test(url)
      ? h("a", { href: url, rel: "noreferrer noopener" }, text)
      : `${text} ${url}`,
    section === "" ? undefined : `, "${section}"`,
  ]);
}
