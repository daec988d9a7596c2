/**
 * How many times as long the large run takes as the small one, in processor time, the least of several runs each in
 * turn: a ratio holds on a slow and on a busy machine, where a time does not.
 */
export function timesAsLong(small: () => unknown, large: () => unknown, runs = 5): number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  small();
  large();
  for (let i = 0; i < runs; i++) {
    least = Math.min(least, taken(small));
    most = Math.min(most, taken(large));
  }
  return most / least;
}

/** Repeated until it can be measured. */
function taken(run: () => unknown): number {
  const started = process.cpuUsage();
  for (let times = 1; ; times++) {
    run();
    const { user, system } = process.cpuUsage(started);
    if (user + system > 4000) return (user + system) / times;
  }
}
