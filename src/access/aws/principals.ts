/** Principals of trust policies and resource policies (AW10). */
import { type Glob, literalGlob, questionGlob, subject } from "../glob.ts";

type Kind = "AWS" | "Service" | "Federated" | "CanonicalUser";

const KINDS: Readonly<Record<string, Kind>> = {
  aws: "AWS",
  service: "Service",
  federated: "Federated",
  canonicaluser: "CanonicalUser",
};

/** Identity providers that are named by their domain and not by an ARN. */
const WEB_IDENTITY: ReadonlySet<string> = new Set([
  "cognito-identity.amazonaws.com",
  "www.amazon.com",
  "graph.facebook.com",
  "accounts.google.com",
]);

/** The spelling of the kind in a policy; undefined when there is none of that name. */
export function principalKind(name: string): Kind | undefined {
  return KINDS[name.toLowerCase()];
}

/**
 * The globs that a principal element stands for. An account, by number or by its root, is everyone in it; a role is
 * every session of it too, whose ARN has the role's name without its path; `*` is everyone at all. Nothing else has wildcards: `role/*` is literal text, as AWS reads it.
 */
export function principalGlobs(kind: Kind, text: string): readonly Glob[] {
  if (text === "*" && kind === "AWS") return [questionGlob("*")];
  if (kind === "AWS") {
    const account = /^(?:arn:([\w-]+):iam::(\d{12}):root|(\d{12}))$/.exec(text);
    if (account !== null) {
      const partition = account[1] ?? "aws";
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

/** The text that the globs are held against, from a request's principal: `arn:…`, a service, or `Kind:…`. */
export function principalSubject(text: string): string {
  const typed = /^(AWS|Service|Federated|CanonicalUser):/.exec(text);
  if (typed !== null) return subject(text);
  if (/^\d{12}$/.test(text)) return subject(`AWS:arn:aws:iam::${text}:root`);
  return subject(`${inferred(text)}:${text}`);
}

function inferred(text: string): Kind {
  if (WEB_IDENTITY.has(text) || /^arn:[^:]*:iam::\d{12}:(oidc|saml)-provider\//.test(text))
    return "Federated";
  return /\.amazonaws\.com(\.cn)?$/.test(text) ? "Service" : "AWS";
}

/** A subject as a request writes it: without its kind where the text alone tells it. */
export function principalText(typed: string): string {
  const plain = typed.replace(/^(AWS|Service|Federated|CanonicalUser):/, "");
  return plain !== typed && principalSubject(plain) === subject(typed) ? plain : typed;
}
