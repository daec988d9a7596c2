import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ReviewError } from "../../review/aws/review.ts";
import { renderReviewMarkdown } from "../../review/render-markdown.ts";
import { renderReviewTable } from "../../review/render-table.ts";
import { type Review, reviewStatus, type TargetDocument } from "../../review/review.ts";
import { reviewJson } from "../../review/schema.ts";
import { inputsOf } from "../job/inputs.ts";
import { type Job, prepare, sayChosen, type TargetJob } from "../job/job.ts";
import type { KubernetesReach } from "../job/reach.ts";
import { askEdition, boundsOf, collectOptions, readTarget } from "../job/read-target.ts";
import { contextOf, timeOf } from "../line/context.ts";
import { codeOf, reasonOf, UsageError } from "../line/errors.ts";
import { reviewFormats } from "../line/flags.ts";
import { type Given, type GivenOptions, inOrder } from "../line/options.ts";
import { one, pathFrom, pathOf, timeoutOf } from "../line/settings.ts";
import type { Shell } from "../line/shell.ts";
import { version } from "../line/version.ts";
import { deliver, type OutputPlace, outputPathsOf } from "../output/deliver.ts";
import { checkPaths, parseDestinations, refuseLinkOut, writeFiles } from "../output/output.ts";
import { carryOut, type Ended, sayUnfinished } from "../work/carry-out.ts";
import { type ReviewOrder, reviewers, reviewWork, subjectWork } from "../work/review.ts";

/**
 * `review`: what a scope-down takes, whether it was used, what would break, and the documents to apply.
 * @returns 0 nothing breaks, 1 something that was used breaks, 3 something could not be read or decided
 */
export async function review(
  _operands: readonly string[],
  given: GivenOptions,
  shell: Shell,
): Promise<number> {
  const { config, options, console } = await contextOf(given, shell);
  const destinations = parseDestinations(options.get("format"), reviewFormats, shell.cwd);
  const folder = pathOf(options, "write", shell.cwd);
  const logs = options.get("usage");
  const files = (logs?.values ?? []).map((value) =>
    logs === undefined ? value : pathFrom(logs, value, shell.cwd),
  );
  await checkPaths(outputPathsOf(destinations, []), shell.cwd, inputsOf(options, config, shell.cwd, files));
  const bounds = boundsOf(options);
  const timeout = timeoutOf(options);
  const [from, to] = [one(options, "from"), one(options, "to")];
  // The state is read for the profile that is to be: its checks know the tags.
  const asProfile = (name: string | undefined): GivenOptions =>
    name === undefined
      ? given
      : inOrder(new Map<string, Given>([["profile-set", { values: [name], from: "--to" }]]), given);
  const edition = (reach: KubernetesReach) => askEdition(reach, bounds, console, shell);
  const job = await prepare(asProfile(to), config, shell.cwd, { edition });
  sayChosen(job, console);
  const target = onlyTarget(job);
  const loaded = job.baselines[0];
  if (loaded === undefined || job.baselines.length > 1)
    throw new UsageError("a review is of one baseline; name it with --baseline");
  const known = Object.keys(loaded.baseline.profiles?.names ?? {});
  if (from !== undefined && !known.includes(from)) {
    const has = known.length === 0 ? "has no profiles" : `has ${known.join(", ")}`;
    throw new UsageError(`--from: unknown profile "${from}": ${loaded.baseline.id} ${has}`);
  }
  const live = target.kind === "live" ? target : undefined;
  const snapshot =
    target.kind === "live" ? await readTarget(job, target, bounds, console, shell) : target.snapshots[0];
  if (snapshot === undefined) throw new UsageError("there is no recorded state to review");
  const order = (history?: unknown): ReviewOrder => ({
    input: {
      loaded,
      snapshot,
      parameters: target.parameters,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    },
    ask: {
      files,
      cwd: shell.cwd,
      now: timeOf(shell),
      version,
      ...(history === undefined ? {} : { history }),
    },
  });
  let line = "reviewing";
  const waiting = { shell, console, timeoutMs: timeout.ms, line: () => line };
  let ended: Ended<Review>;
  try {
    let history: unknown;
    const { history: read } = await reviewers[snapshot.provider]();
    if (live !== undefined && read !== undefined) {
      const subject = await carryOut(subjectWork, order(), waiting);
      if (subject.kind === "done")
        history = await read(subject.out, live, collectOptions(bounds, "", console, shell));
    }
    // Logs are read first, by the piece, and a piece can be large.
    const told = (message: string): void => {
      line = message;
    };
    ended = shell.signal.aborted
      ? { kind: "interrupted" }
      : await carryOut(reviewWork, order(history), { ...waiting, long: true, tell: told });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ReviewError") throw error;
    if (!(error as Partial<ReviewError>).unread) throw new UsageError(error.message);
    console.say(`chalk-audit: nothing is reviewed: ${error.message}`);
    return 3;
  } finally {
    console.clear();
  }
  if (shell.signal.aborted) return sayUnfinished("interrupted", "reviewed", timeout, console);
  if (ended.kind !== "done") return sayUnfinished(ended.kind, "reviewed", timeout, console);
  const result = ended.out;
  const status = reviewStatus(result);
  if (folder !== undefined)
    await writeDocuments(result.documents, folder, shell, (line) => console.say(line));
  await deliver(
    destinations,
    (format, place) => ({ text: rendered(result, format, place, status) }),
    options,
    console,
    shell,
  );
  return status;
}

function rendered(result: Review, format: string, place: OutputPlace, status: number): string {
  if (format === "json") return reviewJson(result, version);
  if (format === "markdown") return renderReviewMarkdown(result, status);
  return renderReviewTable(result, { ...place, status });
}

function onlyTarget(job: Job): TargetJob {
  const [target, second] = job.targets;
  if (
    target === undefined ||
    second !== undefined ||
    (target.kind === "recorded" && target.snapshots.length > 1)
  ) {
    throw new UsageError("a review is of one target; ask for one cloud, or name a target with --target");
  }
  return target;
}

/** Writes the documents to apply; a file that is there and differs is replaced, and that is said. */
async function writeDocuments(
  documents: readonly TargetDocument[],
  folder: string,
  shell: Shell,
  say: (line: string) => void,
): Promise<void> {
  if (documents.length === 0) {
    say("chalk-audit: --write: no document is written; see what the review says is incomplete");
    return;
  }
  refuseLinkOut(folder, folder);
  try {
    await makeFolder(folder);
  } catch (error) {
    throw new UsageError(`--write: cannot make the folder ${folder}: ${reasonOf(error)}`);
  }
  const files = documents.map(({ file, text }) => ({ path: join(folder, file), text }));
  await checkPaths(
    files.map(({ path }) => path),
    shell.cwd,
    [],
  );
  const before = await Promise.all(files.map(async ({ path }) => textBefore(path)));
  await writeFiles(files, shell.cwd);
  documents.forEach(({ file, size, limit }, i) => {
    const old = before[i];
    const did = old === undefined ? "wrote" : old === files[i]?.text ? "wrote again, unchanged," : "replaced";
    say(
      `chalk-audit: ${did} ${join(folder, file)} (${size} of ${limit}); proven equal to the target, not applied`,
    );
  });
}

/** Makes a folder, and those above it. Node's own recursion never ends where a folder is there and takes no entries. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return;
    const above = dirname(folder);
    if (codeOf(error) !== "ENOENT" || existsSync(above)) throw error;
    await makeFolder(above);
    await mkdir(folder);
  }
}

async function textBefore(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new UsageError(`${path}: cannot be read: ${reasonOf(error)}`);
  }
}
