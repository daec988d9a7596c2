import { describe, expect, it } from "vitest";
import { aws, type Body, edited, type State } from "../../worlds/helm-state.ts";
import { found } from "../installation.ts";

const group = (rules: readonly Body[]): State =>
  edited(aws, "aws/security-group", "sg-database", { IpPermissions: rules });

describe("network/ingress", () => {
  it.each<[string, string, State, readonly string[]]>([
    [
      "metadata-database-ingress",
      "open to the world",
      group([{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }]),
      [
        "wider critical | database chalk-metadata is open to the world on port 5432 (0.0.0.0/0) by its security groups sg-database | aws ec2 describe-security-groups --group-ids sg-database | aws ec2 revoke-security-group-ingress --group-id sg-database --protocol tcp --port 5432 --cidr 0.0.0.0/0",
      ],
    ],
    [
      "metadata-database-ingress",
      "open to all of the internet of version 6, by the block that is the internet's",
      group([
        {
          IpProtocol: "tcp",
          FromPort: 5432,
          ToPort: 5432,
          IpRanges: [{ CidrIp: "10.130.0.0/16" }, { CidrIp: "100.64.0.0/16" }],
          Ipv6Ranges: [{ CidrIpv6: "2000::/3" }],
        },
      ]),
      [
        "wider critical | database chalk-metadata is open to the world on port 5432 (2000::/3) by its security groups sg-database | aws ec2 describe-security-groups --group-ids sg-database | aws ec2 revoke-security-group-ingress --group-id sg-database --ip-permissions 'IpProtocol=tcp,FromPort=5432,ToPort=5432,Ipv6Ranges=[{CidrIpv6=2000::/3}]'",
      ],
    ],
    [
      "metadata-database-ingress",
      "one block alone",
      group([{ IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: "10.130.0.0/16" }] }]),
      [
        "absent medium | database chalk-metadata does not let in 100.64.0.0/16 of VPC chalk on port 5432 (100.64.0.0 for one): what runs there cannot reach it | aws ec2 describe-security-groups --group-ids sg-database | aws ec2 authorize-security-group-ingress --group-id sg-database --protocol tcp --port 5432 --cidr 100.64.0.0/16",
      ],
    ],
  ])("%s: %s, with how to see it and what mends it", (control, _, change, expected) => {
    expect(found(control, change)).toEqual(expected);
  });

  it.each(["metadata-database-ingress"])("%s: nothing of the installation as documented", (control) => {
    expect(found(control, {})).toEqual([]);
  });
});
