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
    "passcode",
    "(?:^|-)(?:pwd|pw|pass|pat|dsn|creds|bearer|cookie|t?otp)",
    "secret",
    "secret-?(?:text|value)",
    "conn(?:ection)?-?str(?:ings?)?",
    "docker-?config-?json",
    "(?:^|-)(?:access|account|api|auth|encryption|function|hmac|host|instrumentation|license|master|primary|primary-access|primary-master|primary-readonly-master|private|secondary|secondary-access|secondary-master|secondary-readonly-master|service-account|session|shared|secret|signing|storage|tls)-?keys?",
    "(?:^|-)tokens?",
    "(?:^|-)sas(?:-?(?:uri|url|key|token))?",
    "shared-?access-?signature",
    "(?:^|-)credentials?",
    "kube-?configs?",
    "(?:^|-)pfx(?:-?(?:blob|data))?",
    // what a machine runs when it starts: base64, with whatever somebody wrote into it
    "(?:^|-)(?:user|custom)-?data",
    // names of a variable or a tag, where nothing marks where a word begins
    "api-?keys?",
    "secret-?access-?keys?",
    "private-?keys?(?:-pem)?",
    "secure-?values?",
    // One of several: `DB_PASSWORD_PROD`, `password2`, `API_TOKEN_OLD`, `SECRET_KEY_BASE`. Not what says where it lies
    // (`secretName`, `tokenUri`) or how it is to be (`passwordPolicy`).
  ].join(
    "|",
  )})(?:-?\\d+|-(?:v\\d+|old|new|prev|previous|current|next|backup|prod|production|staging|stage|stg|dev|test|qa|uat|live|base|base64|b64|hash|hashed|json))*$`,
);

/** `adminPassword`, `admin_password` and `vendor.io/admin-password` as they end in `admin-password`. */
function words(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/[_.:/\s]+/g, "-")
    .toLowerCase();
}

/** What a name in a text ends in whose value is a secret. */
const named =
  "(?:password|passwd|token|secret|api[_-]?key|secret[_-]?(?:access[_-]?)?key)(?:[_-]?\\d+|[_-](?:old|new|prod|staging|dev|test))*";

/** Secrets inside any text: connection strings, shared access signatures, tokens, addresses with a password, private keys. */
const secretText: readonly (readonly [RegExp, string])[] = [
  [
    /\b(AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd|ClientSecret)=[^;"'\s]+/gi,
    `$1=${scrubbed}`,
  ],
  [
    /([?&](?:sig|code|access_token|client_secret|token|api[_-]?key|password|secret)=)[^&"'\s]+/gi,
    `$1${scrubbed}`,
  ],
  // to the last `@`: a password may hold one, and a slash
  [
    /\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:@/"']{0,200}:)(?!\d{1,5}\/)[^\s"']{1,500}@(?=[\w.[-])/gi,
    `$1${scrubbed}@`,
  ],
  // a token in place of a name
  [/\b(https?:\/\/)[\w.~-]{20,500}@(?=[\w.-])/gi, `$1${scrubbed}@`],
  [
    /\b(?:gh[oprsu]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[abeprs]-[\w-]{10,}|npm_[A-Za-z0-9]{30,})/g,
    scrubbed,
  ],
  [/\b(?:AIza[\w-]{30,}|[rs]k_(?:live|test)_\w{16,}|SG\.[\w-]{16,}\.[\w-]{16,})/g, scrubbed],
  [/(\bhooks\.slack\.com\/services\/)[^\s"']+/g, `$1${scrubbed}`],
  [/\b(Authorization:\s*(?:Bearer|Basic|token)\s+)[^\s"']+/gi, `$1${scrubbed}`],
  [/\bBearer\s+[\w.~+/-]{20,}=*/g, `Bearer ${scrubbed}`],
  // signed (three parts, the second JSON too) and encrypted (five)
  [/\beyJ[\w-]{8,}\.(?:eyJ[\w-]{8,}\.[\w-]*|[\w-]*(?:\.[\w-]+){3})/g, scrubbed],
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|$)/g,
    scrubbed,
  ],
];

/**
 * The same in a command, a script, a file of settings in one text: `--db-password x`, `export DB_PASSWORD=x`,
 * `password: x`. Not in policies and conditions, whose texts are compared.
 */
const secretSetting: readonly (readonly [RegExp, string])[] = [
  [
    new RegExp(
      `((?:^|\\s)--?[\\w-]{0,60}${named}[ =]+)(?!\\[scrubbed)(?:"[^"]*"|'[^']*'|[^\\s"'-][^\\s"']*)`,
      "gi",
    ),
    `$1${scrubbed}`,
  ],
  [
    new RegExp(`\\b(\\w{0,60}${named}=)(?!=|\\[scrubbed)(?:"[^"]*"|'[^']*'|[^\\s;&"']+)`, "gi"),
    `$1${scrubbed}`,
  ],
  [
    /\b((?:Password|Pwd|AccountKey|SharedAccessKey) *= *)(?!\[scrubbed)(?:"[^"]*"|'[^']*'|[^;"'\s]+)/gi,
    `$1${scrubbed}`,
  ],
  [new RegExp(`(^[ \\t]*[\\w.-]{0,60}${named}[ \\t]*=[ \\t]+)(?![=\\[])\\S.*`, "gim"), `$1${scrubbed}`],
  [new RegExp(`(<[\\w.:-]{0,60}${named}>)[^<]+`, "gi"), `$1${scrubbed}`],
  // curl and its like: a name and a password in one argument
  [/(\s(?:-u|--user)[ =]+["']?[^\s:"']{1,100}:)[^\s"']+/g, `$1${scrubbed}`],
  // a variable in YAML: its name on one line, its value on the next
  [
    new RegExp(
      `(\\bname:[ \\t]*["']?[\\w.-]{0,60}${named}["']?[ \\t]*\\n[ \\t]*value:[ \\t]+)(?!\\[scrubbed)\\S.*`,
      "gi",
    ),
    `$1${scrubbed}`,
  ],
  [
    new RegExp(
      `((?:^|[{,])[ \\t]*(?:- +)*["']?[\\w.-]{0,60}${named}["']?[ \\t]*:[ \\t]+)(?!\\||\\[scrubbed)\\S.*`,
      "gim",
    ),
    `$1${scrubbed}`,
  ],
];

/** A copy of a provider's document without secret values and with every string made visible. Numbers, nulls, order and names stay. */
export function scrub(body: unknown): unknown {
  return scrubValue(body, undefined, 0);
}

/** Deeper than any provider's document; the rest is cut, since a hostile one must not overflow the stack. */
const deepest = 200;

function scrubValue(value: unknown, name: string | undefined, depth: number): unknown {
  if (typeof value === "string") return scrubString(value, name, depth);
  if (typeof value !== "object" || value === null) return value;
  if (depth > deepest) return scrubbed;
  if (Array.isArray(value)) {
    // `--password`, `hunter2`: a list of arguments has the name in one place and the value in the next.
    return value.map((item, i) =>
      typeof item === "string" && !item.startsWith("-") && isSecretFlag(value[i - 1])
        ? withoutValues(item)
        : scrubValue(item, name, depth + 1),
    );
  }
  const secret = namesSecret(value);
  const isKubernetesSecret = "kind" in value && value.kind === "Secret";
  const isListOfThem = "kind" in value && value.kind === "SecretList";
  // `fromEntries` defines own properties, so that a key `__proto__` stays data.
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      visible(key),
      isSecret(key) || (secret && pairValue.test(key))
        ? withoutValues(inner)
        : isKubernetesSecret && /^(?:data|stringData)$/.test(key)
          ? keysAlone(inner)
          : isListOfThem && key === "items" && Array.isArray(inner)
            ? inner.map((item: unknown) => scrubValue(asSecret(item), undefined, depth + 1))
            : scrubValue(inner, key, depth + 1),
    ]),
  );
}

