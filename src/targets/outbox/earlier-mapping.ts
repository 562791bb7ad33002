/**
 * Journals that were delivered by a mapping that is not in force any more: the target has their amounts in the accounts of
 * that time, rightly, and a tie-out by today's mapping has to know how much lies elsewhere because of it.
 */
import type { Units } from '../../domain/money/money.ts'
import type { TargetEntry } from '../entry.ts'
import { addSums, lessSums, sumLines, type AccountSum, type AccountSums } from './account-sums.ts'
import type { EntryRow } from './row.ts'

export interface MovedByMapping {
  /** Delivered less what today's mapping would make of it; sums to zero per currency. */
  readonly sums: AccountSums
  /** The journals whose accounts differ. */
  readonly journals: ReadonlySet<bigint>
}

/** `built` are the entries of today's mapping, by journal. Only whole journals count, and only where the totals agree. */
export function movedByMapping(
  delivered: readonly EntryRow[],
  built: ReadonlyMap<bigint, readonly TargetEntry[]>,
  mappingSinceMs: number,
): MovedByMapping {
  const parts: AccountSum[] = []
  const journals = new Set<bigint>()
  for (const [journal, rows] of Map.groupBy(delivered, (row) => row.journal)) {
    const entries = built.get(journal)
    const isWhole = rows.length === rows[0]?.parts
    if (entries === undefined || !isWhole || rows.some(({ queuedAtMs }) => queuedAtMs >= mappingSinceMs)) continue
    const sent = sumLines(rows.map(({ entry }) => entry))
    const today = sumLines(entries)
    const moved = [...lessSums(sent, today).values()]
    if (moved.every(({ amount }) => amount === 0n) || debits(sent) !== debits(today)) continue
    journals.add(journal)
    parts.push(...moved)
  }
  return { sums: addSums(parts), journals }
}

/** What all accounts together are debited, whatever their names: another mapping moves it, and changes nothing of it. */
function debits(sums: AccountSums): string {
  const byCurrency = new Map<string, Units>()
  for (const { currency, amount } of sums.values()) {
    if (amount > 0n) byCurrency.set(currency, (byCurrency.get(currency) ?? 0n) + amount)
  }
  return [...byCurrency].toSorted(([a], [b]) => (a < b ? -1 : 1)).join(' ')
}
