import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CollectError } from "../../../src/collectors/define.ts";
import type { AzureSettings } from "../../../src/collectors/settings.ts";
import { formatSnapshot } from "../../../src/snapshot/write.ts";
import { type Arm, startArm } from "../../servers/arm.ts";
import { tenantId } from "../../servers/azure-state.ts";
import { causes, collectFrom, ids } from "../harness.ts";
import { vendorWorld } from "../world.ts";

const canary = "canary-client-secret-5f1d";

let arm: Arm;
beforeEach(async () => {
  arm = await startArm(vendorWorld(), { clientSecret: canary });
  for (const name of Object.keys(process.env)) if (name.startsWith("AZURE_")) vi.stubEnv(name, undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await arm.close();
});

/** Signs in with the real default credential and this environment; the one line that a person would see. */
async function attempt(env: Readonly<Record<string, string>>, settings: Partial<AzureSettings> = {}) {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const debug: string[] = [];
  try {
    const { snapshot } = await collectFrom(arm, {
      kinds: ["azure/vault"],
      settings: { credential: undefined as never, ...settings },
      options: { debug: (line) => debug.push(line) },
    });
    return { snapshot, debug, error: undefined };
  } catch (error) {
    if (!(error instanceof CollectError)) throw error;
    return { snapshot: undefined, debug, error: error.message };
  }
}

describe("signing in with the real identity SDK", () => {
  it("a service principal with a secret, from the environment", async () => {
    const { snapshot, error } = await attempt(arm.env);
    expect(error).toBeUndefined();
    expect(snapshot && ids(snapshot, "azure/vault")).toHaveLength(1);
    expect(
      arm.requests.filter((request) => request.to === "authority").map((request) => request.path),
    ).toEqual([`/${tenantId}/v2.0/.well-known/openid-configuration`, `/${tenantId}/oauth2/v2.0/token`]);
  });

  it("--tenant wins over AZURE_TENANT_ID, which is left as it was", async () => {
    const env = { ...arm.env, AZURE_TENANT_ID: "7a000000-0000-4000-8000-00000000dead" };
    expect((await attempt(env, { tenant: tenantId })).error).toBeUndefined();
    expect(process.env.AZURE_TENANT_ID).toBe("7a000000-0000-4000-8000-00000000dead");
  });

  it("fault 29: a wrong secret is said in words; it is nowhere in error or debug lines", async () => {
    const secret = "canary-wrong-secret-77";
    const { error, debug } = await attempt({ ...arm.env, AZURE_CLIENT_SECRET: secret });
    expect(error).toBe(
      "signing in to Azure was refused: the client secret is wrong; check AZURE_CLIENT_SECRET (the secret's value, not its id) (AADSTS7000215)",
    );
    expect([error, ...debug].join("\n")).not.toContain(secret);
  });

  it("fault 29: a directory that echoes the secret does not get it printed", async () => {
    arm.faults.add({
      match: "oauth2/v2.0/token",
      raw: JSON.stringify({
        error: "invalid_client",
        error_description: `AADSTS9999999: the secret ${canary} is odd.`,
      }),
    });
    const { error, debug } = await attempt(arm.env);
    expect(error).toContain("signing in to Azure");
    expect([error, ...debug].join("\n")).not.toContain(canary);
  });

  it("fault 29: neither secret nor token is in the snapshot, in debug lines or in progress", async () => {
    for (const [name, value] of Object.entries(arm.env)) vi.stubEnv(name, value);
    arm.faults.add({ match: "denyAssignments", status: 500, message: "boom", times: 1 });
    const { snapshot, debug, progress } = await collectFrom(arm, {
      roleNames: ["Vendor Manager"],
      settings: { credential: undefined as never },
    });
    const everything = [formatSnapshot(snapshot), ...debug, ...progress].join("\n");
    expect(snapshot.unread).toEqual([]);
    expect(arm.requests.some((request) => request.body.includes(canary))).toBe(true);
    expect(everything).not.toContain(canary);
    expect(everything).not.toContain("canary-token");
  });

  it("fault 3: the renewal asks the directory again, not the SDK's cache", async () => {
    for (const [name, value] of Object.entries(arm.env)) vi.stubEnv(name, value);
    const { snapshot } = await collectFrom(arm, {
      kinds: ["azure/vault"],
      settings: { credential: undefined as never },
      options: { progress: (message) => message === "reading key vaults" && arm.authority.revoke() },
    });
    expect(snapshot.unread).toEqual([]);
    expect(arm.requests.filter((request) => request.path.endsWith("/token"))).toHaveLength(2);
  });

  it.each([
    [
      "an unknown application",
      { AZURE_CLIENT_ID: "c1000000-0000-4000-8000-00000000dead" },
      "signing in to Azure was refused: the tenant does not know the application; check AZURE_CLIENT_ID and the tenant (AADSTS700016)",
    ],
    [
      "a wrong tenant",
      { AZURE_TENANT_ID: "7a000000-0000-4000-8000-00000000dead" },
      "signing in to Azure was refused: there is no such tenant; check --tenant or AZURE_TENANT_ID (AADSTS90002)",
    ],
    [
      "an authority over http",
      { AZURE_AUTHORITY_HOST: "http://127.0.0.1:1" },
      'AZURE_AUTHORITY_HOST: expected an https address, found "http://127.0.0.1:1"',
    ],
    [
      "an authority that refuses connections",
      { AZURE_AUTHORITY_HOST: "https://127.0.0.1:1" },
      "the sign-in host https://127.0.0.1:1 cannot be reached: the connection was refused (ECONNREFUSED)",
    ],
  ])("%s: one clear line", async (_name, env, message) => {
    // The identity SDK tries a refused connection again for some seconds.
    expect((await attempt({ ...arm.env, ...env }, { requestTimeoutMs: 20_000 })).error).toBe(message);
  });

  it("an authority with a certificate that is not trusted names NODE_EXTRA_CA_CERTS", async () => {
    for (const [name, value] of Object.entries(arm.env)) vi.stubEnv(name, value);
    await expect(
      collectFrom(arm, {
        kinds: ["azure/vault"],
        settings: { credential: undefined as never, ca: undefined as never },
      }),
    ).rejects.toThrow(
      `the sign-in host ${arm.url} cannot be reached: the server's certificate is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE); if a private authority signed it, set NODE_EXTRA_CA_CERTS to that authority's PEM file`,
    );
  });

  it("no credentials at all: what was tried, and what to do; --debug shows each", async () => {
    const { error, debug } = await attempt({ AZURE_TOKEN_CREDENTIALS: "EnvironmentCredential" });
    expect(error).toBe(
      "no credentials for Azure: only EnvironmentCredential was tried, as AZURE_TOKEN_CREDENTIALS says (--debug shows each). Sign in with az login, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and a secret or certificate.",
    );
    expect(debug).toEqual([expect.stringContaining("EnvironmentCredential is unavailable")]);
  });

  it("the whole chain, on a machine with none of it: the same line, without asking the directory", async () => {
    vi.stubEnv("PATH", "");
    const { error, debug } = await attempt({ AZURE_AUTHORITY_HOST: arm.url });
    expect(error).toMatch(
      /^no credentials for Azure: environment, workload identity, .*, Azure Developer CLI were tried \(--debug shows each\)\. Sign in/,
    );
    expect(debug.length).toBeGreaterThanOrEqual(5);
    expect(arm.requests).toEqual([]);
  });

  it("fault 9: a sign-in that never answers ends with the target's time", async () => {
    arm.faults.add({ match: "openid-configuration", hang: "head" });
    const { error } = await attempt(arm.env, { requestTimeoutMs: 500 });
    expect(error).toBe("signing in took longer than 0.5 s");
  });
});

describe("bad input ends with one clear line", () => {
  const rejects = (settings: Partial<AzureSettings>, message: string) =>
    expect(collectFrom(arm, { kinds: ["azure/vault"], settings })).rejects.toThrow(new CollectError(message));

  it.each([
    [
      "http",
      "http://127.0.0.1:8080",
      '--azure-endpoint: expected an https address, found "http://127.0.0.1:8080": a token must not travel unencrypted',
    ],
    [
      "no address",
      "management",
      '--azure-endpoint: expected an address such as https://management.azure.com, found "management"',
    ],
    [
      "credentials in it",
      "https://u:p@h",
      "--azure-endpoint: expected an address without a user name or password",
    ],
    [
      "a path",
      "https://h/x",
      '--azure-endpoint: expected an address without a path or query, found "https://h/x"',
    ],
  ])("an endpoint that has %s", async (_name, endpoint, message) => {
    await rejects({ endpoint }, message);
    expect(arm.requests).toEqual([]);
  });

  it("a subscription that is no id", async () => {
    await rejects(
      { subscription: "../../etc\u001b" },
      '--subscription: expected an id such as 00000000-0000-0000-0000-000000000000, found "../../etc\\\\u{1b}"',
    );
  });

  it("a principal that is no id", async () => {
    await expect(collectFrom(arm, { principals: ["x') or ('"] })).rejects.toThrow(
      new CollectError(
        "--principal: expected an id such as 00000000-0000-0000-0000-000000000000, found \"x') or ('\"",
      ),
    );
    expect(arm.requests).toEqual([]);
  });

  it("an endpoint that refuses connections", () =>
    rejects(
      { endpoint: "https://127.0.0.1:1" },
      "https://127.0.0.1:1 cannot be reached: the connection was refused (ECONNREFUSED) (3 attempts)",
    ));

  it("an endpoint whose name does not resolve", async () => {
    await expect(
      collectFrom(arm, { kinds: ["azure/vault"], settings: { endpoint: "https://nowhere.invalid" } }),
    ).rejects.toThrow(
      /^https:\/\/nowhere\.invalid cannot be reached: the host name (does not resolve|could not be resolved now)/,
    );
  });

  it("an endpoint whose certificate is not trusted", () =>
    rejects(
      { ca: undefined as never },
      `${arm.url} cannot be reached: the server's certificate is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE); if a private authority signed it, set NODE_EXTRA_CA_CERTS to that authority's PEM file`,
    ));

  it("a subscription of another tenant", async () => {
    arm.faults.add({
      match: "/vaults",
      status: 401,
      code: "InvalidAuthenticationTokenTenant",
      message: "wrong issuer",
    });
    await rejects(
      {},
      `subscription ${arm.subscription} belongs to another tenant than the one signed in to; name its tenant with --tenant (answered 401 InvalidAuthenticationTokenTenant: wrong issuer)`,
    );
  });
});

describe("no subscription named", () => {
  const without = (settings: Partial<AzureSettings> = {}) =>
    collectFrom(arm, { kinds: ["azure/vault"], settings: { subscription: undefined as never, ...settings } });
  const other = (n: number) => ({
    subscriptionId: `6b1f4e5f-0000-4000-8000-0000000000${10 + n}`,
    displayName: `sub ${n}`,
  });

  it("AZURE_SUBSCRIPTION_ID is taken", async () => {
    vi.stubEnv("AZURE_SUBSCRIPTION_ID", arm.subscription);
    expect((await without()).snapshot.scope).toBe(`/subscriptions/${arm.subscription}`);
    expect(arm.requests.some((request) => request.path === "/subscriptions")).toBe(false);
  });

  it("the only one is taken", async () => {
    expect((await without()).snapshot.scope).toBe(`/subscriptions/${arm.subscription}`);
  });

  it("none: says so", async () => {
    arm.state = { ...arm.state, subscriptions: [] };
    await expect(without()).rejects.toThrow(
      new CollectError(
        "no subscription is visible to the account that signed in; name one with --subscription or AZURE_SUBSCRIPTION_ID",
      ),
    );
  });

  it("several: names up to five", async () => {
    arm.state = { ...arm.state, subscriptions: Array.from({ length: 7 }, (_, n) => other(n)) };
    const shown = Array.from({ length: 5 }, (_, n) => `${other(n).subscriptionId} (sub ${n})`).join(", ");
    await expect(without()).rejects.toThrow(
      new CollectError(
        `7 subscriptions are visible; name one with --subscription or AZURE_SUBSCRIPTION_ID: ${shown} and 2 more`,
      ),
    );
  });

  it("refused: says so", async () => {
    arm.faults.add({ match: "/subscriptions?", denied: "Microsoft.Resources/subscriptions/read" });
    await expect(without()).rejects.toThrow(
      /^the subscriptions could not be listed \(answered 403 AuthorizationFailed: .*\); name one with/,
    );
  });
});

describe("fault 37: a clock that is off", () => {
  it("tokens that are refused while the clocks differ: the clock is named, nothing passes", async () => {
    arm.authority.refuseAll = true;
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
    try {
      const { snapshot } = await collectFrom(arm, { kinds: ["azure/vault"] });
      expect(causes(snapshot.unread)).toEqual(["azure/vault unauthenticated"]);
      expect(snapshot.unread[0]?.detail).toMatch(
        /^answered 401; this machine's clock is (59|60|61) minutes ahead of the server's/,
      );
    } finally {
      vi.useRealTimers();
    }
  });
});
