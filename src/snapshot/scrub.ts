import { visible, visibleInJson } from "../text/visible.ts";

/**
 * What happens to every document before it is kept: secret values go, and characters that could forge or hide text
 * in a terminal are made visible. Applying it twice changes nothing more, so that a snapshot read from a file goes
 * through it again.
 */

export const scrubbed = "[scrubbed]";

/**
 * Names of properties that hold a secret, after `words` has split them. Endings, since the neighbours must stay:
 * `secretUri`, `keyVaultSecretId`, `publicKey`, and `secrets` in an access policy (a list of permissions).
 */
const secretName = new RegExp(
  `(?:${[
    "passwords?",
    "passwd",
    "passphrase",
    "(?:^|-)pwd",
    "secret",
    "secret-?(?:text|value)",
    "connection-?strings?",
    "(?:^|-)(?:access|account|api|auth|encryption|function|host|instrumentation|master|primary|primary-access|primary-master|primary-readonly-master|private|secondary|secondary-access|secondary-master|secondary-readonly-master|shared|signing|storage)-?keys?",
    "(?:^|-)tokens?",
    "(?:^|-)sas(?:-?(?:uri|url|key|token))?",
    "shared-?access-?signature",
    "(?:^|-)credentials?",
    "kube-?configs?",
    "(?:^|-)pfx(?:-?(?:blob|data))?",
  ].join("|")})$`,
);

/** `adminPassword` and `admin_password` as `admin-password`. */
function words(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/[_.\s]+/g, "-")
    .toLowerCase();
}

/** Secrets inside any text: connection strings, shared access signatures, bearer tokens, private keys. */
const secretText: readonly (readonly [RegExp, string])[] = [
  [
    /\b(AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd|ClientSecret)=[^;"'\s]+/gi,
    `$1=${scrubbed}`,
  ],
  [/([?&](?:sig|code|access_token|client_secret)=)[^&"'\s]+/gi, `$1${scrubbed}`],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g, scrubbed],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, scrubbed],
];

/** A copy of a provider's document without secret values and with every string made visible. Numbers, nulls, order and names stay. */
export function scrub(body: unknown): unknown {
  return scrubValue(body, undefined, 0);
}

/** Deeper than any provider's document; the rest is cut, since a hostile one must not overflow the stack. */
const deepest = 200;

function scrubValue(value: unknown, name: string | undefined, depth: number): unknown {
  if (typeof value === "string") return scrubText(value, name);
  if (typeof value !== "object" || value === null) return value;
  if (depth > deepest) return scrubbed;
  if (Array.isArray(value)) return value.map((item) => scrubValue(item, name, depth + 1));
  // `fromEntries` defines own properties, so that a key `__proto__` stays data.
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      visible(key),
      isSecret(key) ? withoutValues(inner) : scrubValue(inner, key, depth + 1),
    ]),
  );
}

function isSecret(name: string): boolean {
  return secretName.test(words(name));
}

/** A secret's place stays visible, its value does not. Flags and numbers (`enabled`, a length) are no secrets. */
function withoutValues(value: unknown): unknown {
  if (typeof value === "string") return value === "" ? "" : scrubbed;
  return typeof value === "object" && value !== null ? scrubbed : value;
}

function scrubText(text: string, name: string | undefined): string {
  let clean = text;
  for (const [pattern, replacement] of secretText) clean = clean.replace(pattern, replacement);
  // Line breaks mean nothing in a condition, and the portal writes them; as `\u{a}` they would make two equal
  // conditions differ.
  if (name?.toLowerCase() === "condition") clean = clean.replace(/[\t\r\n]+/g, " ");
  return name !== undefined && holdsJson.test(name) ? visibleJson(clean) : visible(clean);
}

/** Where AWS keeps a policy as JSON text: `PolicyDocument`, `AssumeRolePolicyDocument`, a version's `Document`. */
const holdsJson = /^(?:\w*PolicyDocument|Document)$/;

/**
 * JSON text made visible without changing what it says: a line break between its parts is a space, any other
 * character that could forge or hide is written as JSON writes it.
 */
function visibleJson(text: string): string {
  return visibleInJson(text.replace(/[\t\r\n]+/g, " "));
}
