/**
 * Rows of tieout's own evidence file → postings: opening balances, counter baselines, top-ups, and day totals of days the
 * network's API cannot give back. What an object comes to in total is its newest row; only the difference is posted.
 */
import { addDays, isoDateInZone, startOfDayMs } from '../../domain/dates.ts'
import type { Units } from '../../domain/money.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { firstApiCounterMs, firstCounter, lastCounter, saveCounter } from '../../evidence/readings.ts'
import { positions } from '../../ledger/positions.ts'
import { draftOf, type BatchContext, type ContextSource } from './context.ts'

export type EvidenceKind = 'opening-balance' | 'opening-counter' | 'top-up' | 'bonus' | 'day-earned' | 'day-spent'

export interface EvidenceRow {
  readonly line: number
  readonly kind: EvidenceKind
  /** A calendar day, or an instant (UTC ms) when the file gave one. */
  readonly when: { readonly date: string } | { readonly atMs: number }
  readonly amount: Units
  readonly reference: string
}

export type RowVerdict =
  | { readonly kind: 'posted'; readonly draft: TransactionDraft }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly reason: string }

export async function bookEvidenceRow(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  row: EvidenceRow,
): Promise<RowVerdict> {
  if (row.amount < 0n) return { kind: 'refused', reason: 'an amount in an evidence file is never negative' }
  switch (row.kind) {
    case 'opening-balance': {
      const kind = source.kind === 'publisher' ? 'opening-receivable' : 'opening-wallet'
      return post(context, source, item, row, { object: 'opening', kind, rule: 'evidence/opening' })
    }
    case 'opening-counter':
      return openCounter(context, source, item, row)
    case 'top-up':
    case 'bonus':
      if (row.reference === '') return { kind: 'refused', reason: `a ${row.kind} needs a reference, or the same one could be booked twice` }
      return post(context, source, item, row, { object: `${row.kind}:${row.reference}`, kind: row.kind, rule: `evidence/${row.kind}` })
    case 'day-earned':
    case 'day-spent':
      return bookDayTotal(context, source, item, row)
  }
}

function dateOf(context: BatchContext, row: EvidenceRow): string {
  return 'date' in row.when ? row.when.date : isoDateInZone(row.when.atMs, context.settings.book.timeZone)
}

async function post(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  row: EvidenceRow,
  as: { readonly object: string; readonly kind: string; readonly rule: string },
): Promise<RowVerdict> {
  const held = (await positions(context.db, context.book, source.id, [as.object])).get(as.object)?.get(as.kind)
  const amount = row.amount - (held?.cumulative ?? 0n)
  if (amount === 0n) return { kind: 'unchanged' }
  const draft = draftOf(context, {
    source,
    ...as,
    version: (held?.version ?? 0) + 1,
    amount,
    cumulative: row.amount,
    effectiveDate: dateOf(context, row),
    evidence: { batch: item.batch, item: item.item },
  })
  return { kind: 'posted', draft }
}

async function openCounter(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  row: EvidenceRow,
): Promise<RowVerdict> {
  const first = await firstCounter(context.db, context.book, source.id)
  if (first !== null) {
    if (first.origin === 'opening' && first.reading.amount === row.amount) return { kind: 'unchanged' }
    return { kind: 'refused', reason: 'counting has already begun for this source; its baseline cannot be changed' }
  }
  const atMs = 'date' in row.when ? startOfDayMs(row.when.date, source.timeZone) : row.when.atMs
  const reading = { impressions: null, clicks: null, amount: row.amount, atMs }
  const place = { batch: item.batch, item: item.item, line: row.line }
  await saveCounter(
    context.db,
    context.book,
    source.id,
    place,
    { reading, accounted: row.amount, origin: 'opening' },
    { name: 'baseline', accepted: true },
  )
  return { kind: 'accepted' }
}

/**
 * A day total is booked only for a day no counter reading covers. Between an opening baseline and the first reading it
 * raises what that reading must show, so the same money is not booked again when the counter is read.
 */
async function bookDayTotal(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  row: EvidenceRow,
): Promise<RowVerdict> {
  const date = dateOf(context, row)
  const as = { object: `day:${date}`, kind: row.kind === 'day-earned' ? 'earn' : 'spend' }
  const endMs = startOfDayMs(addDays(date, 1), source.timeZone)
  const first = await firstCounter(context.db, context.book, source.id)
  const beginsMs = first?.reading.atMs ?? null
  if (beginsMs === null || endMs <= beginsMs) {
    return post(context, source, item, row, { ...as, rule: 'day-total/before-counter' })
  }
  if ((await firstApiCounterMs(context.db, context.book, source.id)) !== null || first?.origin !== 'opening') {
    return { kind: 'refused', reason: `the counter already covers ${date}; booking its total too would count it twice` }
  }
  const verdict = await post(context, source, item, row, { ...as, rule: 'day-total/after-opening' })
  const last = await lastCounter(context.db, context.book, source.id)
  if (verdict.kind === 'posted' && last !== null) {
    const place = { batch: item.batch, item: item.item, line: row.line }
    const state = { reading: last.reading, accounted: last.accounted + verdict.draft.amount, origin: 'day-total' as const }
    await saveCounter(context.db, context.book, source.id, place, state, { name: 'day-total', accepted: true })
  }
  return verdict
}
