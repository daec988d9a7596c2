import type { TokenCredential } from "@azure/core-auth";
import { DefaultAzureCredential, type DefaultAzureCredentialOptions } from "@azure/identity";
import { visible } from "../../text/visible.ts";

/** The directory's answers that a person can act on: code → what is wrong and what to do. */
const refusals: Readonly<Record<string, string>> = {
  AADSTS7000215: "the client secret is wrong; check AZURE_CLIENT_SECRET (the secret's value, not its id)",
  AADSTS7000222: "the client secret has expired; make a new one and set AZURE_CLIENT_SECRET",
  AADSTS700016: "the tenant does not know the application; check AZURE_CLIENT_ID and the tenant",
  AADSTS7000229:
    "the tenant has no service principal for the application; check AZURE_CLIENT_ID and the tenant",
  AADSTS90002: "there is no such tenant; check --tenant or AZURE_TENANT_ID",
  AADSTS900023: "the tenant is neither an id nor a domain; check --tenant or AZURE_TENANT_ID",
  AADSTS50020: "the account does not belong to the tenant; check --tenant or AZURE_TENANT_ID",
  AADSTS700027: "the client certificate is not registered for the application, or is not valid now",
  AADSTS700024: "the signed assertion is not valid now; is this machine's clock right?",
  AADSTS70021: "no federated identity of the application matches the workload's token",
  AADSTS700213: "no federated identity of the application matches the workload's token",
  AADSTS53003: "a conditional access policy forbids it",
  AADSTS50076: "multi-factor authentication is needed; sign in with az login",
  AADSTS500011:
    "the tenant does not know the resource that the token is for; check --azure-cloud and --azure-endpoint",
};

/** What the default credential tries, in its order, as a person calls it. */
const tried =
  "environment, workload identity, managed identity, Visual Studio Code, Azure CLI, Azure PowerShell, Azure Developer CLI";

/** The SDK's own variable can narrow what is tried. */
function triedHere(): string {
  const only = process.env.AZURE_TOKEN_CREDENTIALS?.trim();
  return only ? `only ${visible(only)} was tried, as AZURE_TOKEN_CREDENTIALS says` : `${tried} were tried`;
}

const secretVariables = [
  "AZURE_CLIENT_SECRET",
  "AZURE_CLIENT_CERTIFICATE_PASSWORD",
  "AZURE_PASSWORD",
] as const;

export interface AzureSignInOptions {
  readonly tenant?: string;
  /** The cloud's own authority; `AZURE_AUTHORITY_HOST` wins over it. */
  readonly authority: string;
  readonly ca?: string;
}

/** The host that signs in: `AZURE_AUTHORITY_HOST`, else the cloud's. */
export function authorityHost(options: AzureSignInOptions): string {
  return (process.env.AZURE_AUTHORITY_HOST?.trim() || options.authority).replace(/\/+$/, "");
}

/**
 * The identity SDK's default credential: environment (secret, certificate), workload identity, managed identity and
 * the developer tools. `--tenant` wins over `AZURE_TENANT_ID`, which one of the credentials reads only from the
 * environment and only while it is made. With an authority host of one's own, instance discovery is off: it would
 * ask the public cloud whether that host exists.
 */
export function defaultCredential(options: AzureSignInOptions): TokenCredential {
  const host = authorityHost(options);
  const settings: DefaultAzureCredentialOptions = {
    authorityHost: host,
    disableInstanceDiscovery: host !== options.authority,
    ...(options.tenant === undefined ? {} : { tenantId: options.tenant }),
    ...(options.ca === undefined ? {} : { tlsOptions: { ca: options.ca } }),
  };
  const before = process.env.AZURE_TENANT_ID;
  if (options.tenant !== undefined) process.env.AZURE_TENANT_ID = options.tenant;
  try {
    return new DefaultAzureCredential(settings);
  } finally {
    if (options.tenant !== undefined) {
      if (before === undefined) delete process.env.AZURE_TENANT_ID;
      else process.env.AZURE_TENANT_ID = before;
    }
  }
}

/** One line for a person about a sign-in that failed. */
export function explainAzureSignIn(error: unknown): string {
  const text = messageOf(error);
  const code = /AADSTS\d+/.exec(text)?.[0];
  if (code !== undefined) {
    const words = refusals[code] ?? sentenceOf(text, code);
    return `signing in to Azure was refused: ${words} (${code})`;
  }
  if (nameOf(error) === "AggregateAuthenticationError" || nameOf(error) === "CredentialUnavailableError")
    return `no credentials for Azure: ${triedHere()} (--debug shows each). Sign in with az login, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and a secret or certificate.`;
  return `signing in to Azure failed: ${firstLine(text)}`;
}

/**
 * True when the directory could not even be asked; then the cause has to be found by asking it ourselves. In a chain
 * of credentials only the directory's own errors tell that: managed identity fails with a network error wherever
 * there is none.
 */
export function isDiscoveryFailure(error: unknown): boolean {
  const text = messageOf(error);
  if (/endpoints_resolution_error|openid_config_error/.test(text)) return true;
  return (
    nameOf(error) !== "AggregateAuthenticationError" && /network_error|E[A-Z]{6,}|certificate/.test(text)
  );
}

/** What each credential of the chain said, one line each, for --debug. */
export function azureSignInDetails(error: unknown): readonly string[] {
  const errors = (error as { errors?: unknown }).errors;
  const list = Array.isArray(errors) ? errors : [error];
  return list.map((entry) => `sign-in: ${firstLine(messageOf(entry))}`);
}

/** Text without the secrets of the environment, visible. */
export function withoutSecrets(text: string): string {
  let clean = text;
  for (const name of secretVariables) {
    const secret = process.env[name];
    if (secret !== undefined && secret.length > 0) clean = clean.replaceAll(secret, "[scrubbed]");
  }
  return visible(clean);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

function sentenceOf(text: string, code: string): string {
  const after = text.slice(text.indexOf(code) + code.length).replace(/^\s*:\s*/, "");
  return firstLine(after.split(/(?<=\.)\s|Trace ID|Correlation ID/)[0] ?? "");
}

function firstLine(text: string): string {
  const line = text
    .split(/\r?\n/)
    .map((part) => part.trim())
    .filter((part) => part !== "" && !/^more details:?$/i.test(part))
    .slice(0, 2)
    .join(" ");
  return withoutSecrets(line).slice(0, 400);
}
