/**
 * What was stated for a wallet, read from the ledger: its top-ups and other movements, and what persons decided of its
 * differences. Looked up by the objects they are posted under, so it costs by their number, not by that of orders.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import type { IsoDate } from '../domain/transaction.ts'

/** A movement of a wallet, or a decision about it, as the ledger holds it in total. */
export interface WalletEntry {
  readonly object: string
  readonly kind: string
  /** True when a person decided it about a difference, false when it was stated for its own sake. */
  readonly isDecided: boolean
  /** Positive into the wallet; of a denied refund, what is owed no more. */
  readonly amount: Units
  readonly date: IsoDate
  readonly recordedAtMs: number
}

/** What a kind does to the wallet. */
const SIGNS: Readonly<Record<string, 1n | -1n>> = {
  'top-up': 1n,
  bonus: 1n,
  'wallet-refund': -1n,
  'wallet-forfeited': -1n,
  'written-up': 1n,
  'written-off': -1n,
  'manual-credit': 1n,
  'manual-debit': -1n,
  'refund-denied': 1n,
}
const OBJECTS = ['top-up:', 'bonus:', 'wallet-refund:', 'wallet-forfeited:', 'written-off:', 'adjustment:', 'denied:']

export async function walletEntries(db: Kysely<Tables>, book: bigint, source: bigint): Promise<readonly WalletEntry[]> {
  const rows = await db
    .selectFrom('txn')
    .select(['object', 'kind', 'rule', 'amount', 'effective_date', 'recorded_at_ms'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where((eb) =>
      eb.or(
        OBJECTS.map((prefix) => eb.and([eb('object', '>=', prefix), eb('object', '<', `${prefix.slice(0, -1)};`)])),
      ),
    )
    .orderBy('seq')
    .execute()
  return rows.flatMap(({ object, kind, rule, amount, effective_date: date, recorded_at_ms }) => {
    const sign = SIGNS[kind]
    if (sign === undefined) return []
    const isDecided = rule === 'X1'
    return [{ object, kind, isDecided, amount: amount * sign, date, recordedAtMs: Number(recorded_at_ms) }]
  })
}
