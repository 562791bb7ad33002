/**
 * Journals that were delivered by a mapping that is not in force any more: the target has their amounts in the accounts of
 * that time, rightly, and a tie-out by today's mapping has to know how much lies elsewhere because of it.
 */
import type { Units } from '../../domain/money/money.ts'
import type { TargetEntry } from '../entry.ts'
import type { OutboxRow } from './row.ts'

export interface MovedByMapping {
  /** Delivered less what today's mapping would make of it, by currency and account; sums to zero per currency. */
  readonly sums: ReadonlyMap<string, Units>
  /** The journals whose accounts differ. */
  readonly journals: ReadonlySet<bigint>
}

/** `built` are the entries of today's mapping, by journal. Only whole journals count, and only where the totals agree. */
export function movedByMapping(
  delivered: readonly OutboxRow[],
  built: ReadonlyMap<bigint, readonly TargetEntry[]>,
  mappingSinceMs: number,
): MovedByMapping {
  const sums = new Map<string, Units>()
  const journals = new Set<bigint>()
  for (const [journal, rows] of Map.groupBy(delivered, (row) => row.journal)) {
    const entries = built.get(journal)
    const isWhole = rows.length === rows[0]?.parts
    if (entries === undefined || !isWhole || rows.some(({ queuedAtMs }) => queuedAtMs >= mappingSinceMs)) continue
    const sent = sumLines(rows.map(({ entry }) => entry))
    const today = sumLines(entries)
    const keys = [...new Set([...sent.keys(), ...today.keys()])]
    const moved = keys.map((key) => [key, (sent.get(key) ?? 0n) - (today.get(key) ?? 0n)] as const)
    if (moved.every(([, amount]) => amount === 0n) || debits(sent) !== debits(today)) continue
    journals.add(journal)
    for (const [key, amount] of moved) sums.set(key, (sums.get(key) ?? 0n) + amount)
  }
  return { sums, journals }
}

/** By "currency\u0000account". */
export function sumLines(entries: readonly TargetEntry[]): ReadonlyMap<string, Units> {
  const sums = new Map<string, Units>()
  for (const { currency, lines } of entries) {
    for (const { account, amount } of lines) {
      const key = `${currency}\u0000${account}`
      sums.set(key, (sums.get(key) ?? 0n) + amount)
    }
  }
  return sums
}

/** What all accounts together are debited, whatever their names: another mapping moves it, and changes nothing of it. */
function debits(sums: ReadonlyMap<string, Units>): string {
  const byCurrency = new Map<string, Units>()
  for (const [key, amount] of sums) {
    const [currency = ''] = key.split('\u0000')
    if (amount > 0n) byCurrency.set(currency, (byCurrency.get(currency) ?? 0n) + amount)
  }
  return [...byCurrency].toSorted(([a], [b]) => (a < b ? -1 : 1)).join(' ')
}
