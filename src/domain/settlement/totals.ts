/** Small parts of what a line posts. */
import type { LineTotal, SettledLine } from './settlement.ts'

/** What the line says was taken off it: the account received the gross and paid the fee. */
export function ownFees({ fee, tax, currency }: SettledLine): readonly LineTotal[] {
  const totals: LineTotal[] = []
  if (fee !== null && fee !== 0n) totals.push({ kind: 'processor-fee', source: '', currency, amount: fee })
  if (tax !== null && tax !== 0n) totals.push({ kind: 'fee-tax', source: '', currency, amount: tax })
  return totals
}

/** One total a kind, vendor and currency, and none of zero. */
export function added(totals: readonly LineTotal[]): readonly LineTotal[] {
  const sums = new Map<string, LineTotal>()
  for (const total of totals) {
    const key = `${total.kind} ${total.source} ${total.currency}`
    const before = sums.get(key)
    sums.set(key, before === undefined ? total : { ...total, amount: before.amount + total.amount })
  }
  return [...sums.values()].filter(({ amount }) => amount !== 0n)
}
