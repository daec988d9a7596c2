import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { AwsPolicy } from "../../../src/permissions/aws.ts";
import type { Report } from "../../../src/report/report.ts";
import { reporters } from "../../../src/reporters/registry.ts";
import { readSnapshot } from "../../../src/snapshot/read.ts";
import { DEMO_FOUND, reportOf, seenIn } from "../../worlds/helm-look.ts";
import { bare } from "../../worlds/line.ts";
import { runCommand } from "../command.ts";
import { skipped } from "../servers/azure/requirements.ts";
import { NOTE } from "./account.ts";
import { type Change, changeNamed } from "./changes.ts";
import { ACCOUNT, EKS } from "./changes-account.ts";
import { CHARTS, METADATA_PLANE, RESOURCES } from "./changes-cluster.ts";
import { DATABASE } from "./changes-database.ts";
import { FILES } from "./changes-files.ts";
import { ROLES } from "./changes-roles.ts";
import { CRASHES, crashing } from "./crashes.ts";
import { kindsIn, steady } from "./recording.ts";
import { DENIED, HARMLESS, LACKING, NOT_MET, REFUSED } from "./refusals.ts";
import { collect, look, reach } from "./scan.ts";
import { actionsIn, makeScanner, printedPolicy, type Scanner, without } from "./scanner.ts";
import { printedRights, startWorld, type World, whyNoWorld } from "./world.ts";

const skip = skipped("a whole installation on real servers", whyNoWorld());

let world: World;
beforeAll(async () => {
  if (!skip) world = await startWorld();
});
afterAll(async () => {
  if (!skip) await world?.stop();
});

const GROUPS: readonly (readonly [string, readonly Change[]])[] = [
  ["database", DATABASE],
  ["account", ACCOUNT],
  ["EKS cluster", EKS],
  ["roles", ROLES],
  ["Metadata Plane", METADATA_PLANE],
  ["charts", CHARTS],
  ["resources of the cluster", RESOURCES],
  ["files", FILES],
];

const named = (...names: readonly string[]) => {
  const changes = GROUPS.flatMap(([, each]) => each);
  return names.map((name) => changeNamed(changes, name));
};

/** What is wrong with the installation of the demo. */
const DEMO = named(
  ...["backups off", "open to the world, IPv4", "the API server's role has more", "a chart missing"],
  "a key of the secret missing",
);

describe.skipIf(skip)("a whole installation", () => {
  it("passes in full, exit 0", async () => {
    const { report, seen } = await look(world);
    expect(report.controls.filter(({ outcome }) => outcome !== "pass")).toEqual([]);
    expect(seen).toEqual(["exit 0"]);
  });
});

describe.skipIf(skip).each(GROUPS)(
  "a change of the %s gives what it should and nothing else",
  (_, changes) => {
    it.each(changes.map((each) => [each.name, each] as const))("%s", async (_name, { make, undo, found }) => {
      await make(world);
      try {
        expect((await look(world)).seen).toEqual(found);
      } finally {
        await undo(world);
      }
    });

    it("and undone, all of them, the installation passes again", async () => {
      expect((await look(world)).seen).toEqual(["exit 0"]);
    });
  },
);

describe.skipIf(skip).each([
  ["AWS", REFUSED],
  ["the cluster", [...LACKING, ...HARMLESS]],
] as const)("without a right in %s what hangs on it is unknown, and the rest is assessed", (_, refusals) => {
  it.each(refusals.map((each) => [each.name, each] as const))(
    "%s",
    async (_name, { make, undo, unknown }) => {
      await make(world);
      try {
        const { report, ran } = await look(world);
        const others = report.controls.filter(({ outcome }) => outcome !== "pass");
        expect(others.map(({ id, outcome }) => `${bare(id)} ${outcome}`).sort()).toEqual(
          [...unknown].sort().map((id) => `${id} unknown`),
        );
        expect(ran.code).toBe(unknown.length === 0 ? 0 : 3);
      } finally {
        await undo(world);
      }
    },
  );

  it("and with it again, the installation passes", async () => {
    expect((await look(world)).seen).toEqual(["exit 0"]);
  });
});

