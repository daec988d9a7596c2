import type { LoadedBaseline } from "../../baselines/baseline.ts";
import { command } from "../../text/command.ts";
import { type Block, type Item, listOf, paragraph } from "./blocks.ts";

/** How to hold the live state against the baseline: before anything is granted, once it is, and from a file. */
export function verifying(loaded: LoadedBaseline): readonly Block[] {
  const { baseline } = loaded;
  const spec = loaded.bundled === true ? `${baseline.id}@${baseline.version}` : loaded.file;
  const clouds = [
    baseline.cloud,
    ...(baseline.cloud !== "kubernetes" &&
    baseline.controls.some(({ check }) => check.startsWith("kubernetes/"))
      ? ["kubernetes"]
      : []),
  ];
  const scan = ["chalk-audit", "--cloud", clouds.join(","), "--baseline", spec];
  const profiles = Object.keys(baseline.profiles?.names ?? {}).filter(
    (name) => name !== baseline.profiles?.default,
  );
  return [
    paragraph(
      "The tool only reads. Its own permissions come first; then the live state is held against this document, exactly and in both directions.",
    ),
    {
      kind: "commands",
      lines: [
        // a policy is of one cloud
        ...clouds.map((cloud) => command("chalk-audit", "permissions", "--cloud", cloud, "--baseline", spec)),
        command(...scan),
        ...profiles.map((name) => command(...scan, "--profile-set", name)),
      ],
    },
    paragraph(
      "Exit status 0: nothing differs. 1: something differs, each with a request that proves it. 3: something could not be seen, which is no pass. ",
      "Run it after the set-up, after each change and by a schedule: a role that fits today says nothing of tomorrow.",
    ),
    ...(Object.keys(baseline.parameters).length === 0
      ? []
      : [
          paragraph(
            "Parameters. What the tool does without one it says in its report: some are derived or take any value that fits, and of some the controls then stay open or are skipped, which is no pass:",
          ),
        ]),
    ...listOf(
      Object.entries(baseline.parameters).map(
        ([name, { help, flag }]): Item => ({
          text: [{ code: flag === undefined ? `--set ${name}=…` : `--${flag}` }, `: ${help}`],
        }),
      ),
    ),
  ];
}
