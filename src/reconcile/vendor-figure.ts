/**
 * What the vendor itself says a wallet or receivable comes to: a panel's balance, or an ad network's counter carried on
 * from the opening. Both can be read as they were known at an earlier place of the ledger and the landing.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import { standingAt } from './counter-standing.ts'
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
 * What the account must hold if its counter is right: the opening, what the counter moved since its baseline, and top-ups.
 * A person's word is taken for readings that are wrong and for jumps that earned nothing. Payouts lower the account
 * though a lifetime counter does not show them; one that an unpaid balance does not show yet is a difference.
 */
export async function counterFigure(
  db: Kysely<Tables>,
  book: bigint,
  control: ControlAccount,
  opening: Units,
  known: Known,
): Promise<VendorFigure | null> {
  const first = await db
    .selectFrom('counter_reading')
    .select('amount')
    .where('book', '=', book)
    .where('source', '=', control.sourceId)
    .where('batch', '<=', BigInt(known.batch))
    .orderBy('batch')
    .orderBy('item')
    .orderBy('line')
    .limit(1)
    .executeTakeFirst()
  const standing = await standingAt(db, book, control.sourceId, known.batch)
  if (standing === null || first === undefined) return null
  const moved = standing.amount - first.amount - standing.jumps
  const others = (await otherMovements(db, book, control, known)) - standing.unseen
  const amount = opening + others + (control.kind === 'publisher' ? moved : -moved)
  return { amount, atMs: standing.atMs }
}

/** Movements the counter does not count: what was paid in, given, refunded or lost, and day totals of days before counting began. */
const UNCOUNTED_KINDS = [
  'top-up',
  'bonus',
  'wallet-refund',
  'wallet-forfeited',
  'account-lost',
  'payout-returned',
  'clawback-owed',
]

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
    .where((where) =>
      where.or([where('txn.kind', 'in', UNCOUNTED_KINDS), where('txn.rule', '=', 'day-total/before-counter')]),
    )
    .executeTakeFirst()
  return row?.total ?? 0n
}
