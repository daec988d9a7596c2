/**
 * A second reading of AWS policies that shares no code with src/: regular expressions, sets and one loop. Small inputs
 * only; documents in one form only (an object with lists). No variables.
 */
export interface OracleStatement {
  Effect: "Allow" | "Deny";
  Action?: string[];
  NotAction?: string[];
  Resource?: string[];
  NotResource?: string[];
  Principal?: { AWS: string[] };
  NotPrincipal?: { AWS: string[] };
  Condition?: Record<string, Record<string, string[]>>;
}

export interface OraclePolicy {
  Version: "2012-10-17";
  Statement: OracleStatement[];
}

export interface OracleRequest {
  principal?: string;
  action: string;
  resource: string;
  context?: Readonly<Record<string, string | readonly string[]>>;
}

const compiled = new Map<string, RegExp>();

function wild(pattern: string, flags = "", star = "[^]*", one = "[^]"): RegExp {
  const id = `${flags} ${star} ${pattern}`;
  const known = compiled.get(id);
  if (known !== undefined) return known;
  const source = [...pattern]
    .map((c) => (c === "*" ? star : c === "?" ? one : c.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&")))
    .join("");
  const made = new RegExp(`^${source}$`, flags);
  if (compiled.size < 100_000) compiled.set(id, made);
  return made;
}

function ip(text: string): { bits: string; max: number } {
  const [address = "", length] = text.split("/");
  const bits = address
    .split(".")
    .map((p) => Number(p).toString(2).padStart(8, "0"))
    .join("");
  return { bits: bits.slice(0, length === undefined ? 32 : Number(length)), max: 32 };
}

function arnLike(pattern: string, value: string): boolean {
  const parts = value.split(":");
  if (parts.length < 6) return false;
  const wanted = pattern.split(":");
  const [head, tail] = [parts.slice(0, 5), parts.slice(5).join(":")];
  return (
    wanted.length >= 6 &&
    head.every((p, i) => wild(wanted[i] ?? "").test(p)) &&
    wild(wanted.slice(5).join(":")).test(tail)
  );
}

type Compare = (policy: string, request: string) => boolean;

const COMPARE: Record<string, Compare> = {
  StringEquals: (p, r) => p === r,
  StringEqualsIgnoreCase: (p, r) => p.toUpperCase() === r.toUpperCase(),
  StringLike: (p, r) => wild(p).test(r),
  ArnLike: arnLike,
  ArnEquals: arnLike,
  NumericEquals: (p, r) => Number(r) === Number(p),
  NumericLessThan: (p, r) => Number(r) < Number(p),
  NumericLessThanEquals: (p, r) => Number(r) <= Number(p),
  NumericGreaterThan: (p, r) => Number(r) > Number(p),
  NumericGreaterThanEquals: (p, r) => Number(r) >= Number(p),
  DateLessThan: (p, r) => new Date(r) < new Date(p),
  DateGreaterThanEquals: (p, r) => new Date(r) >= new Date(p),
  Bool: (p, r) => p === r,
  IpAddress: (p, r) => /^[\d.]+$/.test(r) && ip(r).bits.startsWith(ip(p).bits),
};

const NEGATED: Record<string, string> = {
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
  ArnNotLike: "ArnLike",
  NumericNotEquals: "NumericEquals",
  NotIpAddress: "IpAddress",
};

function conditionHolds(operator: string, policy: string[], request: readonly string[] | undefined): boolean {
  if (operator === "Null") return policy.includes(String(request === undefined || request.length === 0));
  let name = operator;
  const set = /^For(All|Any)Values?:/.exec(name)?.[1];
  name = name.replace(/^For(All|Any)Values?:/, "");
  const ifExists = name.endsWith("IfExists");
  name = name.replace(/IfExists$/, "");
  const negated = name in NEGATED;
  const compare = COMPARE[NEGATED[name] ?? name];
  if (compare === undefined) throw new Error(`the oracle does not know ${operator}`);
  if (request === undefined || request.length === 0) {
    if (ifExists || set === "All") return true;
    return set === "Any" ? false : negated;
  }
  const each = request.map((r) => {
    const some = policy.some((p) => compare(p, r));
    return negated ? !some : some;
  });
  return set === "All" ? !each.includes(false) : each.includes(true);
}

function principalMatches(wanted: string, principal: string): boolean {
  if (wanted === "*") return true;
  const account = /^(?:arn:aws:iam::)?(\d{12})(?::root)?$/.exec(wanted)?.[1];
  if (account !== undefined) return new RegExp(`^arn:aws:(iam|sts)::${account}:`).test(principal);
  return wanted === principal;
}

function statementHolds(s: OracleStatement, r: OracleRequest): boolean {
  if (s.Action && !s.Action.some((a) => wild(a, "i").test(r.action))) return false;
  if (s.NotAction?.some((a) => wild(a, "i").test(r.action))) return false;
  if (s.Resource && !s.Resource.some((a) => wild(a).test(r.resource))) return false;
  if (s.NotResource?.some((a) => wild(a).test(r.resource))) return false;
  const who = r.principal ?? "";
  if (s.Principal && !s.Principal.AWS.some((p) => principalMatches(p, who))) return false;
  if (s.NotPrincipal?.AWS.some((p) => principalMatches(p, who))) return false;
  for (const [operator, keys] of Object.entries(s.Condition ?? {})) {
    for (const [key, values] of Object.entries(keys)) {
      const found = Object.entries(r.context ?? {}).find(([k]) => k.toLowerCase() === key.toLowerCase())?.[1];
      const list = typeof found === "string" ? [found] : found;
      if (!conditionHolds(operator, values, list)) return false;
    }
  }
  return true;
}

/** Whether all the layers allow it and no statement of any denies it. */
export function granted(layers: readonly (readonly OraclePolicy[])[], request: OracleRequest): boolean {
  let allowed = true;
  for (const layer of layers) {
    const holding = layer.flatMap((p) => p.Statement).filter((s) => statementHolds(s, request));
    if (holding.some((s) => s.Effect === "Deny")) return false;
    if (!holding.some((s) => s.Effect === "Allow")) allowed = false;
  }
  return allowed;
}

/** Whether a residue's action and resource patterns, taken widest, hold the request. */
export function nearResidue(
  residue: { pattern: string; actions?: readonly string[]; resources?: readonly string[] },
  request: OracleRequest,
): boolean {
  const actions = residue.actions ?? [residue.pattern];
  const inAction = actions.some((a) => a.startsWith("NotAction ") || wild(a, "i").test(request.action));
  const resources = residue.resources ?? ["*"];
  return inAction && resources.some((r) => r.startsWith("all but ") || wild(r).test(request.resource));
}

/** Whether a residue that speaks of actions alone, expanded, holds the action (R4). */
export function inResidue(
  residue: { pattern: string; actions?: readonly string[]; except: readonly string[] },
  action: string,
): boolean {
  const inPattern = (pattern: string): boolean => {
    const not = /^NotAction (.*)$/.exec(pattern)?.[1];
    if (not !== undefined) return !not.split(", ").some((p) => wild(p, "i").test(action));
    return wild(pattern, "i").test(action);
  };
  return (
    (residue.actions ?? [residue.pattern]).some(inPattern) &&
    !residue.except.some((e) => wild(e, "i").test(action))
  );
}
