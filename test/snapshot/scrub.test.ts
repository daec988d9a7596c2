import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scrub } from "../../src/snapshot/scrub.ts";
import { visible } from "../../src/text/visible.ts";
import { timesAsLong } from "../growth.ts";

describe("fault 29: secret values are never kept", () => {
  it.each([
    "adminPassword",
    "administratorLoginPassword",
    "password",
    "ADMIN_PASSWORD",
    "secret",
    "clientSecret",
    "secretText",
    "connectionString",
    "primaryConnectionString",
    "connectionStrings",
    "primaryKey",
    "secondaryKey",
    "primaryMasterKey",
    "secondaryReadonlyMasterKey",
    "primaryAccessKey",
    "accessKey",
    "accessKeys",
    "accountKey",
    "storageAccountKey",
    "sharedKey",
    "instrumentationKey",
    "apiKey",
    "privateKey",
    "sas",
    "sasToken",
    "sasUri",
    "accessToken",
    "token",
    "sharedAccessSignature",
    "credentials",
    "kubeconfig",
    "kubeconfigs",
    "pfxBlob",
  ])("%s", (name) => {
    expect(scrub({ [name]: "canary" })).toEqual({ [name]: "[scrubbed]" });
    expect(scrub([{ deep: { [name]: { value: "canary" } } }])).toEqual([{ deep: { [name]: "[scrubbed]" } }]);
    expect(scrub({ [name]: [{ value: "canary" }] })).toEqual({ [name]: "[scrubbed]" });
  });

  it("what a check reads stays: neighbours of secrets, flags, empty values, permissions", () => {
    const body = {
      accessPolicies: [
        {
          objectId: "o",
          permissions: { keys: ["get"], secrets: ["get", "list"], certificates: [], storage: null },
        },
      ],
      secretUri: "https://v/secrets/a",
      keyVaultSecretId: "id",
      secretName: "n",
      enableSecretRotation: "false",
      publicKey: "ssh-rsa AAAA",
      ssh: { publicKeys: [{ keyData: "ssh-rsa AAAA" }] },
      keySource: "Microsoft.Storage",
      keyIdentifier: "https://v/keys/k",
      passwordAuth: "Disabled",
      disableLocalAuth: true,
      token: true,
      password: null,
      secret: "",
      primaryKeyName: "k",
      monkey: "banana",
      actions: ["Microsoft.Storage/storageAccounts/listKeys/action", "Microsoft.KeyVault/vaults/secrets/*"],
      vaultUri: "https://kv.vault.azure.net/",
    };
    expect(scrub(body)).toEqual(body);
  });

  it.each([
    [
      "a storage connection string",
      "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=canary==;EndpointSuffix=x",
      "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=[scrubbed];EndpointSuffix=x",
    ],
    [
      "a bus connection string",
      "Endpoint=sb://b/;SharedAccessKeyName=n;SharedAccessKey=canary",
      "Endpoint=sb://b/;SharedAccessKeyName=n;SharedAccessKey=[scrubbed]",
    ],
    [
      "a shared access signature",
      "https://a.blob/x?sv=1&sig=canary%3D&se=2",
      "https://a.blob/x?sv=1&sig=[scrubbed]&se=2",
    ],
    ["a bearer token", "Bearer eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2lnbmF0dXJl", "Bearer [scrubbed]"],
    [
      "a private key",
      "x -----BEGIN RSA PRIVATE KEY-----\nMIIcanary\n-----END RSA PRIVATE KEY----- y",
      "x [scrubbed] y",
    ],
    ["a private key that is cut", "-----BEGIN PRIVATE KEY-----\nMIIcanary", "[scrubbed]"],
  ])("inside any text: %s", (_name, text, clean) => {
    expect(scrub({ description: text, list: [text] })).toEqual({ description: clean, list: [clean] });
  });
});