/** Controls that did not pass, with what became of them. */
const notPassed = ({ controls }: Report) =>
  controls.filter(({ outcome }) => outcome !== "pass").map(({ id, outcome }) => `${bare(id)} ${outcome}`);

describe.skipIf(skip)(
  "with the policy that `permissions` prints, evaluated by the emulators (fault 36)",
  () => {
    let scanner: Scanner;
    let policy: AwsPolicy;
    beforeAll(async () => {
      policy = await printedPolicy();
      scanner = await makeScanner(world);
    });
    afterEach(() => scanner.free());
    const lookWithout = async (...actions: readonly string[]) => {
      await scanner.grant(without(policy, ...actions));
      const { report, ran } = await look(world, [], scanner.env);
      return { others: notPassed(report), code: ran.code };
    };

    it.each(DENIED.map((each) => [each.name, each] as const))(
      "%s: complete with it, and incomplete without each action",
      async (_, { make, undo, unknown }) => {
        await make?.(world);
        try {
          expect(await lookWithout()).toEqual({ others: [], code: 0 });
          for (const [action, ids] of Object.entries(unknown)) {
            const { others, code } = await lookWithout(action);
            expect([action, code, ...others.sort()]).toEqual([
              ...[action, 3],
              ...[...ids].sort().map((id) => `${id} unknown`),
            ]);
          }
        } finally {
          await scanner.free();
          await undo?.(world);
        }
      },
      240_000,
    );

    it("without the rights of RDS its controls are unknown, exit 3, and the rest is assessed", async () => {
      const rds = actionsIn(policy).filter((action) => action.startsWith("rds:"));
      expect(rds.length).toBe(2);
      const { others, code } = await lookWithout(...rds);
      expect(code).toBe(3);
      expect(others.sort()).toEqual([
        "metadata-database unknown",
        "metadata-database-extensions unknown",
        "metadata-database-ingress unknown",
      ]);
    });

    it.each(Object.entries(NOT_MET))("without %s nothing is unknown: %s", async (action) => {
      expect(await lookWithout(action)).toEqual({ others: [], code: 0 });
    });

    it("no other action is in it", () => {
      const tried = [...DENIED.flatMap(({ unknown }) => Object.keys(unknown)), ...Object.keys(NOT_MET)];
      expect(tried.sort()).toEqual([...actionsIn(policy)].sort());
    });

    it("nor a right in the cluster that was not taken away above", async () => {
      const taken = [...LACKING, ...HARMLESS].map(({ name }) => name);
      expect(taken.sort()).toEqual([...(await printedRights())].sort());
    });

    it("and free again, the installation passes", async () => {
      expect((await look(world)).seen).toEqual(["exit 0"]);
    });
  },
);

describe.skipIf(skip)("secrets", () => {
  it("stand in no report, snapshot or log", async () => {
    const { args, env } = await reach(world);
    const formats = reporters.map(({ format }) => format);
    const reports = join(world.folder, "reports");
    mkdirSync(reports);
    const out = formats.flatMap((format) => ["--format", `${format}=${join(reports, format)}`]);
    const scanned = await runCommand([...args, "--debug", "--verbose", ...out], env);
    expect(scanned.code).toBe(0);
    const recorded = [
      await collect(world, "aws", join(reports, "snapshot-aws"), ["--debug"]),
      await collect(world, "kubernetes", join(reports, "snapshot-kubernetes"), ["--debug"]),
    ];
    expect(recorded.map(({ code }) => code)).toEqual([0, 0]);
    const files = readdirSync(reports);
    expect(files.length).toBeGreaterThan(formats.length);
    const texts = new Map(files.map((file) => [file, readFileSync(join(reports, file), "utf8")]));
    for (const [at, { stdout, stderr }] of [scanned, ...recorded].entries())
      texts.set(`streams of command ${at}`, stdout + stderr);
    const coded = Buffer.from(world.canary).toString("base64").slice(0, 16);
    const leaks = [...texts].filter(([, text]) => text.includes(world.canary) || text.includes(coded));
    expect(leaks.map(([name]) => name)).toEqual([]);
    // the value of an ordinary tag is part of the provider's document, and of nothing that is said of it
    const noted = [...texts].filter(([, text]) => text.includes(NOTE)).map(([name]) => name);
    expect(noted).toEqual(["snapshot-aws"]);
  });
});

