import { UsageError } from "./errors.ts";

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } satisfies Record<string, number>;
/** A day: what lies beyond is a slip of the pen, and Node's timers end at 24.8 days. */
const longest = 86_400_000;

/** Milliseconds of `30s`, `5m`, `1h`, `500ms`. `from` names the option, for the message. */
export function parseDuration(text: string, from: string): number {
  const match = /^(\d{1,9})(ms|s|m|h)$/.exec(text.trim());
  const unit = match?.[2] as keyof typeof units | undefined;
  if (match === null || unit === undefined) {
    throw new UsageError(`${from}: expected a duration such as 30s or 5m, found "${text}"`);
  }
  const milliseconds = Number(match[1]) * units[unit];
  if (milliseconds < 1 || milliseconds > longest) {
    throw new UsageError(`${from}: expected a duration from 1ms to 24h, found "${text}"`);
  }
  return milliseconds;
}

/** Milliseconds of an age such as `24h` or `7d`; `0`: none is too much. `from` names the option, for the message. */
export function parseAge(text: string, from: string): number {
  if (text.trim() === "0") return 0;
  const days = /^(\d{1,5})d$/.exec(text.trim())?.[1];
  const hours = /^(\d{1,6})h$/.exec(text.trim())?.[1];
  if (days === undefined && hours === undefined) {
    if (!/^\d{1,9}(ms|s|m)$/.test(text.trim())) {
      throw new UsageError(`${from}: expected an age such as 24h or 7d, or 0 for none, found "${text}"`);
    }
    return parseDuration(text, from);
  }
  return days === undefined ? Number(hours) * units.h : Number(days) * longest;
}