describe("fault 26: characters that forge or hide text", () => {
  it.each([
    ["ESC", "\u001b[31m", "\\u{1b}[31m"],
    ["a hyperlink (OSC 8)", "\u001b]8;;http://x\u0007", "\\u{1b}]8;;http://x\\u{7}"],
    ["C1", "\u009b31m", "\\u{9b}31m"],
    ["CR and LF", "a\r\n::stop", "a\\u{d}\\u{a}::stop"],
    ["bidi", "\u202Etxt\u2066", "\\u{202e}txt\\u{2066}"],
    ["zero width", "a\u200Bb\uFEFF\u00AD", "a\\u{200b}b\\u{feff}\\u{ad}"],
    ["tags", "\u{E0041}", "\\u{e0041}"],
    ["a lone surrogate", "\uD800", "\\u{d800}"],
    ["line separator", "\u2028", "\\u{2028}"],
  ])("%s", (_name, text, shown) => {
    expect(visible(text)).toBe(shown);
    expect(scrub({ [text]: { tags: [text] } })).toEqual({ [shown]: { tags: [shown] } });
  });

  it("ordinary letters of any script stay", () => {
    for (const text of ["Grüße", "日本語", "emoji 🎉", "a\\u{1b}", "%~`"]) expect(visible(text)).toBe(text);
  });

  it("AZ9: line breaks of a condition become blanks, so that equal conditions stay equal", () => {
    expect(scrub({ condition: "(\r\n A\n\tB\u001b)" })).toEqual({ condition: "(  A B\\u{1b})" });
  });
});

describe("AW11: policies that come as JSON text", () => {
  it("keep what they say: line breaks go, hidden characters are written as JSON writes them", () => {
    const policy = { Version: "2012-10-17", Statement: [{ Sid: "a\u202eb\u{e0001}", Action: "s3:*" }] };
    const text = JSON.stringify(policy, undefined, 2).replaceAll("\n", "\r\n\t");
    for (const name of ["PolicyDocument", "AssumeRolePolicyDocument", "Document"]) {
      const kept = (scrub({ [name]: text }) as Record<string, string>)[name] ?? "";
      expect(kept).toMatch(/^[\x20-\x7e]*$/);
      expect(JSON.parse(kept)).toEqual(policy);
      expect(scrub({ [name]: kept })).toEqual({ [name]: kept });
    }
    expect(scrub({ Description: "a\u202eb\n" })).toEqual({ Description: "a\\u{202e}b\\u{a}" });
    const encoded = { PolicyDocument: encodeURIComponent(text) };
    expect(scrub(encoded)).toEqual(encoded);
  });
});

