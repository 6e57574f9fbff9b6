// Room: bench. One line for each figure, and which of them are asked for.

const only = process.env.ONLY ?? '';

/** Whether any name that begins with `prefix` is asked for. */
export function wanted(prefix: string): boolean {
  return prefix.startsWith(only) || only.startsWith(prefix);
}

export function report(name: string, value: number, unit: string): void {
  if (!name.startsWith(only)) return;
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  process.stdout.write(`${name} ${value.toFixed(unit === 'bytes' ? 0 : digits)} ${unit}\n`);
}

/** The value that a share of all is at most; `share` from 0 to 1. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
}

/** A ratio of medians, and behind it what it was made of: the medians, and the spread of ours from quartile to quartile. */
export function compare(name: string, ours: readonly number[], theirs: readonly number[], unit: string): void {
  report(`${name}/vs_rrweb`, quantile(ours, 0.5) / quantile(theirs, 0.5), 'ratio');
  report(`${name}/insyn`, quantile(ours, 0.5), unit);
  report(`${name}/insyn_spread`, quantile(ours, 0.75) - quantile(ours, 0.25), unit);
  report(`${name}/rrweb`, quantile(theirs, 0.5), unit);
  report(`${name}/rrweb_spread`, quantile(theirs, 0.75) - quantile(theirs, 0.25), unit);
}
