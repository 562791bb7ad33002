/**
 * The roll-forward proof of each wallet and receivable: opening + in − out = closing, and closing against what the vendor
 * itself says, to the last digit. A difference in either direction is a difference; an unknown vendor figure is shown as
 * unknown, never as agreement.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { SourceKind } from '../domain/posting-rules.ts'
import type { Units } from '../domain/money/money.ts'

export interface ControlAccount {
  readonly source: string
  readonly sourceId: bigint
  readonly kind: SourceKind
  readonly account: string
  readonly currency: string
}

export interface RollForward {
  readonly source: string
  readonly kind: SourceKind
  readonly account: string
  readonly currency: string
  readonly opening: Units
  readonly in: Units
  readonly out: Units
  readonly closing: Units
  /** Null when the vendor has not said it. */
  readonly vendor: Units | null
  /** vendor − closing; null when the vendor has not said it. */
  readonly difference: Units | null
  /** How the vendor's figure is known: its balance, or its lifetime counter carried on from the opening. */
  readonly basis: 'balance' | 'counter'
  readonly observedAtMs: number | null
}

export async function rollForward(db: Kysely<Tables>, book: bigint, control: ControlAccount): Promise<RollForward> {
  const { source, kind, account, currency } = control
  const opening = await openingOf(db, book, control)
  const moved = await movements(db, book, account, currency)
  const closing = moved.debit - moved.credit
  const vendor =
    kind === 'panel' ? await walletFigure(db, book, control) : await counterFigure(db, book, control, opening)
  return {
    source,
    kind,
    account,
    currency,
    opening,
    in: moved.debit - (opening > 0n ? opening : 0n),
    out: moved.credit + (opening < 0n ? opening : 0n),
    closing,
    vendor: vendor?.amount ?? null,
    difference: vendor === null ? null : vendor.amount - closing,
    basis: kind === 'panel' ? 'balance' : 'counter',
    observedAtMs: vendor?.atMs ?? null,
  }
}

async function openingOf(db: Kysely<Tables>, book: bigint, control: ControlAccount): Promise<Units> {
  const row = await db
    .selectFrom('txn')
    .innerJoin('posting', (join) => join.onRef('posting.book', '=', 'txn.book').onRef('posting.seq', '=', 'txn.seq'))
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'posting.book').onRef('account.id', '=', 'posting.account'),
    )
    .select(sql<bigint>`cast(coalesce(sum(posting.amount), 0) as bigint)`.as('total'))
    .where('txn.book', '=', book)
    .where('txn.source', '=', control.sourceId)
    .where('txn.object', '=', 'opening')
    .where('txn.currency', '=', control.currency)
    .where('account.key', '=', control.account)
    .executeTakeFirst()
  return row?.total ?? 0n
}

async function movements(
  db: Kysely<Tables>,
  book: bigint,
  account: string,
  currency: string,
): Promise<{ readonly debit: Units; readonly credit: Units }> {
  const row = await db
    .selectFrom('balance')
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'balance.book').onRef('account.id', '=', 'balance.account'),
    )
    .select([
      sql<bigint>`cast(coalesce(sum(balance.debit), 0) as bigint)`.as('debit'),
      sql<bigint>`cast(coalesce(sum(balance.credit), 0) as bigint)`.as('credit'),
    ])
    .where('balance.book', '=', book)
    .where('account.key', '=', account)
    .where('balance.currency', '=', currency)
    .executeTakeFirst()
  return { debit: row?.debit ?? 0n, credit: row?.credit ?? 0n }
}

interface VendorFigure {
  readonly amount: Units
  readonly atMs: number
}

async function walletFigure(db: Kysely<Tables>, book: bigint, control: ControlAccount): Promise<VendorFigure | null> {
  const row = await db
    .selectFrom('wallet_reading')
    .select(['balance', 'observed_at_ms'])
    .where('book', '=', book)
    .where('source', '=', control.sourceId)
    .where('currency', '=', control.currency)
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
async function counterFigure(
  db: Kysely<Tables>,
  book: bigint,
  control: ControlAccount,
  opening: Units,
): Promise<VendorFigure | null> {
  const readings = db
    .selectFrom('counter_reading')
    .select(['amount', 'origin', 'observed_at_ms'])
    .where('book', '=', book)
    .where('source', '=', control.sourceId)
  const last = await readings
    .where('origin', '=', 'api')
    .where('decision', '!=', 'rejected')
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(1)
    .executeTakeFirst()
  const first = await readings.orderBy('batch').orderBy('item').orderBy('line').limit(1).executeTakeFirst()
  if (last === undefined || first === undefined) return null
  const moved = last.amount - first.amount - (await jumps(db, book, control))
  const others = (await otherMovements(db, book, control)) - (await unseenPayouts(db, book, control))
  const amount = opening + others + (control.kind === 'publisher' ? moved : -moved)
  return { amount, atMs: Number(last.observed_at_ms) }
}

/** What the counter moved by when a person said that counting starts anew. */
async function jumps(db: Kysely<Tables>, book: bigint, control: ControlAccount): Promise<Units> {
  const row = await db
    .selectFrom('counter_verdict')
    .select(sql<bigint>`cast(coalesce(sum(change), 0) as bigint)`.as('total'))
    .where('book', '=', book)
    .where('source', '=', control.sourceId)
    .where('status', '=', 'accepted')
    .where('decided_as', '=', 'reset')
    .executeTakeFirst()
  return row?.total ?? 0n
}

/** Payouts that no reading has shown, when the counter is a lifetime total. */
async function unseenPayouts(db: Kysely<Tables>, book: bigint, control: ControlAccount): Promise<Units> {
  const mode = await db
    .selectFrom('counter_mode')
    .select('mode')
    .where('book', '=', book)
    .where('source', '=', control.sourceId)
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (mode?.mode === 'unpaid') return 0n
  const row = await db
    .selectFrom('counter_payout')
    .select(sql<bigint>`cast(coalesce(sum(amount), 0) as bigint)`.as('total'))
    .where('book', '=', book)
    .where('source', '=', control.sourceId)
    .where('shown_batch', 'is', null)
    .executeTakeFirst()
  return row?.total ?? 0n
}

/** Movements the counter does not count: top-ups and bonuses, and day totals of days before counting began. */
async function otherMovements(db: Kysely<Tables>, book: bigint, control: ControlAccount): Promise<Units> {
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
    .where('account.key', '=', control.account)
    .where(sql<boolean>`(txn.kind in ('top-up', 'bonus') or txn.rule = 'day-total/before-counter')`)
    .executeTakeFirst()
  return row?.total ?? 0n
}