describe("T9: secrets in tags, variables and annotations go by their names", () => {
  it.each([
    [
      { Key: "DB_PASSWORD", Value: "canary" },
      { Key: "DB_PASSWORD", Value: "[scrubbed]" },
    ],
    [
      { key: "vendor.io/token", value: "canary" },
      { key: "vendor.io/token", value: "[scrubbed]" },
    ],
    [
      { name: "API_KEY", value: "canary" },
      { name: "API_KEY", value: "[scrubbed]" },
    ],
    [
      { name: "plain", secureValue: "canary" },
      { name: "plain", secureValue: "[scrubbed]" },
    ],
    [
      { ParameterKey: "MasterUserPassword", ParameterValue: "canary" },
      { ParameterKey: "MasterUserPassword", ParameterValue: "[scrubbed]" },
    ],
    [{ tags: { "team/secret": "canary" } }, { tags: { "team/secret": "[scrubbed]" } }],
    [
      { annotations: { "vendor.io/token": "canary", "vendor.io/team": "web" } },
      { annotations: { "vendor.io/token": "[scrubbed]", "vendor.io/team": "web" } },
    ],
    [
      ["A=1", "DB_PASSWORD=canary", "--token=canary"],
      ["A=1", "DB_PASSWORD=[scrubbed]", "--token=[scrubbed]"],
    ],
    [
      ["--password", "canary", "--verbose", "x"],
      ["--password", "[scrubbed]", "--verbose", "x"],
    ],
    [{ u: "postgres://me:canary@db/x" }, { u: "postgres://me:[scrubbed]@db/x" }],
    [{ note: `ghp_${"canary".repeat(6)}` }, { note: "[scrubbed]" }],
  ])("%j", (body, clean) => {
    expect(scrub(body)).toEqual(clean);
    expect(scrub(clean)).toEqual(clean);
  });

  it("what kubectl applied last is JSON in a text; a text with no secret in it stays as it was written", () => {
    const applied = (value: string) =>
      JSON.stringify({
        spec: {
          containers: [
            {
              env: [
                { name: "PGPASSWORD", value },
                { name: "A", value: "b" },
              ],
            },
          ],
        },
      });
    const key = "kubectl.kubernetes.io/last-applied-configuration";
    expect(scrub({ annotations: { [key]: `${applied("canary")}\n` } })).toEqual({
      annotations: { [key]: applied("[scrubbed]") },
    });
    const plain = { note: '{ "a":   1 }', list: "[not json", policy: "[]" };
    expect(scrub(plain)).toEqual(plain);
    expect(scrub({ note: "[".repeat(100_000) + "]".repeat(100_000) })).toEqual({ note: "[scrubbed]" });
  });

  it.each<[string, unknown]>([
    ["DB_PASS", { Key: "DB_PASS", Value: "canary" }],
    ["SecretKey", { Key: "SecretKey", Value: "canary" }],
    ["GITHUB_PAT", { Key: "GITHUB_PAT", Value: "canary" }],
    ["creds", { Key: "creds", Value: "canary" }],
    ["a DSN", { Key: "dsn", Value: "u:canary@tcp(h)/db" }],
    ["an output of a stack", { OutputKey: "AdminPassword", OutputValue: "canary" }],
    ["a header", { name: "Authorization", value: "Basic canary" }],
    ["a header in a text", "curl -H 'Authorization: Bearer canary' https://x"],
    ["an argument in a text", { commandToExecute: "run --db-password canary --other x" }],
    ["an argument in quotes", { commandToExecute: "run --token='canary b' --other x" }],
    ["a variable in a script", "cd /x && export DB_PASSWORD=canary"],
    ["a variable in a later line", "A=1\nDB_PASSWORD=canary\nB=2"],
    ["a setting in YAML", "user: x\n  password: canary\nother: y"],
    ["a query", "https://h/?a=1&api_key=canary&x=1"],
    ["what a machine runs first", { UserData: "canary" }],
    ["a Secret of Kubernetes", { kind: "Secret", data: { a: "canary" }, stringData: { b: "canary" } }],
    ["a hook of Slack", "https://hooks.slack.com/services/T0/B0/canary"],
    ["npm", `npm_${"canary".repeat(6)}`],
    ["GitHub's refresh token", `ghr_${"canary".repeat(6)}`],
    ["Google's key", `AIza${"canary".repeat(6)}`],
    ["Stripe's key", `sk_live_${"canary".repeat(6)}`],
    ["SendGrid's key", `SG.${"canary".repeat(4)}.${"canary".repeat(6)}`],
  ])("T9: %s", (_, body) => {
    const once = scrub(body);
    expect(JSON.stringify(once)).not.toContain("canary");
    expect(JSON.stringify(once)).toContain("[scrubbed]");
    expect(scrub(once)).toEqual(once);
  });

  it("T9: of a Secret the names of its keys stay, of a script the rest", () => {
    expect(scrub({ kind: "Secret", data: { a: "x" } })).toEqual({
      kind: "Secret",
      data: { a: "[scrubbed]" },
    });
    expect(scrub("run --token x --other y")).toBe("run --token [scrubbed] --other y");
  });

  it("T9: what policies and conditions say of such names stays, since they are compared", () => {
    const body = {
      PolicyDocument: '{"Statement":[{"Resource":"arn:aws:s3:::b/token=a/*"}]}',
      condition: "@Resource[x:api_token=a] StringEquals 'b'",
      passThrough: "bypass=1",
      note: "the token: it expired; compass: north",
      Action: ["secretsmanager:GetSecretValue", "iam:PassRole"],
    };
    expect(scrub(body)).toEqual(body);
  });

  it("pairs and lists that hold no secret stay", () => {
    const body = {
      tags: [{ Key: "Name", Value: "token" }, { Key: "secretName", Value: "n" }, { Key: "Password" }],
      condition: "token=a",
      args: ["--public", "x", "password", "y", "monkey=banana"],
      url: "https://host:443/a@b",
    };
    expect(scrub(body)).toEqual(body);
  });
});

describe("laws", () => {
  it("twice is once; numbers, nulls and key order stay; nothing unsafe is left", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = scrub(value);
        expect(scrub(once)).toEqual(once);
        expect(JSON.stringify(once)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]/);
      }),
      { numRuns: 500 },
    );
    const ordered = { b: 1, a: null, c: [true, 1.5, { z: 0, y: false }] };
    expect(JSON.stringify(scrub(ordered))).toBe(JSON.stringify(ordered));
  });

  it("fault 30: a document nested without end does not overflow; fault 31: long text is quick", () => {
    let deep: unknown = "x";
    for (let level = 0; level < 50_000; level += 1) deep = [deep];
    expect(() => scrub(deep)).not.toThrow();
    const long = (times: number) =>
      scrub({
        a: "AccountKey".repeat(20_000 * times),
        b: "-----BEGIN PRIVATE KEY".repeat(10_000 * times),
        c: "eyJ".repeat(100_000 * times),
        ["k".repeat(10_000 * times)]: 1,
      });
    expect(
      timesAsLong(
        () => long(1),
        () => long(4),
      ),
    ).toBeLessThan(10);
  });
});

