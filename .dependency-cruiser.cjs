/**
 * The layer rule of docs/architecture.md, executable. `npm run check` and test/architecture.test.ts run it.
 *
 * Type-only imports between the pure parts are allowed: they leave no trace at run time, and the types are the
 * contract between the parts.
 */
const values = { dependencyTypesNot: ["type-only"] };
/** Small pure libraries that the pure parts may use; the command line and the collectors choose their own. */
const pureLibraries = "^node_modules/(ajv|yaml|ipaddr\\.js|semver|fastest-levenshtein)(/|$)";

module.exports = {
  forbidden: [
    {
      name: "no-circular",
      comment: "Two modules that need each other are one module, or hide a third.",
      severity: "error",
      from: { path: "^src/" },
      to: { circular: true, viaOnly: values },
    },
    {
      name: "access-stands-alone",
      comment:
        "The comparison is the heart: no package, no Node module, no other folder, so that it can be read, tested and " +
        "trusted by itself. If it needs something, pass that in.",
      severity: "error",
      from: { path: "^src/access/" },
      to: { pathNot: "^src/access/" },
    },
    {
      name: "pure-parts-no-effects",
      comment:
        "Checks, reports, reporters and snapshots turn values into values. What touches the world (files, network, " +
        "processes) belongs into collectors or cli. Hashes and compressed sizes are pure functions.",
      severity: "error",
      from: { path: "^src/((checks|report|reporters|snapshot)/|audit[-a-z]*\\.ts$)" },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?(crypto|zlib)$" },
    },
    {
      name: "baselines-read-files-only",
      comment: "Baselines are files: bundled.ts reads them. No network, no processes, no other Node module.",
      severity: "error",
      from: { path: "^src/baselines/" },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?(crypto|fs|path|url)$" },
    },
    {
      name: "pure-parts-small-libraries",
      comment:
        "A pure part may use a small pure library. A cloud's SDK or a command-line library there is a leak.",
      severity: "error",
      from: { path: "^src/((checks|report|reporters|snapshot|baselines)/|audit[-a-z]*\\.ts$)" },
      to: { path: "node_modules/", pathNot: pureLibraries, ...values },
    },
    {
      name: "baselines-know-no-other-part",
      comment: "Baselines describe; they may use access and the types of others, not their insides.",
      severity: "error",
      from: { path: "^src/baselines/" },
      to: { path: "^src/", pathNot: "^src/(baselines|access)/", ...values },
    },
    {
      name: "checks-know-no-other-part",
      comment:
        "A check sees facts and parameters and says what it observed. It neither loads baselines nor reports.",
      severity: "error",
      from: { path: "^src/checks/" },
      to: { path: "^src/", pathNot: "^src/(checks|access)/", ...values },
    },
    {
      name: "no-check-knows-another",
      comment:
        "One check, one file: what two checks share goes into checks/arm. Else a change to one verdict changes another.",
      severity: "error",
      from: { path: "^src/checks/(azure|aws|kubernetes|network|config|inventory)/" },
      to: { path: "^src/checks/(azure|aws|kubernetes|network|config|inventory|registry)", ...values },
    },
    {
      name: "report-knows-no-other-part",
      comment: "Severity, waivers and exit codes follow from the report alone.",
      severity: "error",
      from: { path: "^src/report/" },
      to: { path: "^src/", pathNot: "^src/(report|access)/", ...values },
    },
    {
      name: "reporters-know-reports-only",
      comment: "A reporter is report → text. It never asks a cloud, a baseline or a check again.",
      severity: "error",
      from: { path: "^src/reporters/" },
      to: { path: "^src/", pathNot: "^src/(reporters|report|access)/", ...values },
    },
    {
      name: "snapshot-knows-no-other-part",
      comment:
        "A snapshot is a file format. It may make names visible with report/untrusted.ts, and no more.",
      severity: "error",
      from: { path: "^src/snapshot/" },
      to: { path: "^src/", pathNot: "^src/(snapshot|access)/|^src/report/untrusted\\.ts$", ...values },
    },
    {
      name: "collectors-judge-nothing",
      comment:
        "A collector reads and records. Whoever compares there skips the snapshot, and `collect` lies.",
      severity: "error",
      from: { path: "^src/collectors/" },
      to: { path: "^src/", pathNot: "^src/(collectors|snapshot)/|^src/report/untrusted\\.ts$", ...values },
    },
    {
      name: "collectors-load-late",
      comment:
        "An SDK costs 100 ms and more. A collector's folder is reached by `await import`, never statically.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/collectors/(azure|aws|kubernetes)/" },
      to: { path: "^src/collectors/(azure|aws|kubernetes)/", dynamic: false, ...values },
    },
    {
      name: "sdks-in-collectors-only",
      comment: "The SDKs have one door: the collector of their cloud, and the pipeline that guards it.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/collectors/" },
      to: { path: "node_modules/(@azure|@aws-sdk|@smithy|@kubernetes)/", ...values },
    },
    {
      name: "audit-is-pure",
      comment: "audit(input) → Report: no clock, no network, no environment. The command line brings those.",
      severity: "error",
      from: { path: "^src/audit[-a-z]*\\.ts$" },
      to: { path: "^src/(collectors|cli|reporters)/", ...values },
    },
    {
      name: "nobody-imports-the-command-line",
      comment: "The command line is the outermost layer; main.ts starts it.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(cli/|main\\.ts$)" },
      to: { path: "^src/(cli/|main\\.ts$)" },
    },
    {
      name: "no-junk-drawers",
      comment: "A file is named after the idea that it holds.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "/(util|utils|helper|helpers|common|misc|shared)(/|[.]ts$)", pathNot: "node_modules/" },
    },
    {
      name: "not-to-unresolvable",
      comment: "An import that leads nowhere.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "not-to-test",
      comment:
        "Sources never lean on tests, scripts or benchmarks. One module runs a script only until the build puts the " +
        "script's result in its place.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/cli/service-data\\.ts$" },
      to: { path: "^(test|scripts|bench|fixtures)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: "specify",
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
