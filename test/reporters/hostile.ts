import type { Finding, Report } from "../../src/report/report.ts";
import { control, finding, report, SUBSCRIPTION, target } from "../report/sample.ts";

/** A report in which everything that can come from a cloud is hostile. */
export function hostile(text: string): Report {
  const base = {
    resource: { type: text, id: text, name: text },
    message: text,
    pattern: text,
    except: [text],
    by: text,
    why: text,
    expected: text,
    actual: [text],
    verify: text,
    remediation: { text, commands: [text] },
    witness: { action: text, plane: "control", scope: text },
    witnesses: [{ verb: text, group: text, resource: text }],
    known: { count: 1, examples: [text] },
    documentation: { title: text, url: text, section: text },
    location: { file: text, line: 1 },
  } satisfies Partial<Finding>;
  const findings = (["fail", "unknown", "waived", "pass"] as const).map((outcome, i) =>
    finding({
      control: "platform-role",
      drift: i % 2 === 0 ? "excess" : "weakened",
      severity: "high",
      ...base,
      outcome,
      property: outcome,
      waiver: { reason: text, owner: text, expires: text },
    }),
  );
  const unread = [
    { kind: "azure/vault", api: text, cause: "denied", permission: text, detail: text },
  ] as const;
  const targets = [
    target(SUBSCRIPTION, { name: text, notes: [text], principals: [{ id: text, name: text }], unread }),
    target(`${SUBSCRIPTION}2`, { name: `2${text}`, complete: false, unread }),
  ];
  return {
    ...report({
      targets,
      baselines: [{ id: text, version: text, sha256: "a".repeat(64) }],
      controls: [
        control("platform-role", "fail", { target: text, reason: text }),
        control("aks-rbac", "unknown", { target: text, reason: text }),
        control("cluster-role", "skipped", { target: text, reason: text }),
      ],
      findings: findings.map((f) => ({ ...f, target: text })),
    }),
    gone: findings.slice(0, 1),
  };
}
