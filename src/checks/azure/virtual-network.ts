import type { Facts } from "../../snapshot/facts.ts";
import {
  type AzureResource,
  delegatedSubnet,
  delegationsOf,
  networkOf,
  type Pool,
  poolsOf,
  resourcesWithin,
} from "../../state/azure/network.ts";
import { placeInWords } from "../../state/azure/scope.ts";
import { command } from "../../text/command.ts";
import { plural } from "../../text/count.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Params {
  readonly within: string;
  readonly cluster?: string;
  readonly server?: string;
  /** The service that the database's subnet is delegated to. */
  readonly delegation: string;
}

const NETWORK = "Microsoft.Network/virtualNetworks";

/** What is judged: the networks of the place, and who must sit in one of them. */
interface Case {
  readonly params: Params;
  readonly place: string;
  readonly networks: ReadonlyMap<string, AzureResource>;
}

interface Seat {
  /** For a sentence: `node pool a of cluster b`. */
  readonly what: string;
  readonly type: string;
  readonly owner: AzureResource;
  readonly property: string;
  readonly subnet?: string;
}

function verifyOf({ type, owner }: Seat): string {
  return type === "azure/managed-cluster"
    ? command(
        "az",
        "resource",
        "show",
        "--ids",
        owner.id,
        "--query",
        "properties.agentPoolProfiles[].[name,vnetSubnetID]",
      )
    : command("az", "resource", "show", "--ids", owner.id, "--query", "properties.network");
}

/** Why a seat is in none of the networks; undefined when it is in one. */
function misplaced(seat: Seat, { networks, place }: Case): string | undefined {
  if (seat.subnet === undefined)
    return seat.type === "azure/managed-cluster"
      ? `sits in a network that the service made for itself, not in one of ${place}`
      : "lies in no virtual network";
  const network = networkOf(seat.subnet);
  if (network !== undefined && networks.has(network)) return undefined;
  return `sits in ${seat.subnet}, which is in no virtual network of ${place}`;
}

function* seated(seat: Seat, c: Case): Iterable<Observation> {
  const base = {
    resource: { type: seat.type, id: seat.owner.id, name: seat.owner.name },
    property: seat.property,
    verify: verifyOf(seat),
  } as const;
  const why = misplaced(seat, c);
  if (why !== undefined) {
    yield {
      ...base,
      kind: "drift",
      drift: "changed",
      message: `${seat.what} ${why}`,
      expected: `a subnet of a virtual network of ${c.place}`,
      actual: seat.subnet ?? null,
      at: "/within",
      remediation: {
        text: "Deploy it again into a subnet of the network: neither moves while it stands.",
        commands: [],
      },
    };
    return;
  }
  const network = c.networks.get(networkOf(seat.subnet ?? "") ?? "");
  if (network === undefined || delegationsOf(network, seat.subnet ?? "") !== undefined) return;
  yield {
    ...base,
    kind: "unknown",
    message: `${seat.what} sits in ${seat.subnet}, which the list of subnets of ${network.name} lacks`,
    decide: "read the virtual networks again",
  };
}

/** The one that is meant of several; else what there is to say. */
function only(
  found: readonly AzureResource[],
  what: string,
  type: string,
  parameter: string,
  c: Case,
): AzureResource | Observation {
  const [first, ...more] = found;
  const resource = { type, id: c.params.within, name: what };
  if (first === undefined) {
    return {
      kind: "drift",
      drift: "absent",
      resource,
      message: `there is no ${what} in ${c.place} that could lie in its network`,
      property: what,
      expected: what,
      actual: null,
      at: "/within",
      remediation: {
        text: `Make the ${what}, or name the one that is meant with --set ${parameter}=NAME.`,
        commands: [],
      },
    };
  }
  if (more.length === 0) return first;
  return {
    kind: "unknown",
    resource,
    message: `which ${what} of ${c.place} is the deployment's is not told: there are ${found.map(({ name }) => name).join(", ")}`,
    property: what,
    decide: `name it with --set ${parameter}=NAME`,
  };
}

const isSaid = (value: AzureResource | Observation): value is Observation => "kind" in value;

/** Of several databases the one in the cluster's network. */
function nearest(servers: readonly AzureResource[], pools: readonly Pool[]): readonly AzureResource[] {
  const networks = new Set(pools.flatMap(({ subnet }) => networkOf(subnet ?? "") ?? []));
  const near = servers.filter((server) => networks.has(networkOf(delegatedSubnet(server) ?? "") ?? ""));
  return near.length > 0 ? near : servers;
}

