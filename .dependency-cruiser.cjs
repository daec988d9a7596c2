/**
 * The layer rule of docs/architecture.md, executable. `npm run check` and test/architecture.test.ts run it.
 *
 * A type is an import like any other: what only compiles together is understood together.
 */

/** Small pure libraries that the pure parts may use; the command line and the collectors choose their own. */
const pureLibraries = "^node_modules/(ajv|yaml|fastest-levenshtein|ipaddr\\.js|semver)(/|$)";

/**
 * The layers, lowest first: a layer may import those that its line names, and itself. A layer that is not named here, a
 * new folder of src/ for one, may import nothing, and so is noticed.
 */
const layers = {
  text: [],
  access: [],
  snapshot: ["text", "access"],
  report: ["text", "access", "snapshot"],
  baselines: ["text", "access", "report"],
  state: ["text", "access", "snapshot", "report", "baselines"],
  wording: ["text", "access", "snapshot", "report", "baselines", "state"],
  checks: ["text", "access", "snapshot", "report", "baselines", "state", "wording"],
  providers: ["text", "access", "snapshot", "report", "baselines", "state"],
  reporters: ["text", "access", "report"],
  plugins: ["text", "access", "snapshot", "report", "checks", "reporters", "wording"],
  audit: ["text", "access", "snapshot", "report", "baselines", "state", "wording", "checks", "providers"],
  usage: ["text", "access", "snapshot", "state"],
  review: [
    "text",
    "access",
    "snapshot",
    "report",
    "baselines",
    "state",
    "wording",
    "checks",
    "usage",
    "audit",
  ],
  collectors: ["text", "access", "snapshot"],
  permissions: ["text", "access", "snapshot", "collectors"],
};

/** Parts that turn values into values. What touches the world (files, network, processes) is in collectors and cli. */
const pure = "text|snapshot|report|state|providers|wording|checks|reporters|plugins|audit|usage|review";

const layerRules = Object.entries(layers).map(([layer, below]) => ({
  name: `${layer}-below`,
  comment: `${layer} may import ${below.length === 0 ? "nothing but itself" : `itself and ${below.join(", ")}`}: see docs/architecture.md.`,
  severity: "error",
  from: { path: `^src/${layer}/` },
  to: { path: "^src/", pathNot: `^src/(${[layer, ...below].join("|")})/` },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: "every-folder-is-a-layer",
      comment:
        "A new folder of src/ is put into its place among the layers, in this file and in docs/architecture.md.",
      severity: "error",
      from: {
        path: "^src/",
        pathNot: `^src/((${Object.keys(layers).join("|")}|cli|action)/|main\\.ts$|worker\\.ts$|index\\.ts$)`,
      },
      to: { path: "^src/" },
    },
    {
      name: "no-circular",
      comment: "Two modules that need each other, be it for a type, are one module, or hide a third.",
      severity: "error",
      from: { path: "^src/" },
      to: { circular: true },
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
      name: "engines-stand-apart",
      comment: "Three engines over one ground: what two of them need lies in src/access itself.",
      severity: "error",
      from: { path: "^src/access/(azure|aws|kubernetes)/" },
      to: { path: "^src/access/(azure|aws|kubernetes)/", pathNot: "^src/access/$1/" },
    },
    {
      name: "pure-parts-no-effects",
      comment:
        "Pure parts turn values into values. What touches the world (files, network, processes) belongs into collectors " +
        "or cli. Hashes and compressed sizes are pure functions.",
      severity: "error",
      from: { path: `^src/(${pure})/` },
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
      from: { path: `^src/(${pure}|baselines)/` },
      to: { path: "node_modules/", pathNot: pureLibraries },
    },
    {
      name: "no-check-knows-another",
      comment:
        "One check, one file, in whatever area: what two checks share is state (what documents say) or wording (what is " +
        "said of it). Else a change to one verdict changes another.",
      severity: "error",
      from: { path: "^src/checks/[^/]+/" },
      to: { path: "^src/checks/([^/]+/|registry)" },
    },
    {
      name: "collectors-load-late",
      comment:
        "An SDK costs 100 ms and more. A collector's folder is reached by `await import`, never statically.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/collectors/(azure|aws|kubernetes)/" },
      to: {
        path: "^src/collectors/(azure|aws|kubernetes)/",
        dynamic: false,
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "clouds-stand-apart",
      comment:
        "A provider's column never leans on another's: what two of them need belongs into the layer itself.",
      severity: "error",
      from: { path: "^src/(collectors|state|wording|usage)/(azure|aws|kubernetes)/" },
      to: { path: "^src/$1/(azure|aws|kubernetes)/", pathNot: "^src/$1/$2/" },
    },
    {
      name: "sdks-in-collectors-only",
      comment: "The SDKs have one door: the collector of their cloud, and the pipeline that guards it.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/collectors/" },
      to: { path: "node_modules/(@azure|@aws-sdk|@smithy|@kubernetes)/" },
    },
    {
      name: "nobody-imports-the-command-line",
      comment: "The command line is the outermost layer; main.ts starts it.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(cli/|action/|main\\.ts$|worker\\.ts$)" },
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
        "Sources never lean on tests, scripts or benchmarks. Two modules run a script only until the build puts the " +
        "script's result in their place.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(cli/job/service-data|reporters/html/assets)\\.ts$" },
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
