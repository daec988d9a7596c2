/** What a SARIF run says of itself: what was not read, not judged or left out. */
import { PROVIDERS } from "../access/policy.ts";
import type { Report, Target } from "../report/report.ts";
import { released } from "../text/layout.ts";
import { recordedText } from "./recorded.ts";
import { cut, sarifText } from "./sarif-text.ts";
import { baselineName } from "./words.ts";

const NOTIFICATIONS = {
  incomplete: {
    short: "A target was not read completely.",
    help: "What could not be read stands beside this notification. Until it can be, the target has no results, so that no alert is closed.",
  },
  "not-assessed": {
    short: "A control could not be assessed.",
    help: "Nothing is known about this control: it neither passes nor fails. The reason says what would settle it.",
  },
  "own-baseline": {
    short: "Judged by a baseline that does not come with chalk-audit.",
    help: "The file that is named says what is documented. Whoever may change it decides the verdict.",
  },
  recorded: {
    short: "The state was recorded, and no cloud was asked.",
    help: "The report is about a snapshot, with the time when it was taken: what has changed since does not show.",
  },
  skipped: {
    short: "A control was not looked at.",
    help: "It does not apply, or a parameter that it needs was not given. It has no result, which says nothing about it.",
  },
  stale: {
    short: "The state was recorded too long ago.",
    help: "The report is about a snapshot that is older than --max-age: what has changed since does not show.",
  },
  truncated: {
    short: "Results were left out because there are too many.",
    help: "Code scanning takes a limited number of results and runs in one file. The JSON report has all of them.",
  },
  unread: {
    short: "Something could not be read.",
    help: "A call to the provider was refused or failed. Where a permission is missing, it is named.",
  },
} as const;

export interface Notification {
  readonly descriptor: { readonly id: keyof typeof NOTIFICATIONS };
  readonly level: "error" | "warning" | "note";
  readonly message: { readonly text: string };
}

export function notification(
  id: keyof typeof NOTIFICATIONS,
  level: Notification["level"],
  text: string,
): Notification {
  return { descriptor: { id }, level, message: { text: sarifText(cut(text, 4_000)) } };
}

/** Nobody must take what was recorded for what is there now. */
export function whenRecorded(target: Target): Notification[] {
  if (target.stale !== undefined) return [notification("stale", "warning", target.stale)];
  const text = recordedText(target);
  return text === undefined ? [] : [notification("recorded", "note", `${target.name}: ${released(text)}`)];
}

/** The baselines that do not come with the package, whatever they call themselves. */
export function ownBaselines(report: Report): Notification[] {
  return report.baselines
    .filter(({ own }) => own === true)
    .map((each) => notification("own-baseline", "note", `judged by ${baselineName(each)}`));
}

/** Descriptions of the notifications that a run has. */
export function descriptors(notes: readonly Notification[]): readonly unknown[] {
  return [...new Set(notes.map((n) => n.descriptor.id))].sort().map((id) => ({
    id,
    shortDescription: { text: NOTIFICATIONS[id].short },
    fullDescription: { text: NOTIFICATIONS[id].short },
    help: { text: NOTIFICATIONS[id].help },
  }));
}

export function unknownControls(
  report: Report,
  target: Target,
  level: Notification["level"],
): Notification[] {
  return report.controls
    .filter((c) => c.target === target.name && c.outcome === "unknown")
    .map((c) => notification("not-assessed", level, `${c.id}: ${c.reason ?? "could not be assessed"}`));
}

/** What nobody looked at: of its alerts, only those that the earlier report (`--since`) has are kept open. */
export function skippedControls(report: Report, target: Target): Notification[] {
  // Of another cloud, a control has its alerts under another target.
  const elsewhere = PROVIDERS.map((provider) => `${provider}/`).filter(
    (cloud) => cloud !== `${target.cloud}/`,
  );
  const skipped = report.controls.filter(
    (c) =>
      c.target === target.name &&
      c.outcome === "skipped" &&
      !elsewhere.some((cloud) => c.check.startsWith(cloud)),
  );
  if (skipped.length === 0 || report.gone !== undefined) return [];
  const ids = skipped.map(({ id }) => id).join(", ");
  return [
    notification(
      "skipped",
      "warning",
      `not looked at: ${ids}. Alerts of an earlier upload stay open where the earlier report is given with --since.`,
    ),
  ];
}
