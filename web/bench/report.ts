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
