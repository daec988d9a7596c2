import { visible } from "../../text/visible.ts";
import { CollectError } from "../define.ts";
import { ReadFailure } from "../http/failure.ts";
import { type ExecCredential, type ExecOptions, type ExecPlugin, runPlugin } from "./exec.ts";
import { type Login, tokenIn } from "./login.ts";

/** What goes with a request. */
export interface Credential {
  /** The header's value. */
  readonly authorization?: string;
  /** PEM texts. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

export interface ClusterSignInOptions extends Omit<ExecOptions, "timeoutMs"> {
  readonly login: Login;
  /** Milliseconds that a plugin may take. */
  readonly timeoutMs: () => number;
}

export interface ClusterSignIn {
  /** The credential of now; gets a new one when the last has ended. */
  readonly current: () => Promise<Credential>;
  /** After that credential was refused: another one, got once for the whole scan; undefined when there is none. */
  readonly renew: (refused: Credential) => Promise<Credential | undefined>;
  /** Text without any secret of this sign-in, visible. */
  readonly scrub: (text: string) => string;
}

/** A token file is read again after so many milliseconds, as kubectl does. */
const tokenFileAge = 60_000;
/** A plugin is asked again when its credential has less than this left, in milliseconds. */
const refreshMargin = 10_000;

/** Signs in as the kubeconfig's user. `current` throws as the plugin does; `renew` only `ReadFailure`. */
export function createClusterSignIn(options: ClusterSignInOptions): ClusterSignIn {
  const { login } = options;
  const secrets = new Set<string>();
  let held: { readonly credential: Credential; readonly until: number } | undefined;
  let pending: Promise<Credential> | undefined;
  let renewed: Promise<Credential | undefined> | undefined;

  const obtain = async (anew: boolean): Promise<Credential> => {
    const found = await obtained(options, anew);
    held = found;
    const { authorization, certificate } = found.credential;
    if (authorization !== undefined) {
      secrets.add(authorization);
      secrets.add(authorization.replace(/^\w+ /, ""));
    }
    if (login.kind === "password" && login.password !== "") secrets.add(login.password);
    if (certificate !== undefined) secrets.add(certificate.key);
    return found.credential;
  };
  const current = async (anew = false): Promise<Credential> => {
    if (held !== undefined && Date.now() < held.until) return held.credential;
    pending ??= obtain(anew).finally(() => {
      pending = undefined;
    });
    return pending;
  };
  const renewNow = async (refused: Credential): Promise<Credential | undefined> => {
    held = undefined;
    try {
      const next = await current(true);
      return same(next, refused) ? undefined : next;
    } catch (error) {
      if (error instanceof CollectError) throw new ReadFailure("unauthenticated", error.message);
      throw error;
    }
  };

  return {
    current: () => current(),
    renew: async (refused) => {
      if (login.kind !== "exec" && login.kind !== "token-file") return undefined;
      // Somebody else has renewed since that request was sent.
      if (held !== undefined && !same(held.credential, refused)) return held.credential;
      renewed ??= renewNow(refused);
      const next = await renewed;
      return next === undefined || same(next, refused) ? undefined : next;
    },
    scrub: (text) => {
      let clean = text;
      for (const secret of secrets) if (secret.length >= 4) clean = clean.replaceAll(secret, "[scrubbed]");
      return visible(clean);
    },
  };
}

function same(one: Credential, other: Credential): boolean {
  return one.authorization === other.authorization && one.certificate?.cert === other.certificate?.cert;
}

/**
 * What plugins gave in this process, by all that they were given: a run asks a cluster more than once, and a plugin
 * may open a browser each time.
 */
const execCredentials = new Map<string, ExecCredential>();

async function execCredential(
  plugin: ExecPlugin,
  options: ClusterSignInOptions,
  anew: boolean,
): Promise<ExecCredential> {
  const key = JSON.stringify([plugin, options.cluster]);
  const kept = execCredentials.get(key);
  if (kept !== undefined && !anew && (kept.expires ?? forever) - refreshMargin > Date.now()) return kept;
  const given = await runPlugin(plugin, { ...options, timeoutMs: options.timeoutMs() });
  execCredentials.set(key, given);
  return given;
}

const forever = Number.POSITIVE_INFINITY;

async function obtained(
  options: ClusterSignInOptions,
  anew: boolean,
): Promise<{ readonly credential: Credential; readonly until: number }> {
  const { login } = options;
  const written = login.certificate === undefined ? {} : { certificate: login.certificate };
  switch (login.kind) {
    case "anonymous":
      return { credential: written, until: forever };
    case "token":
      return { credential: { ...written, authorization: bearer(login.token, login) }, until: forever };
    case "token-file": {
      const token = fromFile(login.path, login.token, login.title);
      return {
        credential: { ...written, authorization: bearer(token, login) },
        until: Date.now() + tokenFileAge,
      };
    }
    case "password": {
      const pair = Buffer.from(`${login.username}:${login.password}`).toString("base64");
      return { credential: { ...written, authorization: `Basic ${pair}` }, until: forever };
    }
    case "exec": {
      const given = await execCredential(login.plugin, options, anew);
      const certificate = given.certificate ?? login.certificate;
      return {
        credential: {
          ...(given.token === undefined ? {} : { authorization: bearer(given.token, login) }),
          ...(certificate === undefined ? {} : { certificate }),
        },
        until: given.expires === undefined ? forever : given.expires - refreshMargin,
      };
    }
  }
}

function fromFile(path: string, fallback: string | undefined, title: string): string {
  try {
    return tokenIn(path, title);
  } catch (error) {
    if (fallback !== undefined) return fallback;
    throw error;
  }
}

function bearer(token: string, login: Login): string {
  // A header cannot carry it; the token itself must not be shown.
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new CollectError(`${login.title}: its token holds characters that a header cannot carry`);
  return `Bearer ${token}`;
}
