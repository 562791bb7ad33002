/**
 * Control totals: every input row ends in exactly one of posted, unchanged, quarantined or excepted, and so does its
 * money. What goes in must equal what comes out, in rows and per currency; a step whose totals do not foot is a bug.
 */
import { abs, type Units } from '../money/money.ts'

export type RowOutcome = 'posted' | 'unchanged' | 'quarantined' | 'excepted'

export interface OutcomeTotals {
  readonly in: bigint
  readonly posted: bigint
  readonly unchanged: bigint
  readonly quarantined: bigint
  readonly excepted: bigint
}

export interface ControlTotals {
  readonly rows: OutcomeTotals
  /** Magnitudes the vendor stated, per currency. Rows without an amount add nothing. */
  readonly money: Readonly<Record<string, OutcomeTotals>>
}

const NOTHING: OutcomeTotals = { in: 0n, posted: 0n, unchanged: 0n, quarantined: 0n, excepted: 0n }

export const NO_TOTALS: ControlTotals = { rows: NOTHING, money: {} }

/** Mutable while a batch is being counted; `totals` reads it out. */
export interface Tally {
  readonly add: (outcome: RowOutcome, currency: string, amount: Units | null, rows?: number) => void
  readonly totals: () => ControlTotals
}

export function startTally(): Tally {
  const rows = { ...NOTHING }
  const money = new Map<string, { -readonly [K in keyof OutcomeTotals]: bigint }>()
  return {
    add: (outcome, currency, amount, count = 1) => {
      rows.in += BigInt(count)
      rows[outcome] += BigInt(count)
      if (amount === null) return
      let line = money.get(currency)
      if (line === undefined) money.set(currency, (line = { ...NOTHING }))
      line.in += abs(amount)
      line[outcome] += abs(amount)
    },
    totals: () => ({
      rows: { ...rows },
      money: Object.fromEntries([...money].map(([currency, line]) => [currency, { ...line }])),
    }),
  }
}

export function addTotals(a: ControlTotals, b: ControlTotals): ControlTotals {
  const currencies = [...new Set([...Object.keys(a.money), ...Object.keys(b.money)])].sort()
  return {
    rows: addOutcomes(a.rows, b.rows),
    money: Object.fromEntries(
      currencies.map((currency) => [currency, addOutcomes(a.money[currency] ?? NOTHING, b.money[currency] ?? NOTHING)]),
    ),
  }
}

function addOutcomes(a: OutcomeTotals, b: OutcomeTotals): OutcomeTotals {
  return {
    in: a.in + b.in,
    posted: a.posted + b.posted,
    unchanged: a.unchanged + b.unchanged,
    quarantined: a.quarantined + b.quarantined,
    excepted: a.excepted + b.excepted,
  }
}

/** True when what went in came out, in rows and in every currency. */
export function foots(totals: ControlTotals): boolean {
  return [totals.rows, ...Object.values(totals.money)].every(lineFoots)
}

/** True when what went in came out, of rows or of one currency. */
export function lineFoots(line: OutcomeTotals): boolean {
  return line.in === line.posted + line.unchanged + line.quarantined + line.excepted
}
