/**
 * What the vendor itself says a wallet or receivable comes to: a panel's balance, or an ad network's counter carried on
 * from the opening. Both can be read as they were known at an earlier place of the ledger and the log.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import type { CounterOutcome } from '../payelancer/rules/counter.ts'
import type { ControlAccount, Known } from './roll-forward.ts'

export interface VendorFigure {
  readonly amount: Units
  readonly atMs: number
}

/** The last balance the vendor has answered. */
export async function walletFigure(
  db: Kysely<Tables>,
  book: bigint,
  control: ControlAccount,
  { batch }: Known,
): Promise<VendorFigure | null> {
  const row = await db
    .selectFrom('wallet_reading')
    .select(['balance', 'observed_at_ms'])
    .where('book', '=', book)
    .where('source', '=', control.sourceId)
    .where('currency', '=', control.currency)
    .where('batch', '<=', BigInt(batch))
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : { amount: row.balance, atMs: Number(row.observed_at_ms) }
}

/**
 * What the account must hold if its counter is right: the opening, what the counter moved since, and every movement that a
 * counter does not show. A counter of what is unpaid shows payouts and their returns, a lifetime total none of them. What a
 * person says a jump was (a reset, another account) is taken for that.
 */
export async function counterFigure(
  db: Kysely<Tables>,
  book: bigint,
  control: ControlAccount,
  opening: Units,
  known: Known & { readonly counter: CounterOutcome },
): Promise<VendorFigure | null> {
  const { judged, first } = known.counter
  const last = judged.findLast(({ status }) => status !== 'wrong')?.reading
  if (first === null || last === undefined) return null
  const jumps = judged.reduce((sum, { jump }) => sum + jump, 0n)
  const moved = last.amount - first.amount - jumps
  const others = await otherMovements(db, book, control, known)
  const amount = opening + others + (control.kind === 'publisher' ? moved : -moved)
  return { amount, atMs: last.atMs }
}

/** Of the counter's own object, and the opening. */
const COUNTED = ['counter:earnings', 'counter:spent', 'opening']
const PAYOUT_KINDS = ['payout', 'payout-fee', 'payout-returned']

async function otherMovements(
  db: Kysely<Tables>,
  book: bigint,
  control: ControlAccount,
  { sequence }: Known,
): Promise<Units> {
  const row = await db
    .selectFrom('txn')
    .innerJoin('posting', (join) => join.onRef('posting.book', '=', 'txn.book').onRef('posting.seq', '=', 'txn.seq'))
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'posting.book').onRef('account.id', '=', 'posting.account'),
    )
    .select(sql<bigint>`cast(coalesce(sum(posting.amount), 0) as bigint)`.as('total'))
    .where('txn.book', '=', book)
    .where('txn.source', '=', control.sourceId)
    .where('txn.currency', '=', control.currency)
    .where('txn.seq', '<=', BigInt(sequence))
    .where('account.key', '=', control.account)
    .where('txn.object', 'not in', COUNTED)
    .$if(control.mode === 'unpaid', (query) => query.where('txn.kind', 'not in', PAYOUT_KINDS))
    .executeTakeFirst()
  return row?.total ?? 0n
}