describe("T9: one secret of several, and secrets in other shapes", () => {
  const canary = "CANARYvalue9";
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const gone = (value: unknown) => {
    const once = scrub(value);
    expect(JSON.stringify(once)).not.toContain(canary);
    expect(scrub(once)).toEqual(once);
    return once;
  };

  it.each([
    ...[
      "password1",
      "DB_PASSWORD_PROD",
      "admin-password-2",
      "PASSWORD_OLD",
      "CLIENT_SECRET_V2",
      "TOKEN_PROD",
    ],
    ...[
      "SECRET_KEY_BASE",
      "ENCRYPTION_KEY_BASE64",
      "api-key-1",
      "secretKeyProd",
      "storageKey1",
      "passwd_hash",
    ],
    ...[
      "DB_PW",
      "passcode",
      "bearer",
      "SESSION_COOKIE",
      "hmac-key",
      "tlsKey",
      "conn_str",
      ".dockerconfigjson",
    ],
  ])("by its name: %s", (name) => {
    gone({ tags: { [name]: canary } });
    gone({ Tags: [{ Key: name, Value: canary }] });
  });

  it.each([
    "secretName",
    "keyVaultSecretId",
    "passwordPolicy",
    "publicKey",
    "key1",
    "tokenUri",
    "partitionKey2",
  ])("not what only speaks of one: %s", (name) =>
    expect(scrub({ tags: { [name]: canary } })).toEqual({ tags: { [name]: canary } }),
  );

  it.each([
    ["a password with a slash", `postgres://u:a/${canary}@h/db`],
    ["a password with an at sign", `postgres://u:a@${canary}@h/db`],
    ["a token for a name", `https://${canary}${canary}@git.example/x`],
    ["quotes", `Server=a;Password="x ${canary}";Pwd='${canary}'; AccountKey = ${canary};`],
    ["an encrypted token", `eyJhbGciOiJSU0EifQ.${canary}aaaa.bbbb.cccc.dddd`],
    ["a key block", `-----BEGIN PGP PRIVATE KEY BLOCK-----\n${canary}\n-----END PGP PRIVATE KEY BLOCK-----`],
    ["a bearer", `Bearer ${canary}aaaaaaaaaaaa`],
    ["a settings file", `aws_secret_access_key = ${canary}`],
    ["a numbered variable", `export API_TOKEN_2=${canary}`],
    ["XML", `<a><db.password>${canary}</db.password></a>`],
    ["a login", `curl -u admin:${canary} https://x`],
    ["variables in YAML", `env:\n- name: DB_PASSWORD\n  value: ${canary}\n`],
    ["a list in YAML", `- password: ${canary}\n`],
    ["YAML on one line", `{password: ${canary}}`],
  ])("by its form: %s", (_, text) => {
    gone({ annotations: { note: text } });
  });

  it("base64 of a private key, and of JSON that holds one; any other stays", () => {
    expect(gone({ a: base64(`-----BEGIN RSA PRIVATE KEY-----\n${canary}`) })).toEqual({ a: "[scrubbed]" });
    expect(gone({ a: base64(JSON.stringify({ password: canary })) })).toEqual({ a: "[scrubbed]" });
    const plain = {
      a: base64("-----BEGIN CERTIFICATE-----\nabc"),
      b: base64('{"colour":"red","size":"big"}'),
    };
    expect(scrub(plain)).toEqual(plain);
  });

  it("a list of Secrets; an address with a port and an at sign", () => {
    expect(gone({ kind: "SecretList", items: [{ data: { a: canary } }] })).toMatchObject({
      items: [{ data: { a: "[scrubbed]" } }],
    });
    const plain = { image: "oci://registry:5000/app@sha256:abc", url: "https://h:8080/u@v" };
    expect(scrub(plain)).toEqual(plain);
  });
});
