import type { Facts } from "../snapshot/facts.ts";
import { field, list, record, text, textList } from "../snapshot/value.ts";

/** A Deployment, StatefulSet or DaemonSet, as far as it is told who it is and as whom its pods run. */
export interface Workload {
  readonly namespace: string;
  readonly name: string;
  /** `default` where the pod template names none. */
  readonly serviceAccount: string;
  /** The words of command and arguments of all its containers. */
  readonly words: readonly string[];
}

function carries(labels: unknown, wanted: Readonly<Record<string, string>>): boolean {
  const own = record(labels) ?? {};
  return Object.entries(wanted).every(([name, value]) => own[name] === value);
}

/** The workloads that carry all labels of one of these sets, on themselves or on their pods. */
export function workloadsWith(
  facts: Facts,
  sets: readonly Readonly<Record<string, string>>[],
): readonly Workload[] {
  return facts.all("kubernetes/workload").flatMap(({ body }): readonly Workload[] => {
    const metadata = field(body, "metadata");
    const template = field(field(body, "spec"), "template");
    const labels = [field(metadata, "labels"), field(field(template, "metadata"), "labels")];
    if (!sets.some((wanted) => labels.some((own) => carries(own, wanted)))) return [];
    const [namespace, name] = [text(field(metadata, "namespace")), text(field(metadata, "name"))];
    if (namespace === undefined || name === undefined) return [];
    const serviceAccount = text(field(field(template, "spec"), "serviceAccountName")) ?? "default";
    const words = (list(field(field(template, "spec"), "containers")) ?? []).flatMap((container) => [
      ...textList(field(container, "command")),
      ...textList(field(container, "args")),
    ]);
    return [{ namespace, name, serviceAccount, words }];
  });
}
