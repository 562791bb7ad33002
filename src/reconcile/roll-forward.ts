/**
 * The roll-forward proof of each wallet and receivable: opening + in − out = closing, and closing against what the vendor
 * itself says, to the last digit. A difference in either direction is a difference; an unknown vendor figure is shown as
 * unknown, never as agreement.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { SourceKind } from '../domain/posting-rules.ts'
import type { Units } from '../domain/money/money.ts'
import type { CounterMode } from '../payelancer/rules/reading.ts'
import { counterKnown, heldOf, type HeldCounter } from './held-counters.ts'
import { balancesWithin } from '../ledger/known-at.ts'
import { counterFigure, walletFigure } from './vendor-figure.ts'

export interface ControlAccount {
  readonly source: string
  readonly sourceId: bigint
  readonly kind: SourceKind
  readonly account: string
  readonly currency: string
  /** Of a publisher: whether its counter falls when it is paid; null while nobody has said so. */
  readonly mode: CounterMode | null
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
  /** Readings of the counter that wait for a person; null when none does. */
  readonly held: HeldCounter | null
}

/** How far the proof looks: everything, unless it is asked what was known at an earlier place. */
export interface Known {
  /** The last sequence of the ledger that counts. */
  readonly sequence: number
  /** The last batch of the landing that counts. */
  readonly batch: number
}

export const ALL_KNOWN: Known = { sequence: Number.MAX_SAFE_INTEGER, batch: Number.MAX_SAFE_INTEGER }

export async function rollForward(
  db: Kysely<Tables>,
  book: bigint,
  control: ControlAccount,
  known: Known = ALL_KNOWN,
): Promise<RollForward> {
  const { source, kind, account, currency } = control
  const opening = await openingOf(db, book, control, known)
  const moved = await movements(db, book, control, known)
  const closing = moved.debit - moved.credit
  const of = { book, source: control.sourceId }
  const counter =
    kind === 'panel' ? null : await counterKnown(db, of, { mode: modeOf(control), throughBatch: known.batch })
  const vendor =
    counter === null
      ? await walletFigure(db, book, control, known)
      : await counterFigure(db, book, control, opening, { ...known, counter })
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
    held: counter === null ? null : heldOf(counter),
  }
}

/** An advertiser's counter is never paid out. */
function modeOf({ kind, mode }: ControlAccount): CounterMode | null {
  return kind === 'publisher' ? mode : 'lifetime'
}

async function openingOf(db: Kysely<Tables>, book: bigint, control: ControlAccount, known: Known): Promise<Units> {
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
    .where('txn.seq', '<=', BigInt(known.sequence))
    .where('account.key', '=', control.account)
    .executeTakeFirst()
  return row?.total ?? 0n
}

async function movements(
  db: Kysely<Tables>,
  book: bigint,
  { account, currency }: ControlAccount,
  { sequence }: Known,
): Promise<{ readonly debit: Units; readonly credit: Units }> {
  const rows = await balancesWithin(db, { id: book, name: '' }, { account, sequence })
  return rows.find((row) => row.currency === currency) ?? { debit: 0n, credit: 0n }
}
