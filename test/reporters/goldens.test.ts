import { readdirSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { applyWaivers } from "../../src/report/apply-waivers.ts";
import { reportSchema } from "../../src/report/schema.ts";
import { compareReports } from "../../src/report/since.ts";
import { parseWaivers } from "../../src/report/waivers.ts";
import { findReporter, reporters } from "../../src/reporters/registry.ts";
import { renderIncompleteSarif, sarif } from "../../src/reporters/sarif.ts";
import { displayWidth } from "../../src/text/layout.ts";
import { driftControls, driftFindings, report, target, worlds } from "../report/sample.ts";
import { fleet, options } from "./worlds.ts";

/** What each reporter writes for hand-made reports, whole. `npx vitest run test/reporters -u` writes them anew: read the diff. */
const EXIT = { drift: 1, none: 0, nothing: 3, partial: 3, waived: 0 } as const;

/** The report whose layout is kept at every width and in colour; it has every part that a table can have. */
const WIDE = "later";

/** Drift compared with an earlier report, with one waiver that expired and one that the grant has outgrown. */
function later() {
  const who = { reason: "pilot", owner: "cloud-team" };
  const file = parseWaivers(
    JSON.stringify(
      {
        waivers: [
          { ...who, control: "platform-role", pattern: "Microsoft.Sql/servers/*", expires: "2026-01-31" },
          {
            ...who,
            control: "platform-role",
            pattern: "Microsoft.Compute/*",
            except: ["Microsoft.Compute/galleries/*"],
            expires: "2027-01-31",
          },
          { ...who, control: "platform-services", drift: "absent", resource: "*", expires: "2027-01-31" },
        ],
      },
      null,
      1,
    ),
    "ops/waivers.yaml",
  );
  const parts = { findings: driftFindings(), controls: driftControls(), targets: [target()] };
  const now = report({ ...parts, ...applyWaivers({ ...parts, file, now: "2026-11-21T08:00:00Z" }) });
  const earlier = worlds.drift();
  return compareReports(
    {
      ...earlier,
      findings: [
        ...earlier.findings.slice(1).map((f) => (f.drift === "missing" ? { ...f, except: ["x"] } : f)),
        ...earlier.findings
          .slice(0, 1)
          .map((f) => ({ ...f, fingerprint: "0".repeat(32), pattern: "Microsoft.Gone/*" })),
        ...earlier.findings
          .slice(0, 1)
          .map((f) => ({ ...f, fingerprint: "1".repeat(32), control: "acme-azure/key-vault-access" })),
      ],
    },
    now,
  );
}

const reports = {
  ...Object.fromEntries(
    Object.entries(worlds).map(([name, make]) => [name, [make, EXIT[name as keyof typeof EXIT]] as const]),
  ),
  later: [later, 1] as const,
  fleet: [() => fleet(7, 2), 1] as const,
};

describe.each(Object.entries(reports))("%s", (name, [make, exitCode]) => {
  test.each([80, 100, 140])("table at %d columns, plain and in colour", async (width) => {
    const plain = findReporter("table")?.render(make(), options({ width, exitCode })) ?? "";
    if (width === 100 || name === WIDE)
      await expect(plain).toMatchFileSnapshot(`../goldens/${name}.${width}.txt`);
    const color = findReporter("table")?.render(make(), options({ width, exitCode, color: true })) ?? "";
    expect(color).toContain("\x1b[");
    expect(color.replace(/\x1b\[[0-9;]*m/g, "")).toBe(plain);
    for (const line of plain.split("\n")) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
  });

  test("verbose table, in colour", async () => {
    const text = findReporter("table")?.render(make(), options({ exitCode, verbose: true })) ?? "";
    await expect(text).toMatchFileSnapshot(`../goldens/${name}.verbose.txt`);
    const color = findReporter("table")?.render(make(), options({ exitCode, color: true })) ?? "";
    if (name === WIDE) await expect(color).toMatchFileSnapshot(`../goldens/${name}.color.txt`);
    expect(color.replace(/\x1b\[[0-9;]*m/g, "")).toBe(
      findReporter("table")?.render(make(), options({ exitCode })) ?? "",
    );
  });

  test("json is valid against the published schema", async () => {
    const text = findReporter("json")?.render(make(), options({ exitCode })) ?? "";
    await expect(text).toMatchFileSnapshot(`../goldens/${name}.json`);
    expect(text.endsWith("}\n")).toBe(true);
    const validate = new Ajv({ allErrors: true, strict: false }).compile(reportSchema);
    expect([validate(JSON.parse(text)), validate.errors]).toEqual([true, null]);
  });

  test("sarif, and the file for what could not be read", async () => {
    const main = sarif.render(make(), options({ exitCode })) ?? "nothing is written\n";
    await expect(main).toMatchFileSnapshot(`../goldens/${name}.sarif`);
    const incomplete = renderIncompleteSarif(make()) ?? "nothing is written\n";
    await expect(incomplete).toMatchFileSnapshot(`../goldens/${name}.incomplete.sarif`);
  });

  test("junit and markdown", async () => {
    const render = (format: string) => findReporter(format)?.render(make(), options({ exitCode })) ?? "";
    await expect(render("junit")).toMatchFileSnapshot(`../goldens/${name}.junit.xml`);
    await expect(render("markdown")).toMatchFileSnapshot(`../goldens/${name}.md`);
  });
});

test.each(["drift", "partial"] as const)("%s: the other formats", async (name) => {
  for (const wanted of ["csv", "ocsf", "oscal", "gitlab-sast", "gitlab-codequality"]) {
    const { format, extension, render, beside = [] } = findReporter(wanted) ?? sarif;
    expect(format).toBe(wanted);
    const [built, given] = [worlds[name](), options({ exitCode: EXIT[name] })];
    const text = render(built, given) ?? beside.map((each) => each.render(built, given)).join("");
    await expect(text).toMatchFileSnapshot(`../goldens/${name}.${format}.${extension}`);
  }
});

test("every golden belongs to a report", () => {
  const names = readdirSync("test/goldens").map((file) => file.slice(0, file.indexOf(".")));
  expect([...new Set(names)].sort()).toEqual(Object.keys(reports).sort());
  expect(readFileSync("test/goldens/drift.100.txt", "utf8")).toContain("DRIFT: 3 of 8 controls fail");
  const widths = readdirSync("test/goldens").filter((file) => /\.(80|140|color)\./.test(file));
  expect(widths.sort()).toEqual(["140", "80", "color"].map((each) => `${WIDE}.${each}.txt`));
});

test("the registry: formats, the default first, each with a title and an extension", () => {
  expect(reporters.map((r) => [r.format, r.extension])).toEqual([
    ["table", "txt"],
    ["json", "json"],
    ["sarif", "sarif"],
    ["junit", "xml"],
    ["markdown", "md"],
    ["html", "html"],
    ["csv", "csv"],
    ["ocsf", "jsonl"],
    ["oscal", "json"],
    ["gitlab-sast", "json"],
    ["gitlab-codequality", "json"],
  ]);
  expect(findReporter("xml")).toBeUndefined();
});

test("docs/formats.md has a row for each format, in their order", () => {
  const rows = readFileSync("docs/formats.md", "utf8").matchAll(/^\| `([\w-]+)` \| .+ \| .+ \|$/gm);
  expect([...rows].map(([, format]) => format)).toEqual(reporters.map(({ format }) => format));
});
