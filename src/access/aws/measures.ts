/** Numbers and dates of conditions, as values that compare exactly as they are written (AW7, G7). */

/** So many digits tell doubles apart, and leave a place between each two. */
const MAX_DIGITS = 15;

/** The number; undefined for what is none, and for one with more digits than can be held exactly. */
export function parseNumber(text: string): number | undefined {
  const [, digits, exponent = "0"] = /^[+-]?(\d+\.?\d*|\.\d+)(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  if (digits === undefined || Math.abs(Number(exponent)) > 200) return undefined;
  const significant = digits.replace(".", "").replace(/^0+/, "").replace(/0+$/, "");
  const value = Number(text);
  return significant.length > MAX_DIGITS || Math.abs(value) > Number.MAX_SAFE_INTEGER ? undefined : value;
}

/** The last millisecond that a date can name. */
const LAST_DATE = 8.64e15;
const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3})0*)?)?(?:Z|([+-])(\d\d):?(\d\d))?)?$/;

/**
 * ISO 8601, or seconds since 1970, as milliseconds since 1970; undefined for what is neither, for a day or an hour that
 * does not exist, for parts of a millisecond, and for four digits, which may be a year.
 */
export function parseDate(text: string): number | undefined {
  if (/^\d+$/.test(text)) {
    return text.length !== 4 && Number(text) * 1000 < LAST_DATE ? Number(text) * 1000 : undefined;
  }
  const found = ISO.exec(text);
  if (found === null) return undefined;
  const part = (at: number): number => Number(found[at] ?? 0);
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(part) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const offset = (part(9) * 60 + part(10)) * (found[8] === "-" ? -1 : 1);
  if (hour > 23 || minute > 59 || second > 59 || part(9) > 23 || part(10) > 59) return undefined;
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  at.setUTCHours(hour, minute, second, Number((found[7] ?? "").padEnd(3, "0")));
  // the calendar carries a day that a month does not have over into the next
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) return undefined;
  return at.getTime() - offset * 60_000;
}