/** An item of a list says not what it is; the list does. */
function asSecret(item: unknown): unknown {
  return typeof item === "object" && item !== null && !Array.isArray(item)
    ? { ...item, kind: "Secret" }
    : item;
}

/** Of a Secret the names of its keys stay. */
function keysAlone(data: unknown): unknown {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return withoutValues(data);
  return Object.fromEntries(Object.keys(data).map((key) => [visible(key), scrubbed]));
}

function isSecret(name: string): boolean {
  return secretName.test(words(name));
}

/** How a pair writes its two halves: `{ Key, Value }` of a tag, `{ name, value }` of a variable, a stack's parameters. */
const pairName = /^(?:(?:tag|parameter|variable|output|header|setting)?-?(?:key|name))$/i;
const pairValue = /^(?:(?:tag|parameter|variable|output|header|setting|resolved)?-?values?)$/i;

/** Whether an object is a pair whose name says that its value is a secret. */
function namesSecret(value: object): boolean {
  return Object.entries(value).some(
    ([key, inner]) =>
      pairName.test(key) && typeof inner === "string" && (isSecret(inner) || /^authorization$/i.test(inner)),
  );
}

function isSecretFlag(before: unknown): boolean {
  return typeof before === "string" && /^--?[A-Za-z][\w.-]{0,100}$/.test(before) && isSecret(before);
}

