import {
  AuthorizeSecurityGroupIngressCommand,
  type IpPermission,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { ModifyDBInstanceCommand, ModifyDBParameterGroupCommand } from "@aws-sdk/client-rds";
import { type Change, change } from "./changes.ts";
import type { World } from "./world.ts";

const set =
  (members: object) =>
  ({ clients }: World) =>
    clients.rds.send(
      new ModifyDBInstanceCommand({
        DBInstanceIdentifier: "chalk-metadata",
        ApplyImmediately: true,
        ...members,
      }),
    );
const backups = (days: number) => set({ BackupRetentionPeriod: days });
const libraries =
  (value: string) =>
  ({ clients }: World) =>
    clients.rds.send(
      new ModifyDBParameterGroupCommand({
        DBParameterGroupName: "chalk-pg16",
        Parameters: [
          { ParameterName: "shared_preload_libraries", ParameterValue: value, ApplyMethod: "pending-reboot" },
        ],
      }),
    );
const ALL = libraries("auto_explain,pg_stat_statements,pg_cron");

const port = (protocol: string, from: number, to: number, rest: object): IpPermission =>
  protocol === "-1"
    ? { IpProtocol: "-1", ...rest }
    : { IpProtocol: protocol, FromPort: from, ToPort: to, ...rest };
const blocks = (...list: string[]) => ({ IpRanges: list.map((CidrIp) => ({ CidrIp })) });
export const admit =
  (group: "database" | "kafka", ...IpPermissions: IpPermission[]) =>
  ({ clients, made }: World) =>
    clients.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: made[group], IpPermissions }));
export const shut =
  (group: "database" | "kafka", ...IpPermissions: IpPermission[]) =>
  ({ clients, made }: World) =>
    clients.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: made[group], IpPermissions }));

/** Lets more in, and no longer. */
const open = (name: string, rule: IpPermission, found: readonly string[]): Change =>
  change(name, admit("database", rule), shut("database", rule), found);

const WORLD = ["metadata-database-ingress wider critical (db:chalk-metadata)", "exit 1"];
const SECOND = port("tcp", 5432, 5432, blocks("100.64.0.0/16"));
const HOME = port("tcp", 5432, 5432, blocks("10.130.0.0/16", "100.64.0.0/16"));
const closed = "metadata-database-ingress absent medium (db:chalk-metadata)";

export const DATABASE: readonly Change[] = [
  change("backups of one day", backups(1), backups(7), [
    "metadata-database changed low (db:chalk-metadata)",
    "exit 1",
  ]),
  change("backups off", backups(0), backups(7), [
    "metadata-database changed medium (db:chalk-metadata)",
    "exit 1",
  ]),
  change("an extension missing", libraries("auto_explain,pg_stat_statements"), ALL, [
    "metadata-database-extensions changed medium (db:chalk-metadata)",
    "exit 1",
  ]),
  open("open to the world, IPv4", port("tcp", 5432, 5432, blocks("0.0.0.0/0")), WORLD),
  open(
    "open to the world, IPv6, by every protocol",
    port("-1", 0, 0, { Ipv6Ranges: [{ CidrIpv6: "::/0" }] }),
    WORLD,
  ),
  open("open to two halves of the world", port("tcp", 5000, 6000, blocks("0.0.0.0/1", "128.0.0.0/1")), WORLD),
  open(
    "a port beside open to the world is somebody else's matter",
    port("tcp", 443, 443, blocks("0.0.0.0/0")),
    ["exit 0"],
  ),
  change(
    "open to the world by a second group",
    (world) => set({ VpcSecurityGroupIds: [world.made.database, world.made.other] })(world),
    (world) => set({ VpcSecurityGroupIds: [world.made.database] })(world),
    WORLD,
  ),
  change("the second block of the network shut out", shut("database", SECOND), admit("database", SECOND), [
    closed,
    "exit 1",
  ]),
  change(
    "let in by UDP alone",
    async (world) => {
      await shut("database", HOME)(world);
      await admit("database", { ...HOME, IpProtocol: "udp" })(world);
    },
    async (world) => {
      await shut("database", { ...HOME, IpProtocol: "udp" })(world);
      await admit("database", HOME)(world);
    },
    [closed, closed, "exit 1"],
  ),
  change(
    "let in by a group that nobody has",
    async (world) => {
      await shut("database", HOME)(world);
      await admit("database", byGroup(world))(world);
    },
    async (world) => {
      await shut("database", byGroup(world))(world);
      await admit("database", HOME)(world);
    },
    [closed, closed, "exit 1"],
  ),
];

function byGroup({ made }: World): IpPermission {
  return port("tcp", 5432, 5432, { UserIdGroupPairs: [{ GroupId: made.other }] });
}
