/** One line of a benchmark: a figure, what it is compared with in the same run, and whether it meets its target. */
export interface BenchRow {
  readonly name: string
  readonly figure: number
  /** "transactions/s", "ms" */
  readonly unit: string
  /** The figure over its baseline's, measured in the same run. */
  readonly ratio?: number
  /** What the ratio is of; 'raw' when left out. */
  readonly ratioOf?: string
  /** What it should reach, as text. */
  readonly target?: string
  readonly met: boolean
}

/** Multiplies the sizes of every benchmark: TIEOUT_BENCH_SCALE=0.1 for a quick look. */
export function scaled(count: number): number {
  const scale = Number(process.env['TIEOUT_BENCH_SCALE'] ?? '1')
  return Math.max(1, Math.round(count * (scale > 0 ? scale : 1)))
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