/** What must stand nowhere: the canary as it is and as the API writes it, and what the scanner signs in by. */
const secretsOf = ({ canary }: World, ...more: readonly string[]) => [
  canary,
  Buffer.from(canary).toString("base64").slice(0, 16),
  ...more,
];

describe.skipIf(skip)("when the program fails in a way that nobody foresaw", () => {
  const filesIn = (folder: string) =>
    readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));

  it.each(CRASHES.map((each) => [each.name, each] as const))(
    "%s: exit 2, and no secret in what it says or leaves behind",
    async (_, crash) => {
      const folder = mkdtempSync(join(world.folder, "crash-"));
      await crash.make?.(world);
      try {
        const { args, env, token } = await reach(world, crash.clouds);
        const given = { ...env, ...crash.env?.(world), ...crashing(crash, world.canary, folder) };
        const out = ["--format", `json=${join(folder, "report.json")}`];
        const { code, stdout, stderr } = await runCommand([...args, ...out, "--debug", "--verbose"], given);
        expect([stderr, code]).toEqual([expect.stringContaining(`crashes in ${crash.in}\n`), 2]);
        expect(stderr).toMatch(/^chalk-audit: internal error: .*\n(?:.*\n)+? +at /m);
        expect(filesIn(folder)).toEqual([]);
        expect(secretsOf(world, token).filter((each) => (stdout + stderr).includes(each))).toEqual([]);
      } finally {
        await crash.undo?.(world);
      }
    },
  );

  it.each(["json", "entries", "argument", "words"])(
    "in one of two clouds (%s): that one is unknown, exit 3, and no secret in any report",
    async (how) => {
      const folder = mkdtempSync(join(world.folder, "crash-"));
      const { args, env, token } = await reach(world);
      const out = reporters.flatMap(({ format }) => ["--format", `${format}=${join(folder, format)}`]);
      const crash = crashing({ clouds: [], in: "Object.hasOwn", how }, world.canary, folder);
      const { code, stdout, stderr } = await runCommand([...args, ...out, "--debug"], { ...env, ...crash });
      expect([stderr, code]).toEqual([expect.stringContaining("kubernetes: internal error: "), 3]);
      const texts = filesIn(folder);
      expect(texts.length).toBeGreaterThanOrEqual(reporters.length);
      const all = [stdout, stderr, ...texts].join();
      expect(all).toContain("(this is a bug; --debug shows where)");
      expect(stderr).toMatch(/^debug: +at /m);
      expect(secretsOf(world, token).filter((each) => all.includes(each))).toEqual([]);
    },
  );

  it("and left alone, the installation passes", async () => {
    expect((await look(world)).seen).toEqual(["exit 0"]);
  });
});

describe.skipIf(skip)("the bundled demo", () => {
  it("is this installation with five things wrong, recorded", async () => {
    const clouds = ["aws", "kubernetes"] as const;
    const files = clouds.map((cloud) => join(world.folder, `demo.${cloud}.json`));
    for (const { make } of DEMO) await make(world);
    try {
      for (const [at, cloud] of clouds.entries())
        expect((await collect(world, cloud, files[at] ?? "")).code).toBe(0);
    } finally {
      for (const { undo } of DEMO) await undo(world);
    }
    const recorded = clouds.map((cloud, at) => steady(readFileSync(files[at] ?? "", "utf8"), cloud));
    const bundled = clouds.map((cloud) => `fixtures/snapshots/helm/${cloud}.json`);
    if (process.env["RECORD_DEMO"] !== undefined)
      for (const [at, text] of recorded.entries()) writeFileSync(bundled[at] ?? "", text);
    const read = (texts: readonly string[]) => texts.map((text, at) => readSnapshot(text, clouds[at] ?? ""));
    const [ours, theirs] = [read(bundled.map((file) => readFileSync(file, "utf8"))), read(recorded)];
    expect(ours.map(kindsIn)).toEqual(theirs.map(kindsIn));
    expect(seenIn(reportOf(ours))).toEqual(seenIn(reportOf(theirs)));
    expect(seenIn(reportOf(ours))).toEqual(DEMO_FOUND);
  });
});
