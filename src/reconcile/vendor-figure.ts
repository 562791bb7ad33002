/**
 * What the vendor itself says a wallet or receivable comes to: a panel's balance, or an ad network's counter carried on
 * from the opening. Both can be read as they were known at an earlier place of the ledger and the landing.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import { RETURNS } from '../domain/counters/counter-payout.ts'
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
  const readings = db
    .selectFrom('counter_reading')
    .select(['amount', 'origin', 'observed_at_ms'])
    .where('book', '=', book)
    .where('source', '=', control.sourceId)
    .where('batch', '<=', BigInt(known.batch))
  const last = await readings
    .where('origin', '=', 'api')
    .where('decision', '!=', 'rejected')
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(1)
    .executeTakeFirst()
  const first = await readings.orderBy('batch').orderBy('item').orderBy('line').limit(1).executeTakeFirst()
  if (last === undefined || first === undefined) return null
  const moved = last.amount - first.amount - (await jumps(db, book, control, known))
  const unseen = await unshown(db, book, control, known)
  const others = (await otherMovements(db, book, control, known)) - unseen
  const amount = opening + others + (control.kind === 'publisher' ? moved : -moved)
  return { amount, atMs: Number(last.observed_at_ms) }
}

/** What the counter moved by without anything being earned or spent, by the decisions of persons. */
async function jumps(db: Kysely<Tables>, book: bigint, control: ControlAccount, known: Known): Promise<Units> {
  const row = await db
    .selectFrom('counter_verdict')
    .select(sql<bigint>`cast(coalesce(sum(jump), 0) as bigint)`.as('total'))
    .where('book', '=', book)
    .where('source', '=', control.sourceId)
    .where('status', '=', 'accepted')
    .where('decided_batch', '<=', BigInt(known.batch))
    .executeTakeFirst()
  return row?.total ?? 0n
}

/**
 * Payouts that no reading has shown, when the counter is a lifetime total; and what came back of payouts as far as it is part
 * of what the counter moved by: an unpaid balance has to show all of it.
 */
async function unshown(db: Kysely<Tables>, book: bigint, control: ControlAccount, known: Known): Promise<Units> {
  const batch = BigInt(known.batch)
  const mode = await db
    .selectFrom('counter_mode')
    .select('mode')
    .where('book', '=', book)
    .where('source', '=', control.sourceId)
    .where('batch', '<=', batch)
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(1)
    .executeTakeFirst()
  const isUnpaid = mode?.mode === 'unpaid'
  const returns = await db
    .selectFrom('counter_payout')
    .select(['amount', 'shown_batch'])
    .where('book', '=', book)
    .where('source', '=', control.sourceId)
    .where('evidence_batch', '<=', batch)
    .where('payout', 'like', RETURNS)
    .execute()
  const back = returns.reduce((sum, { amount, shown_batch: shown }) => {
    return isUnpaid || (shown !== null && shown <= batch) ? sum + amount : sum
  }, 0n)
  return isUnpaid ? back : back + (await unshownPayouts(db, book, control, known))
}

/** As booked by then: what was due first may have been stated since, by another evidence or with another amount. */
async function unshownPayouts(db: Kysely<Tables>, book: bigint, control: ControlAccount, known: Known): Promise<Units> {
  const row = await db
    .selectFrom('txn')
    .innerJoin('posting', (join) => join.onRef('posting.book', '=', 'txn.book').onRef('posting.seq', '=', 'txn.seq'))
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'posting.book').onRef('account.id', '=', 'posting.account'),
    )
    .innerJoin('counter_payout as paid', (join) =>
      join
        .onRef('paid.book', '=', 'txn.book')
        .onRef('paid.source', '=', 'txn.source')
        .onRef('paid.payout', '=', 'txn.object'),
    )
    .select(sql<bigint>`cast(coalesce(sum(-posting.amount), 0) as bigint)`.as('total'))
    .where('txn.book', '=', book)
    .where('txn.source', '=', control.sourceId)
    .where('txn.kind', 'in', ['payout', 'payout-fee'])
    .where('txn.seq', '<=', BigInt(known.sequence))
    .where('account.key', '=', control.account)
    .where((where) =>
      where.or([where('paid.shown_batch', 'is', null), where('paid.shown_batch', '>', BigInt(known.batch))]),
    )
    .executeTakeFirst()
  return row?.total ?? 0n
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
