/** Where a resource pattern reads otherwise if its stars stay within a segment of an ARN (AW4). */

/** `arn:partition:service:region:account:resource`; what follows is the resource's own. */
const SEGMENTS = 6;
/** What stands as an account where no star does. */
const ACCOUNT = /^(?:\d{12}|aws|)$/;
/** A policy variable has a colon of its own. */
const VARIABLE = /\$\{[^}]*\}/g;

/**
 * Whether the pattern names other resources when read segment by segment than when read as one string. A pattern that
 * is short of segments is filled up with stars (IAM User Guide, "IAM JSON policy elements: Resource"), so one like
 * `arn:aws:ec2:*:volume/*` means volumes only if its star crosses `:`, and so does one whose account is no account.
 */
export function readsOtherwise(text: string): boolean {
  const pattern = text.replace(VARIABLE, "v");
  const star = pattern.indexOf("*");
  if (star < 0) return false;
  const segments = pattern.split(":");
  if (segments.length < SEGMENTS) return /[^*?:]/.test(pattern.slice(star));
  const [account = ""] = segments.slice(SEGMENTS - 2);
  const before = segments.slice(0, SEGMENTS - 2).join(":");
  return before.includes("*") && !/[*?]|^v$/.test(account) && !ACCOUNT.test(account);
}
