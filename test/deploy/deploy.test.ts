import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { flags } from "../../src/cli/line/flags.ts";
import { kubernetesObjects } from "../../src/permissions/kubernetes.ts";
import { readsOf } from "../../src/permissions/reads.ts";
import { reporters } from "../../src/reporters/registry.ts";

type Values = Readonly<Record<string, unknown>>;
interface Step extends Values {
  readonly id?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}
interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<
    Record<
      string,
      { readonly permissions: Readonly<Record<string, string>>; readonly steps: readonly Step[] }
    >
  >;
}
const read = (file: string) => readFileSync(join("deploy", file), "utf8");
const github = parse(read("github/chalk-audit.yml")) as Workflow;
const gitlab = parse(read("gitlab/.gitlab-ci.yml")) as Readonly<Record<string, Values>>;
const pipelines = parse(read("azure-pipelines/azure-pipelines.yml")) as {
  readonly jobs: readonly { readonly steps: readonly Values[] }[];
};
const cluster = [...parseAllDocuments(read("cronjob/cronjob.yaml"))].map((each) => each.toJS() as Values);

/** Every text in a value, with where it stands. */
function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(texts);
}

/** The command lines in a shell script: what stands after `chalk-audit`, lines joined. */
function commandLines(script: string): string[] {
  return script
    .replace(/\\\n\s*/g, " ")
    .split("\n")
    .flatMap((line) => /(?:^|\s|exec )chalk-audit(?:@\d+)? (--.*)$/.exec(line)?.[1] ?? []);
}

