/** Principals of trust policies and resource policies (AW10). */
import { fold } from "../fold.ts";
import { type Glob, literalGlob, questionGlob, subject } from "../glob.ts";
import { isPublicIssuer } from "./public-issuers.ts";

export type Kind = "AWS" | "Service" | "Federated" | "CanonicalUser";

const KINDS: Readonly<Record<string, Kind>> = {
  aws: "AWS",
  service: "Service",
  federated: "Federated",
  canonicaluser: "CanonicalUser",
};

/** The partition of an account that is named by number alone, where no document names another. */
export const USUAL_PARTITION = "aws";

/** Where several partitions are named, none is at hand. */
export const NO_PARTITION = "";

/** The spelling of the kind in a policy; undefined when there is none of that name. */
export function principalKind(name: string): Kind | undefined {
  return KINDS[fold(name)];
}

/**
 * The globs that a principal element stands for. An account, by number or by its root, is everyone in it; a role is
 * every session of it too, whose ARN has the role's name without its path; `*` is everyone at all. Nothing else has
 * wildcards: `role/*` is literal text, as AWS reads it.
 * @param at the partition at hand, that of an account that is named by number alone
 */
export function principalGlobs(kind: Kind, text: string, at = USUAL_PARTITION): readonly Glob[] {
  if (text === "*" && kind === "AWS") return [questionGlob("*")];
  if (kind === "AWS") {
    const account = /^(?:arn:([\w-]+):iam::(\d{12}):root|(\d{12}))$/.exec(text);
    if (account !== null) {
      const partition = account[1] ?? at;
      const number = account[2] ?? account[3];
      return ["iam", "sts"].map((service) => questionGlob(`AWS:arn:${partition}:${service}::${number}:*`));
    }
  }
  const role = kind === "AWS" ? /^arn:([\w-]+):iam::(\d{12}):role\/(?:.*\/)?([^/*?]+)$/.exec(text) : null;
  if (role !== null) {
    const [, partition, account, name] = role;
    const session = `AWS:arn:${partition}:sts::${account}:assumed-role/${name}/*`;
    return [literalGlob(`${kind}:${text}`), questionGlob(session)];
  }
  return [literalGlob(`${kind}:${text}`)];
}

/** One principal of AWS's own, and nobody else. */
export function literalPrincipal(text: string): Glob {
  return literalGlob(`AWS:${text}`);
}

/** The account of a principal, by its number or its ARN. */
export function accountIn(text: string): string | undefined {
  return /^(?:arn:[\w-]+:(?:iam|sts)::)?(\d{12})(?::|$)/.exec(text)?.[1];
}

/** The partition that a principal's ARN names. */
export function partitionIn(text: string): string | undefined {
  return /^arn:([\w-]+):(?:iam|sts)::\d{12}:/.exec(text)?.[1];
}

const IDENTITY = /^arn:[\w-]+:iam::cloudfront:user\//;

/** Whether a principal, with its kind, is an origin access identity of CloudFront. */
export function isOriginIdentity(typed: string): boolean {
  return typed.startsWith("AWS:") && IDENTITY.test(typed.slice("AWS:".length));
}

/** Every origin access identity, or every canonical user: what a principal of the other of the two may be (AW10). */
export const ORIGIN_IDENTITIES = questionGlob("AWS:arn:*:iam::cloudfront:user/*");
export const CANONICAL_USERS = questionGlob("CanonicalUser:*");

/** The text that the globs are held against, from a request's principal: `arn:…`, a service, or `Kind:…`. */
export function principalSubject(text: string, at = USUAL_PARTITION): string {
  return subject(typedPrincipal(text, at));
}

/** A request's principal with its kind; an account by number is its root. */
export function typedPrincipal(text: string, at = USUAL_PARTITION): string {
  if (/^(AWS|Service|Federated|CanonicalUser):/.test(text)) return text;
  if (/^\d{12}$/.test(text)) return `AWS:arn:${at}:iam::${text}:root`;
  return `${inferred(text)}:${text}`;
}

function inferred(text: string): Kind {
  if (isPublicIssuer(text) || /^arn:[^:]*:iam::\d{12}:(oidc|saml)-provider\//.test(text)) return "Federated";
  return /\.amazonaws\.com(\.cn)?$/.test(text) ? "Service" : "AWS";
}

/** A subject as a request writes it: without its kind where the text alone tells it. */
export function principalText(typed: string): string {
  const plain = typed.replace(/^(AWS|Service|Federated|CanonicalUser):/, "");
  return plain !== typed && principalSubject(plain) === subject(typed) ? plain : typed;
}
