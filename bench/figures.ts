/** Figures of one run, and how they are measured: ratios, since machines differ and are noisy. */

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target?: string;
}

export const figures: Figure[] = [];
/** What fails the run. */
export const problems: string[] = [];

/** @param target printed beside the figure; whether it is met, where it is a bound like `<= 2.2` */
export function record(name: string, value: number, unit: string, target?: string): void {
  const rounded = Math.round(value * 1000) / 1000;
  figures.push({ name, value: rounded, unit, ...(target !== undefined && { target }) });
  const bound = /^(?:aim )?<= ([\d.]+)/.exec(target ?? "")?.[1];
  const met = bound === undefined ? "" : rounded <= Number(bound) ? " (met)" : " (not met)";
  console.log(`${name.padEnd(70)} ${String(rounded).padStart(10)} ${unit.padEnd(6)} ${target ?? ""}${met}`);
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] as number;

/** Processor time of this process, which a busy machine stretches less than wall time; the least of several runs. */
export function timed(run: () => unknown, times = 4): number {
  const values = Array.from({ length: times }, () => {
    const started = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1000;
  });
  return Math.min(...values);
}

/**
 * Time per doubling, over the whole range: 2 is linear. Every size is run as often as makes the same amount of work,
 * so that what the garbage collector takes is in the small ones as well.
 */
export function growth(name: string, sizes: readonly number[], prepare: (n: number) => () => unknown): void {
  const largest = sizes[sizes.length - 1] as number;
  const times = sizes.map((n) => {
    const run = prepare(n);
    const repeat = Math.ceil(largest / n);
    run();
    return (
      timed(() => {
        for (let i = 0; i < repeat; i++) run();
      }, 3) / repeat
    );
  });
  sizes.forEach((n, i) => {
    record(`${name}, ${n}`, times[i] as number, "ms");
  });
  const [first, last] = [times[0] as number, times[times.length - 1] as number];
  const doublings = Math.log2(largest / (sizes[0] as number));
  const per = (last / first) ** (1 / doublings);
  record(`${name}: time per doubling`, per, "x", "<= 2.2");
  if (per > 2.2) problems.push(`${name} grows ${per.toFixed(2)} x per doubling`);
}
