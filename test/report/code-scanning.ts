/** What code scanning keeps of a result. */
export interface Alert {
  readonly number: number;
  readonly rule: string;
  readonly category: string;
  readonly line: number;
  readonly state: "open" | "fixed";
}

interface Log {
  readonly runs: readonly {
    readonly automationDetails: { readonly id: string };
    readonly invocations: readonly { readonly executionSuccessful: boolean }[];
    readonly results: readonly {
      readonly ruleId: string;
      readonly partialFingerprints: { readonly primaryLocationLineHash: string };
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string };
          readonly region: { readonly startLine: number };
        };
      }[];
    }[];
  }[];
}

/** Numbers of the alerts that an upload opened anew, opened again and closed. */
export interface Upload {
  readonly opened: readonly number[];
  readonly reopened: readonly number[];
  readonly fixed: readonly number[];
}

export interface CodeScanning {
  readonly upload: (sarif: string) => Upload;
  readonly alerts: () => readonly Alert[];
  readonly open: () => readonly Alert[];
}

/**
 * GitHub's code scanning as its documentation has it ("SARIF support for code scanning"): an alert is a rule and a
 * fingerprint within a category; an upload stands for everything that its categories have, so what is absent from it is
 * fixed; an upload is refused when a run failed, a category comes twice, or a result has no file.
 */
export function codeScanning(): CodeScanning {
  const alerts = new Map<string, Alert>();
  return {
    upload: (sarif) => {
      const { runs } = JSON.parse(sarif) as Log;
      const categories = runs.map((run) => run.automationDetails.id);
      if (new Set(categories).size !== categories.length) throw new Error("refused: a category comes twice");
      if (runs.some((run) => run.invocations.some((each) => !each.executionSuccessful)))
        throw new Error("refused: a run was not successful");
      const opened: number[] = [];
      const reopened: number[] = [];
      const fixed: number[] = [];
      for (const { automationDetails, results } of runs) {
        const category = automationDetails.id;
        const there = new Set<string>();
        for (const { ruleId, partialFingerprints, locations } of results) {
          const place = locations[0]?.physicalLocation;
          if (
            place === undefined ||
            place.artifactLocation.uri === "" ||
            /^\w+:/.test(place.artifactLocation.uri)
          )
            throw new Error("refused: a result without a file of the repository");
          const key = JSON.stringify([category, ruleId, partialFingerprints.primaryLocationLineHash]);
          if (there.has(key)) throw new Error("two results are one alert");
          there.add(key);
          const known = alerts.get(key);
          const number = known?.number ?? alerts.size + 1;
          if (known === undefined) opened.push(number);
          else if (known.state === "fixed") reopened.push(number);
          alerts.set(key, { number, rule: ruleId, category, line: place.region.startLine, state: "open" });
        }
        for (const [key, alert] of alerts) {
          if (alert.category !== category || alert.state === "fixed" || there.has(key)) continue;
          alerts.set(key, { ...alert, state: "fixed" });
          fixed.push(alert.number);
        }
      }
      return { opened, reopened, fixed };
    },
    alerts: () => [...alerts.values()],
    open: () => [...alerts.values()].filter(({ state }) => state === "open"),
  };
}
