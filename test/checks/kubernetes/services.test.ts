import { describe, expect, it } from "vitest";
import { services as check } from "../../../src/checks/kubernetes/services.ts";
import { factsOf } from "../../../src/snapshot/facts.ts";
import type { Body } from "../../servers/azure-state.ts";
import { contextOf, control, run } from "../world.ts";

const service = (spec: Body, status: Body = {}, namespace = "lab") => ({
  kind: "kubernetes/service" as const,
  id: `${namespace}/api`,
  body: { metadata: { namespace, name: "api" }, spec, status },
});
const slice = (conditions: unknown, namespace = "lab", name: unknown = "api") => ({
  kind: "kubernetes/endpoint-slice" as const,
  id: `${namespace}/api-x`,
  body: {
    metadata: { namespace, name: "api-x", labels: { "kubernetes.io/service-name": name } },
    endpoints: [{ conditions }],
  },
});
const ready = slice({ ready: true });
const inside = { type: "ClusterIP", ports: [{ port: 80, protocol: "TCP" }] };

function said(
  documents: readonly (ReturnType<typeof service> | ReturnType<typeof slice>)[],
  params: object = {},
) {
  const facts = factsOf({
    schema: 1,
    provider: "kubernetes",
    scope: "uid-1",
    takenAt: "2026-11-21T08:00:00.000Z",
    documents,
    unread: [],
  });
  const wanted = { services: [{ name: "api", ports: [80] }], internal: true, namespace: "lab", ...params };
  const own = control("services", check.id, wanted);
  return run(check, facts, own, contextOf(own)).flatMap((o) =>
    o.kind === "assessed" ? [] : [`${o.kind === "drift" ? o.drift : o.kind}: ${o.message}`],
  );
}

describe("kubernetes/services", () => {
  it.each<[string, readonly string[], readonly RegExp[]]>([
    ["as documented", said([service(inside), ready]), []],
    ["without a type, which is ClusterIP", said([service({ ports: [{ port: 80 }] }), ready]), []],
    ["headless", said([service({ ...inside, clusterIP: "None" }), ready]), []],
    [
      "a NodePort",
      said([service({ ...inside, type: "NodePort" }), ready]),
      [/^wider: .* its type is NodePort/],
    ],
    [
      "a LoadBalancer",
      said([service({ ...inside, type: "LoadBalancer" }), ready]),
      [/^wider: .* its type is LoadBalancer/],
    ],
    [
      "of a type that is not known",
      said([service({ ...inside, type: "Odd" }), ready]),
      [/^wider: .* its type is Odd/],
    ],
    [
      "external addresses",
      said([service({ ...inside, externalIPs: ["192.0.2.1"] }), ready]),
      [/^wider: .*\(192\.0\.2\.1\)/],
    ],
    [
      "a load balancer that was left behind",
      said([service(inside, { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } }), ready]),
      [/^wider: .* a load balancer leads to it/],
    ],
    [
      "open, where that is not asked",
      said([service({ ...inside, type: "NodePort" }), ready], { internal: false }),
      [/^note: .* its type is NodePort$/],
    ],
    [
      "the port over UDP",
      said([service({ ports: [{ port: 80, protocol: "UDP" }] }), ready]),
      [/^missing: .* no port 80: it has none$/],
    ],
    [
      "another port",
      said([service({ ports: [{ port: 81 }] }), ready]),
      [/^missing: .* no port 80: it has 81$/],
    ],
    ["ready that is not told, which is ready", said([service(inside), slice({})]), []],
    ["ready that is null, which is ready", said([service(inside), slice({ ready: null })]), []],
    ["not ready", said([service(inside), slice({ ready: false })]), [/^changed: nothing answers/]],
    [
      "a slice of another namespace",
      said([service(inside), slice({ ready: true }, "yard")]),
      [/^changed: nothing answers/],
    ],
    [
      "a slice of another service",
      said([service(inside), slice({ ready: true }, "lab", "apiary")]),
      [/^changed: nothing answers/],
    ],
    [
      "in another namespace",
      said([service(inside, {}, "yard"), ready]),
      [/^absent: .* in namespace lab: one of that name is in yard$/],
    ],
    [
      "in any namespace, and in two",
      said([service(inside), ready, service(inside, {}, "yard")], { namespace: undefined }),
      [/^changed: nothing answers behind service api in yard/],
    ],
    [
      "only a name, and open",
      said([
        service({ type: "ExternalName", externalName: "db.example", externalIPs: ["192.0.2.1"] }),
        ready,
      ]),
      [/^wider: /, /^changed: .* is only a name for db\.example/],
    ],
  ])("%s", (_name, lines, expected) => {
    expect(lines).toEqual(expected.map((each) => expect.stringMatching(each)));
  });
});