/** A secret's place stays visible, its value does not. Flags and numbers (`enabled`, a length) are no secrets. */
function withoutValues(value: unknown): unknown {
  if (typeof value === "string") return value === "" ? "" : scrubbed;
  return typeof value === "object" && value !== null ? scrubbed : value;
}

function scrubString(text: string, name: string | undefined, depth: number): string {
  if (name !== undefined && (holdsJson.test(name) || name.toLowerCase() === "condition"))
    return scrubText(text, name);
  // `DB_PASSWORD=hunter2`, `--token=…`: a list of variables or arguments in one text each.
  const assigned = /^(-{0,2}([A-Za-z_][\w.-]{0,100})=)./s.exec(text);
  if (assigned !== null && isSecret(assigned[2] ?? "")) return `${visible(assigned[1] ?? "")}${scrubbed}`;
  return scrubInnerJson(text, depth) ?? (hidesSecret(text, depth) ? scrubbed : scrubText(text, name));
}

/** Base64 of a private key, or of JSON that holds secrets, alone in a text: the whole goes. */
function hidesSecret(text: string, depth: number): boolean {
  if (!/^\s*(?:LS0tLS1|eyJ|W3si)[A-Za-z0-9+/\s]{16,}=*\s*$/.test(text)) return false;
  const plain = Buffer.from(text, "base64").toString("utf8");
  return /PRIVATE KEY/.test(plain) || scrubInnerJson(plain, depth + 1) !== undefined;
}

/**
 * JSON inside a text, as annotations hold it (what kubectl applied last, with every variable of every container); undefined
 * where the text is none, or nothing in it is to be taken out: then it stays as it was written.
 */
function scrubInnerJson(text: string, depth: number): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  let inner: unknown;
  try {
    inner = JSON.parse(text);
  } catch {
    return undefined;
  }
  try {
    const clean = JSON.stringify(scrubValue(inner, undefined, depth + 1));
    return clean === JSON.stringify(inner) ? undefined : clean;
  } catch {
    // Nested without end: nobody's annotation, and nothing that could be looked through.
    return scrubbed;
  }
}

function scrubText(text: string, name: string | undefined): string {
  let clean = text;
  const compared = name !== undefined && (holdsJson.test(name) || name.toLowerCase() === "condition");
  for (const [pattern, replacement] of compared ? secretText : [...secretText, ...secretSetting]) {
    clean = clean.replace(pattern, replacement);
  }
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