/** Database and cluster, each in a subnet of its own, in one network. */
function* together(database: AzureResource, pools: readonly Seat[], c: Case): Iterable<Observation> {
  const subnet = delegatedSubnet(database)?.toLowerCase() ?? "";
  const home = networkOf(subnet);
  const network = c.networks.get(home ?? "");
  if (network === undefined) return;
  const base = {
    kind: "drift",
    drift: "changed",
    resource: { type: NETWORK, id: network.id, name: network.name },
    at: "/within",
    verify: command("az", "resource", "show", "--ids", network.id, "--query", "properties.subnets"),
  } as const;
  const apart = pools.filter(
    (pool) => misplaced(pool, c) === undefined && networkOf(pool.subnet ?? "") !== home,
  );
  if (apart.length > 0) {
    yield {
      ...base,
      message: `the database ${database.name} lies in ${network.name}, and ${apart.map(({ what }) => what).join(", ")} in ${[
        ...new Set(
          apart.map(({ subnet: own }) =>
            networkOf(own ?? "")
              ?.split("/")
              .at(-1),
          ),
        ),
      ].join(", ")}: they are to lie in one virtual network`,
      property: "networks",
      expected: "one virtual network",
      actual: [home, ...apart.map(({ subnet: own }) => networkOf(own ?? ""))],
      remediation: { text: "Deploy one of them again, into the network of the other.", commands: [] },
    };
  }
  const shared = pools.filter((pool) => pool.subnet?.toLowerCase() === subnet);
  if (shared.length > 0) {
    yield {
      ...base,
      message: `${shared.map(({ what }) => what).join(", ")} and the database ${database.name} share the subnet ${subnet}: each is to have its own`,
      property: "subnets",
      expected: "two subnets",
      actual: subnet,
      remediation: { text: "Make a subnet for each in the network.", commands: [] },
    };
  }
  const delegations = delegationsOf(network, subnet);
  if (delegations === undefined) return;
  if (delegations.some((service) => service.toLowerCase() === c.params.delegation.toLowerCase())) return;
  yield {
    ...base,
    message: `the database's subnet ${subnet} is not delegated to ${c.params.delegation}${delegations.length === 0 ? "" : ` but to ${delegations.join(", ")}`}`,
    property: "delegation",
    expected: c.params.delegation,
    actual: delegations,
    at: "/delegation",
    remediation: {
      text: "Delegate the subnet.",
      commands: [
        command(
          "az",
          "network",
          "vnet",
          "subnet",
          "update",
          "--ids",
          subnet,
          "--delegations",
          c.params.delegation,
        ),
      ],
    },
  };
}

function* judge(facts: Facts, params: Params): Iterable<Observation> {
  const place = placeInWords(params.within, facts.scope);
  const networks = resourcesWithin(facts, "azure/virtual-network", params.within);
  if (networks.length === 0) {
    yield {
      kind: "drift",
      drift: "absent",
      resource: { type: NETWORK, id: params.within, name: "virtual network" },
      message: `there is no virtual network in ${place}`,
      property: "network",
      expected: "a virtual network",
      actual: null,
      at: "/within",
      verify: command("az", "network", "vnet", "list", "--output", "table"),
      remediation: { text: "Make the network with its two subnets.", commands: [] },
    };
    return;
  }
  const c: Case = {
    params,
    place,
    networks: new Map(networks.map((network) => [network.id.toLowerCase(), network])),
  };
  const clusters = resourcesWithin(facts, "azure/managed-cluster", params.within, params.cluster);
  const cluster = only(clusters, "cluster", "azure/managed-cluster", "cluster", c);
  const pools = isSaid(cluster) ? [] : poolsOf(cluster);
  const servers = resourcesWithin(facts, "azure/postgresql-server", params.within, params.server);
  const database = only(
    nearest(servers, pools ?? []),
    "database",
    "azure/postgresql-server",
    "databaseServer",
    c,
  );
  const seats: Seat[] = isSaid(cluster)
    ? []
    : (pools ?? []).map((pool) => ({
        ...pool,
        what: `node pool ${pool.name} of cluster ${cluster.name}`,
        type: "azure/managed-cluster",
        owner: cluster,
        property: `pool:${pool.name}`,
      }));
  if (isSaid(cluster)) yield cluster;
  else if (pools === undefined || pools.length === 0) {
    yield {
      kind: "unknown",
      resource: { type: "azure/managed-cluster", id: cluster.id, name: cluster.name },
      message: `cluster ${cluster.name} tells no node pools`,
      property: "pools",
      decide: "read the cluster again",
    };
  }
  for (const seat of seats) yield* seated(seat, c);
  if (isSaid(database)) yield database;
  else {
    const subnet = delegatedSubnet(database);
    yield* seated(
      {
        what: `database ${database.name}`,
        type: "azure/postgresql-server",
        owner: database,
        property: "database:subnet",
        ...(subnet === undefined ? {} : { subnet }),
      },
      c,
    );
    yield* together(database, seats, c);
  }
  const names = networks.map(({ name }) => name).join(", ");
  yield {
    kind: "assessed",
    count: networks.length,
    what: "virtual networks",
    notes: [`${plural(networks.length, "virtual network")} in ${place}: ${names}`],
  };
}

/** One network holds the cluster and its database, each in a subnet of its own. */
export const virtualNetwork: Check = {
  id: "azure/virtual-network",
  cloud: "azure",
  title: "Cluster and database lie in one virtual network",
  help: `One virtual network under the scope holds two subnets: the one that the PostgreSQL flexible server is put into, which is delegated to its service, and the one in which the cluster's node pools sit. A pool or a database in another network, or in none of one's own, is drift; so are two networks, one subnet for both, and a subnet that is not delegated.

The cluster and the server are those that are named, else the only ones under the scope; of several servers the one in the cluster's network. Several clusters are unknown, with all of them named.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["within", "delegation"],
    properties: {
      within: {
        type: "string",
        minLength: 1,
        description: "scope under which all of it lies; `*` for one segment",
      },
      cluster: { type: "string", minLength: 1, description: "name of the AKS cluster" },
      server: { type: "string", minLength: 1, description: "name of the PostgreSQL flexible server" },
      delegation: {
        type: "string",
        minLength: 1,
        description: "service that the database's subnet is delegated to",
      },
    },
  },
  needs: () => ["azure/virtual-network", "azure/managed-cluster", "azure/postgresql-server"],
  drifts: {
    absent: {
      short: "There is no network, cluster or database where one belongs.",
      help: "Without one of them the deployment is not whole, or it lies elsewhere. Deploy it, or name what is meant.",
    },
    changed: {
      short: "Cluster and database do not lie in one network as documented.",
      help: "The document puts both into one virtual network, each in its own subnet, so that the database is reached from there alone.",
    },
  },
  run: (facts, params) => judge(facts, params as Params),
};
