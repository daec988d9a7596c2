import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { type AddressInfo, createServer as createTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CollectError } from "../../../src/collectors/define.ts";
import type { AwsSettings } from "../../../src/collectors/settings.ts";
import { formatSnapshot } from "../../../src/snapshot/write.ts";
import { type Aws, startAws } from "../../servers/aws.ts";
import { account, auditor, region } from "../../servers/aws-state.ts";
import { collectAws, held, vendorWorld } from "../aws-harness.ts";
import { causes, fakeClock } from "../harness.ts";

const reader = `arn:aws:iam::${account}:role/reader`;
const session = {
  id: "ASIAEXAMPLEASSUMED01",
  secret: "canary/assumed+secret/77aa",
  token: "canary/session+token/==",
} as const;

let aws: Aws;
let folder: string;
beforeEach(async () => {
  const trust = { Statement: [{ Condition: { StringEquals: { "sts:ExternalId": "right" } } }] };
  aws = await startAws({
    ...vendorWorld,
    roles: [...vendorWorld.roles, { name: "reader", trust }],
    keys: {
      [auditor.id]: { secret: auditor.secret },
      [session.id]: {
        secret: session.secret,
        token: session.token,
        arn: `arn:aws:sts::${account}:assumed-role/reader/chalk-audit`,
      },
    },
  });
  folder = mkdtempSync(join(tmpdir(), "aws-"));
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(folder, "credentials"));
  vi.stubEnv("AWS_CONFIG_FILE", join(folder, "config"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
  await aws.close();
});

const keys = { AWS_ACCESS_KEY_ID: auditor.id, AWS_SECRET_ACCESS_KEY: auditor.secret };

/** Signs in with the SDK's own chain and this environment; the one line that a person would see. */
async function attempt(
  env: Readonly<Record<string, string>>,
  settings: Partial<AwsSettings> = {},
  options = {},
) {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const debug: string[] = [];
  try {
    const { snapshot } = await collectAws(aws, {
      kinds: ["aws/vpc"],
      settings: { credentials: undefined as never, ...settings },
      options: { debug: (line) => debug.push(line), ...options },
    });
    return { snapshot, debug, error: undefined };
  } catch (error) {
    if (!(error instanceof CollectError)) throw error;
    return { snapshot: undefined, debug, error: error.message };
  }
}

describe("signing in with the SDK's own chain", () => {
  it("keys of the environment, the address of AWS_ENDPOINT_URL, the region of AWS_REGION", async () => {
    const { snapshot } = await attempt(
      { ...keys, AWS_ENDPOINT_URL: aws.url, AWS_REGION: "eu-central-1" },
      { endpoint: undefined as never, region: undefined as never },
    );
    expect(snapshot?.scope).toBe(`${account}/eu-central-1`);
    expect(held(snapshot as never)).toEqual([`aws/caller-identity ${account}`, "aws/vpc vpc-1"]);
  });

  it("one service's own address wins, as the SDK has it", async () => {
    const { snapshot } = await attempt(
      { ...keys, AWS_ENDPOINT_URL: aws.url, AWS_ENDPOINT_URL_EC2: "https://127.0.0.1:1" },
      { endpoint: undefined as never, clock: fakeClock() },
    );
    expect(causes(snapshot?.unread ?? [])).toEqual(["aws/vpc unreachable"]);
  });

  it("--profile: keys and region of the files", async () => {
    writeFileSync(
      join(folder, "credentials"),
      `[prod]\naws_access_key_id = ${auditor.id}\naws_secret_access_key = ${auditor.secret}\n`,
    );
    writeFileSync(join(folder, "config"), "[profile prod]\nregion = us-west-2\n");
    const wrong = { AWS_ACCESS_KEY_ID: "AKIAWRONG", AWS_SECRET_ACCESS_KEY: "wrong" };
    const { snapshot } = await attempt(wrong, { profile: "prod", region: undefined as never });
    expect(snapshot?.scope).toBe(`${account}/us-west-2`);
  });

  it("--assume-role with --external-id: the role's keys read, and only they", async () => {
    const { snapshot } = await attempt(keys, { assumeRole: reader, externalId: "right" });
    expect(snapshot?.unread).toEqual([]);
    expect(aws.requests.map(({ call, keyId }) => [call, keyId])).toEqual([
      ["sts AssumeRole", auditor.id],
      ["sts GetCallerIdentity", session.id],
      ["ec2 DescribeVpcs", session.id],
    ]);
    expect(aws.requests[0]?.input).toEqual({
      RoleArn: reader,
      RoleSessionName: "chalk-audit",
      ExternalId: "right",
    });
  });

  it("AWS_DEFAULT_REGION counts, after what the SDK reads", async () => {
    const { snapshot } = await attempt(
      { ...keys, AWS_DEFAULT_REGION: "eu-north-1" },
      { region: undefined as never },
    );
    expect(snapshot?.scope).toBe(`${account}/eu-north-1`);
  });
});

describe("sign-in that fails is one line that says what to do, and nothing is read", () => {
  const cases: readonly (readonly [string, Record<string, string>, Partial<AwsSettings>, RegExp])[] = [
    [
      "no credentials",
      {},
      {},
      /^no credentials for AWS: environment, single sign-on, .* were tried \(--debug shows each\)\. Sign in with aws sso login or aws configure, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY\.$/,
    ],
    [
      "a profile that is not there",
      {},
      { profile: "prod" },
      /^no credentials for AWS: profile "prod" is not in the AWS configuration files, or names none; check --profile or AWS_PROFILE$/,
    ],
    [
      "an unknown key",
      { AWS_ACCESS_KEY_ID: "AKIAUNKNOWN", AWS_SECRET_ACCESS_KEY: "x" },
      {},
      /^signing in to AWS was refused: AWS does not know the access key; .* \(InvalidClientTokenId\)$/,
    ],
    [
      "a wrong secret",
      { ...keys, AWS_SECRET_ACCESS_KEY: "wrong" },
      {},
      /^signing in to AWS was refused: the secret key does not belong to the access key; .* \(SignatureDoesNotMatch\)$/,
    ],
    [
      "a wrong external id",
      keys,
      { assumeRole: reader, externalId: "wrong" },
      /^assuming arn:aws:iam::123456789012:role\/reader was refused: User: .* is not authorized to perform: sts:AssumeRole .*; check its trust policy, and --external-id$/,
    ],
    [
      "no region",
      keys,
      { region: undefined as never },
      /^no region for AWS: name one with --region, AWS_REGION, or in the profile of the AWS configuration files$/,
    ],
    [
      "a region that is none",
      keys,
      { region: "Frankfurt/../x" },
      /^--region: expected a region such as eu-west-1, found "Frankfurt\/\.\.\/x"$/,
    ],
    [
      "an address that nobody listens at",
      keys,
      { endpoint: "https://127.0.0.1:1", clock: fakeClock() },
      /^AWS cannot be reached: the connection was refused \(ECONNREFUSED\) \(3 attempts\); check the region and AWS_ENDPOINT_URL$/,
    ],
    [
      "a certificate that is not trusted",
      keys,
      { ca: undefined as never },
      /^AWS cannot be reached: the server's certificate is not trusted \(\w+\); .* NODE_EXTRA_CA_CERTS/,
    ],
  ];
  it.each(cases)("%s", async (_what, env, settings, words) => {
    const { error } = await attempt(env, settings);
    expect(error).toMatch(words);
    expect(error).not.toMatch(/canary|\n/);
    expect(aws.requests.filter(({ call }) => !call.startsWith("sts "))).toEqual([]);
  });

  it("an expired session", async () => {
    aws.state = { ...aws.state, keys: { [auditor.id]: { secret: auditor.secret, expired: true } } };
    expect((await attempt(keys)).error).toBe(
      "signing in to AWS was refused: the session has expired; sign in again (aws sso login), or get new temporary keys (ExpiredToken)",
    );
  });

  it.each([
    ["a page", { html: true }, /answered 200 with .*sign-in page in between\?/],
    ["an unknown address", { status: 404, html: true }, /answered 404: a page for browsers/],
    ["JSON", { raw: '{"hello":"world"}' }, /answered 200 with something that is not XML/],
    [
      "no account",
      {
        raw: "<GetCallerIdentityResponse><GetCallerIdentityResult></GetCallerIdentityResult></GetCallerIdentityResponse>",
      },
      /the answer names no account/,
    ],
  ] as const)("an address that is not AWS: it answers with %s", async (_what, fault, words) => {
    aws.faults.add({ match: "sts", ...fault });
    const { error } = await attempt(keys);
    expect(error).toMatch(/^what was reached does not answer as AWS does: sts GetCallerIdentity /);
    expect(error).toMatch(words);
    expect(error).toMatch(/; check AWS_ENDPOINT_URL$/);
  });

  it("--debug says what was tried", async () => {
    const { debug } = await attempt({});
    for (const way of ["fromEnv", "fromSSO", "fromIni", "fromProcess", "fromTokenFile", "remoteProvider"])
      expect(debug.some((line) => line.startsWith("sign-in: ") && line.includes(way))).toBe(true);
    expect(debug.at(-1)).toMatch(/^sign-in: CredentialsProviderError: Could not load credentials/);
  });

  it("signing in that never ends is given up", async () => {
    const started = Date.now();
    const { error } = await attempt({}, { credentials: () => new Promise(() => {}), requestTimeoutMs: 200 });
    expect(error).toBe("signing in took longer than 0.2 s");
    expect(Date.now() - started).toBeLessThan(3_000);
  });
});

describe("an account that cannot be found out", () => {
  const faults = [
    ["throttled", { status: 400, code: "Throttling", message: "slow" }],
    ["server-error", { status: 503, code: "ServiceUnavailable", message: "down" }],
    ["denied", { denied: "sts:GetCallerIdentity" }],
  ] as const;
  it.each(faults)("%s: all is unread, and nothing else is asked", async (cause, fault) => {
    aws.faults.add({ match: "sts", ...fault });
    const { snapshot } = await attempt(keys, { clock: fakeClock() });
    expect(snapshot?.scope).toBe(`unknown/${region}`);
    expect(snapshot?.documents).toEqual([]);
    expect(causes(snapshot?.unread ?? [])).toEqual([`aws/caller-identity ${cause}`, `aws/vpc ${cause}`]);
    expect(new Set(aws.requests.map(({ call }) => call))).toEqual(new Set(["sts GetCallerIdentity"]));
  });
});

describe("fault 29: no secret gets out", () => {
  it("neither of the environment nor of assumed roles, in snapshot, debug lines or errors", async () => {
    aws.faults.add({
      match: "ec2",
      status: 403,
      code: "AccessDenied",
      message: `${session.secret} ${session.token} ${auditor.secret}`,
    });
    const { snapshot, debug } = await attempt(keys, { assumeRole: reader, externalId: "right" });
    const everything = [formatSnapshot(snapshot as never), ...debug].join("\n");
    expect(everything).not.toMatch(/canary/);
    expect(snapshot?.unread[0]?.detail).toBe("answered 403 AccessDenied: [scrubbed] [scrubbed] [scrubbed]");
    expect(debug.length).toBeGreaterThan(1);
  });

  it("a server that is no TLS server is said so, without the request", async () => {
    const tcp = createTcp((socket) => socket.end("220 smtp\r\n"));
    await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", resolve));
    const endpoint = `https://127.0.0.1:${(tcp.address() as AddressInfo).port}`;
    const { error } = await attempt(keys, { endpoint, clock: fakeClock() });
    tcp.close();
    expect(error).toMatch(/^AWS cannot be reached: /);
    expect(error).not.toMatch(/canary/);
    expect(createServer).toBeTypeOf("function");
  });
});