test("every file of deploy/ is checked here or by a tool", () => {
  const files = readdirSync("deploy", { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  expect(files.sort()).toEqual([
    "deploy/azure-pipelines/azure-pipelines.yml",
    "deploy/cronjob/Containerfile",
    "deploy/cronjob/cronjob.yaml",
    "deploy/github/chalk-audit.yml",
    "deploy/gitlab/.gitlab-ci.yml",
    "deploy/kubernetes/README.md",
    // held against the command that prints it (test/permissions), and against a live server
    "deploy/kubernetes/scanner.yaml",
  ]);
});

describe("the commands that the files run", () => {
  const scripts = [...texts(gitlab), ...texts(pipelines), ...texts(cluster)];
  const lines = scripts.flatMap(commandLines);

  test("have only flags of a scan, and formats that there are", () => {
    expect(lines.length).toBe(3);
    const known = flags.filter(({ commands }) => commands.includes("scan")).map(({ name }) => name);
    for (const line of lines) {
      const used = [...line.matchAll(/--([a-z-]+)/g)].map(([, name]) => name ?? "");
      expect(
        used.filter((name) => !known.includes(name)),
        line,
      ).toEqual([]);
      expect(used).toContain("fail-on-new");
      const formats = [...line.matchAll(/--format ([a-z]+)/g)].map(([, name]) => name ?? "");
      expect(formats).toContain("json");
      expect(formats.filter((name) => !reporters.some(({ format }) => format === name))).toEqual([]);
    }
  });

  test("are shell that a shell can read, and compare with the earlier report only when it is there", () => {
    const shells = [
      ...scripts.filter((each) => /chalk-audit|\$/.test(each) && /\n| -[a-z] |mkdir|printf/.test(each)),
      ...Object.values(github.jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? [])),
    ];
    expect(shells.length).toBeGreaterThan(5);
    for (const script of shells) {
      const checked = spawnSync("bash", ["-n", "-c", script], { encoding: "utf8" });
      expect([checked.status, checked.stderr], script).toEqual([0, ""]);
    }
    for (const text of [
      read("gitlab/.gitlab-ci.yml"),
      read("azure-pipelines/azure-pipelines.yml"),
      read("cronjob/cronjob.yaml"),
    ])
      expect(text).toMatch(/if \[ -f \S+report\.json"? \]; then/);
  });
});

describe("GitHub", () => {
  const action = parse(readFileSync("action.yml", "utf8")) as {
    readonly inputs: Values;
    readonly outputs: Values;
  };

  test.each(Object.keys(github.jobs))(
    "%s: signs in by OpenID Connect, with no more rights than it uses",
    (name) => {
      const job = github.jobs[name];
      expect(github.permissions).toEqual({});
      expect(job?.permissions).toEqual({
        actions: "read",
        contents: "read",
        "id-token": "write",
        "security-events": "write",
      });
      expect(read("github/chalk-audit.yml")).not.toContain("secrets.");
    },
  );

  test.each(Object.keys(github.jobs))(
    "%s: inputs and outputs that the action has; only the complete SARIF",
    (name) => {
      const steps = github.jobs[name]?.steps ?? [];
      const audit = steps.find(({ id }) => id === "audit");
      expect(audit?.uses).toMatch(/^chalk-audit\/chalk-audit@v\d+$/);
      expect(Object.keys(audit?.with ?? {}).filter((input) => !(input in action.inputs))).toEqual([]);
      const cluster = { azure: "AKS_CLUSTER", aws: "EKS_CLUSTER" }[name];
      expect(audit?.with).toMatchObject({
        cloud: `\${{ vars.${cluster} == '' && '${name}' || '${name}, kubernetes' }}`,
        // T8: where no file of the checkout can be
        since: "${{ runner.temp }}/earlier/report.json",
        "fail-on-new": true,
      });
      // The cluster is reached by KUBECONFIG, after the sign-in and before the audit, and only where one is named.
      const at = steps.findIndex(({ run }) => run?.includes("KUBECONFIG="));
      expect(steps[at]?.if).toBe(`\${{ vars.${cluster} != '' }}`);
      expect([/login|credentials/.test(steps[at - 1]?.uses ?? ""), steps[at + 1]?.id]).toEqual([
        true,
        "audit",
      ]);
      const used = steps
        .flatMap(texts)
        .flatMap((text) => [...text.matchAll(/steps\.audit\.outputs\.([\w-]+)/g)]);
      expect(new Set(used.map(([, output]) => output))).toEqual(
        new Set(["sarif", "report", "junit", "summary"]),
      );
      expect(used.filter(([, output]) => !((output ?? "") in action.outputs))).toEqual([]);

      const upload = steps.find(({ uses }) => uses?.startsWith("github/codeql-action/upload-sarif@"));
      expect([upload?.if, upload?.with]).toEqual([
        "${{ !cancelled() && steps.audit.outputs.sarif != '' }}",
        { sarif_file: "${{ steps.audit.outputs.sarif }}" },
      ]);
      // The artefact that is kept is the one that is fetched the night after, and its file is where since looks.
      const keep = steps.find(({ uses }) => uses?.startsWith("actions/upload-artifact@"));
      const fetch = steps.find(({ run }) => run?.includes("gh run download"));
      expect(keep?.if).toBe("${{ !cancelled() && steps.audit.outputs.report != '' }}");
      expect(fetch?.run).toContain(`--name ${keep?.with?.["name"]} --dir "$RUNNER_TEMP/earlier"`);
      // What comes from the outside is never put into a script as text.
      for (const { run = "" } of steps) expect(run).not.toContain("${{");
    },
  );

  test("the earlier report is fetched from the newest run that has one; none is no failure", () => {
    for (const { steps } of Object.values(github.jobs)) {
      const script = steps.find(({ run }) => run?.includes("gh run download"))?.run ?? "";
      const gh = `gh() { if [ "$1 $2" = "run list" ]; then [ "$4 $5 $6" = "chalk-audit.yml --branch feature/x" ] && [ "\${12},\${13}" = "databaseId,event,--jq" ] && echo "\${14}" >&2 && printf '3\\n2\\n1\\n'; else echo "tried $3"; [ "$3" = "$HAS" ]; fi; }`;
      const run = (has: string) =>
        spawnSync("bash", ["-e", "-o", "pipefail", "-c", `${gh}\n${script}`], {
          env: {
            PATH: process.env["PATH"],
            HAS: has,
            WORKFLOW: "o/r/.github/workflows/chalk-audit.yml@refs/heads/feature/x",
            BRANCH: "feature/x",
          },
          encoding: "utf8",
        });
      expect([run("2").status, run("2").stdout]).toEqual([0, "tried 3\ntried 2\n"]);
      // T8: nobody from outside starts a run of these, whatever the name of the branch
      expect(run("2").stderr).toContain('select(.event == "schedule" or .event == "workflow_dispatch")');
      expect([run("none").status, run("none").stdout]).toEqual([0, "tried 3\ntried 2\ntried 1\n"]);
    }
  });
});

describe("GitLab", () => {
  test("the report is kept whatever came of the job, and read the night after", () => {
    const base = gitlab[".chalk-audit"] as {
      cache: Values;
      artifacts: Values & { reports: Values };
      script: readonly string[];
    };
    expect(base.cache).toEqual({
      // T8: another branch's report, or another job's, would say what is not new
      key: "chalk-audit-$CI_JOB_NAME_SLUG-$CI_COMMIT_REF_SLUG",
      unprotect: false,
      paths: ["chalk-audit-results/report.json"],
      when: "always",
    });
    expect([base.artifacts["when"], base.artifacts.reports]).toEqual([
      "always",
      { junit: "chalk-audit-results/report.junit.xml" },
    ]);
    const jobs = Object.entries(gitlab).filter(([name]) => !name.startsWith("."));
    expect(jobs.map(([, job]) => [job["extends"], (job["variables"] as Values)["CLOUD"]])).toEqual([
      [".chalk-audit", "azure"],
      [".chalk-audit", "aws"],
    ]);
    for (const [, job] of jobs) expect(job["id_tokens"]).toBeDefined();
  });
});

describe("Azure Pipelines", () => {
  test("what is published is what is fetched, also after a night with drift", () => {
    const steps = pipelines.jobs.flatMap((job) => job.steps);
    const fetch = steps.find(({ task }) => task === "DownloadPipelineArtifact@2");
    const keep = steps.find((step) => "publish" in step);
    expect([fetch?.["continueOnError"], fetch?.["inputs"]]).toMatchObject([
      true,
      {
        allowFailedBuilds: true,
        artifact: keep?.["artifact"],
        // T8: of this pipeline and this branch
        source: "specific",
        project: "$(System.TeamProjectId)",
        pipeline: "$(System.DefinitionId)",
        runVersion: "latestFromBranch",
        runBranch: "$(Build.SourceBranch)",
      },
    ]);
    const after = steps.slice(steps.findIndex(({ task }) => task === "AzureCLI@2") + 1);
    expect(after.length).toBe(4);
    for (const step of after) expect(String(step["condition"])).toContain("succeededOrFailed()");
  });
});

describe("T8: what the repository brings", () => {
  test("is never run as chalk-audit: it is installed from outside of the checkout", () => {
    for (const text of [read("gitlab/.gitlab-ci.yml"), read("azure-pipelines/azure-pipelines.yml")]) {
      expect(text).not.toMatch(/^[^#\n]*(?:npx |npm (?:ci|exec))/m);
      expect(text).toMatch(/npm install --global --ignore-scripts/);
    }
  });

  test("is not taken for a report, an earlier one or this run's: GitLab", () => {
    const { script } = gitlab[".chalk-audit"] as { readonly script: readonly string[] };
    const [guard = ""] = script;
    const folder = mkdtempSync(join(tmpdir(), "chalk-audit-deploy-"));
    const git = (...argv: readonly string[]) => spawnSync("git", argv, { cwd: folder });
    const guarded = () => spawnSync("sh", ["-e", "-c", guard], { cwd: folder, encoding: "utf8" }).status;
    try {
      git("init", "-q");
      writeFileSync(join(folder, "a"), "a");
      git("add", "a");
      // a cache lies there untracked
      mkdirSync(join(folder, "chalk-audit-results"));
      writeFileSync(join(folder, "chalk-audit-results/report.json"), "{}");
      expect(guarded()).toBe(0);
      git("add", "-f", "chalk-audit-results");
      expect(guarded()).toBe(2);
      expect(existsSync(join(folder, "chalk-audit-results"))).toBe(false);
      symlinkSync("a", join(folder, "chalk-audit-results"));
      git("add", "-A");
      expect(guarded()).toBe(2);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("gets no token: no credential is written into the checkout", () => {
    const files = Object.values(gitlab).flatMap(({ variables = {} }) =>
      Object.entries(variables as Values).filter(([name]) => name.endsWith("_TOKEN_FILE")),
    );
    expect(files.map(([, path]) => path)).toEqual(["/tmp/azure-token", "/tmp/aws-token"]);
  });

  test("is not published: Azure Pipelines writes beside the checkout", () => {
    const text = read("azure-pipelines/azure-pipelines.yml");
    expect(text).not.toContain("chalk-audit-results");
    const keep = pipelines.jobs.flatMap((job) => job.steps).find((step) => "publish" in step);
    expect(keep?.["publish"]).toBe("$(Build.ArtifactStagingDirectory)");
  });
});

describe("the CronJob", () => {
  const job = cluster.find(({ kind }) => kind === "CronJob") as
    | {
        readonly spec: {
          readonly jobTemplate: { readonly spec: { readonly template: { readonly spec: Values } } };
        };
      }
    | undefined;
  const pod = job?.spec.jobTemplate.spec.template.spec as
    | (Values & { readonly containers: readonly Values[]; readonly securityContext: Values })
    | undefined;

  test("runs as the account that `permissions` prints, in its namespace, and as nobody of weight", () => {
    const reads = readsOf("kubernetes", new Set(["kubernetes/role"]), { named: false });
    const [namespace, account] = kubernetesObjects(reads, { namespace: "chalk-audit", name: "chalk-audit" });
    // Whichever of the two files is applied last changes nothing of the namespace.
    expect(cluster.find(({ kind }) => kind === "Namespace")).toEqual(namespace);
    expect(account?.kind).toBe("ServiceAccount");
    expect(pod?.["serviceAccountName"]).toBe(account?.metadata.name);
    const namespaced = cluster.filter(({ kind }) => kind !== "Namespace");
    expect(namespaced.map(({ metadata }) => (metadata as Values)["namespace"])).toEqual(
      namespaced.map(() => account?.metadata.namespace),
    );
    expect(pod?.securityContext["runAsNonRoot"]).toBe(true);
    expect(pod?.containers[0]?.["securityContext"]).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  test("the image runs the command of the package, not as root", () => {
    const lines = read("cronjob/Containerfile")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines.map((line) => line.split(" ")[0])).toEqual(["FROM", "RUN", "USER", "WORKDIR", "ENTRYPOINT"]);
    const { name, bin, engines } = JSON.parse(readFileSync("package.json", "utf8")) as {
      name: string;
      bin: Values;
      engines: { node: string };
    };
    expect(lines[1]).toContain(`${name}@0 `);
    expect(lines.at(-1)).toBe(`ENTRYPOINT ["${Object.keys(bin)[0]}"]`);
    expect(engines.node).toBe(">=20.19");
    expect(lines[0]).toMatch(/node:2[02468]-slim$/);
  });
});
