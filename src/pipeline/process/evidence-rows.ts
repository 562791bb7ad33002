/**
 * Rows of tieout's own evidence file → postings: opening balances, counter baselines, top-ups, and day totals of days the
 * network's API cannot give back. What an object comes to in total is its newest row; only the difference is posted.
 */
import { sql } from 'kysely'
import { addDays, isoDateInZone, startOfDayMs } from '../../domain/time/dates.ts'
import { formatMoney, type Units } from '../../domain/money/money.ts'
import { DECIDED_KINDS, findPostingRule } from '../../domain/posting-rules.ts'
import type { Evidence, IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { savePayout, saveStated } from '../../evidence/counter-payouts.ts'
import { saveReturned } from '../../evidence/counter-returns.ts'
import {
  firstApiCounterMs,
  firstCounter,
  lastCounter,
  saveCounter,
  type CounterState,
} from '../../evidence/readings.ts'
import { positions } from '../../ledger/positions.ts'
import { saveOpening } from '../../panels/store/wallet-opening.ts'
import type { EvidenceRow } from '../../sources/evidence-file/row.ts'
import { checkMinimum } from './minimums.ts'
import { RETURN_RULE } from './open-items.ts'
import { knownPayout, statedPayout } from './stated-payout.ts'
import { takeDayTotal } from './counter-day-total.ts'
import { draftOf, evidenceOf, type BatchContext, type ContextSource } from './context.ts'
import { bookAnew } from './panel-statuses.ts'

export type RowVerdict =
  /** `from`: the first reading that is to be judged again, because what it showed is known no more. */
  | { readonly kind: 'posted'; readonly drafts: readonly TransactionDraft[]; readonly from?: Evidence | null }
  /** `decides`: it is a word about a reading of the source's counter, which is to be judged again. */
  | { readonly kind: 'accepted'; readonly decides?: true }
  | { readonly kind: 'unchanged' }
  /** `isDuplicate`: it is booked already, or covered otherwise. `day`: it is about an undecided reading of that day. */
  | { readonly kind: 'refused'; readonly reason: string; readonly isDuplicate?: true; readonly day?: IsoDate }

/** `line` numbers the rows of one item in the order they are booked. */
export async function bookEvidenceRow(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  line: number,
  row: EvidenceRow,
): Promise<RowVerdict> {
  const missing = ruleMissing(context, source, row)
  if (missing !== null) return { kind: 'refused', reason: missing }
  const verdict = await bookByKind(context, source, item, line, row)
  if (verdict.kind === 'posted') await checkMinimum(context, item, source, row)
  return verdict
}

async function bookByKind(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  line: number,
  row: EvidenceRow,
): Promise<RowVerdict> {
  switch (row.kind) {
    case 'opening-balance': {
      const kind = source.kind === 'publisher' ? 'opening-receivable' : 'opening-wallet'
      const about = { object: 'opening', rule: 'evidence/opening', totals: { [kind]: row.amount } }
      const verdict = await post(context, source, item, row, about)
      return source.kind === 'panel' ? reopen(context, source, item, row, verdict) : verdict
    }
    case 'opening-counter':
      return openCounter(context, source, item, line, row)
    case 'top-up':
    case 'bonus':
    case 'wallet-refund':
    case 'wallet-forfeited':
    case 'account-lost': {
      const object = `${row.kind}:${row.reference}`
      return post(context, source, item, row, {
        object,
        rule: `evidence/${row.kind}`,
        totals: { [row.kind]: row.amount },
      })
    }
    case 'payout':
    case 'payout-fee':
      return bookPayout(context, source, item, row)
    case 'payout-returned':
      return bookReturn(context, source, item, row)
    case 'day-earned':
    case 'day-spent':
      return bookDayTotal(context, source, item, line, row)
  }
}

/** W0: which orders an opening holds depends on its day, so all that were answered about are decided anew. */
async function reopen(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  row: EvidenceRow,
  verdict: RowVerdict,
): Promise<RowVerdict> {
  const opening = { balance: row.amount, day: dateOf(context, row) }
  if (!(await saveOpening(context.db, { book: context.book, source: source.id }, opening))) return verdict
  const booking = { evidence: evidenceOf(item), atMs: item.fetchedAtMs, previousPassMs: null, isAnew: true }
  const anew = await bookAnew(context, source, booking, sql<boolean>`status is not null`)
  const posted = verdict.kind === 'posted' ? [...verdict.drafts, ...anew] : anew
  return posted.length === 0 ? { kind: 'accepted' } : { kind: 'posted', drafts: posted }
}

/** Posting rules written before there was such a row: the batch must not stop for good because of it. */
function ruleMissing(context: BatchContext, source: ContextSource, { kind }: EvidenceRow): string | null {
  if (!DECIDED_KINDS.has(kind)) return null
  if (findPostingRule(context.rules, { sourceKind: source.kind, kind }) !== undefined) return null
  return `posting-rules.yaml has no rule for the ${source.kind} kind ${kind}; add it as in the package's own file, and import the row in a new file`
}

function dateOf(context: BatchContext, row: EvidenceRow): string {
  return row.time.kind === 'date' ? row.time.date : isoDateInZone(row.time.ms, context.settings.book.timeZone)
}

interface Statement {
  readonly object: string
  readonly rule: string
  /** Transaction kind to what the object comes to in total. */
  readonly totals: Readonly<Record<string, Units>>
}

/** Posts the difference between what is stated and what is booked, for each kind. */
async function post(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  row: EvidenceRow,
  { object, rule, totals }: Statement,
): Promise<RowVerdict> {
  const held = (await positions(context.db, context.book, source.id, [object])).get(object)
  const drafts = Object.entries(totals).flatMap(([kind, cumulative]) => {
    const position = held?.get(kind)
    const amount = cumulative - (position?.cumulative ?? 0n)
    if (amount === 0n) return []
    const version = (position?.version ?? 0) + 1
    const effectiveDate = dateOf(context, row)
    const evidence = { batch: item.batch, item: item.item }
    return [
      draftOf(context, {
        source,
        object,
        kind,
        version,
        amount,
        cumulative,
        effectiveDate,
        rule,
        memo: row.note,
        evidence,
      }),
    ]
  })
  return drafts.length === 0 ? { kind: 'unchanged' } : { kind: 'posted', drafts }
}

/** A payout lowers what the network owes; a reading that has shown it already is not booked differently afterwards. */
async function bookPayout(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  row: EvidenceRow,
): Promise<RowVerdict> {
  const { reference, amount } = row
  const date = dateOf(context, row)
  const stated = await statedPayout(context, source, { kind: row.kind, reference, amount, date })
  if (stated.kind === 'refused') return stated
  const { object } = stated
  const totals = { [row.kind]: row.amount }
  const payout = { key: object, reference, amount, date }
  if (await savePayout(context.db, context.book, source.id, payout, evidenceOf(item))) {
    return post(context, source, item, row, { object, rule: `evidence/${row.kind}`, totals })
  }
  if (await isBooked(context, source, object, totals)) {
    await saveStated(context.db, context.book, source.id, payout, evidenceOf(item))
    return { kind: 'unchanged' }
  }
  return { kind: 'refused', reason: 'a reading of the counter has shown this payout with another amount already' }
}

/** A payout that never arrived or came back is owed again; the payout itself stays what it was. */
async function bookReturn(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  row: EvidenceRow,
): Promise<RowVerdict> {
  const payout = await knownPayout(context, source, row.reference)
  if (payout === null) return { kind: 'refused', reason: `no payout with the reference ${row.reference} is known` }
  if (row.amount > payout.amount) {
    return {
      kind: 'refused',
      reason: `the payout ${row.reference} was ${formatMoney(payout.amount)}; more cannot come back`,
    }
  }
  const { key: object } = payout
  const totals = { 'payout-returned': row.amount }
  const verdict = await post(context, source, item, row, { object, rule: RETURN_RULE, totals })
  const all = { payout: object, total: row.amount, date: dateOf(context, row), evidence: evidenceOf(item) }
  const from = await saveReturned(context.db, context.book, source.id, all)
  return verdict.kind === 'posted' ? { ...verdict, from } : verdict
}

/** True when the ledger holds just these totals, and has ever held anything, for the object. */
async function isBooked(
  context: BatchContext,
  source: ContextSource,
  object: string,
  totals: Statement['totals'],
): Promise<boolean> {
  const held = (await positions(context.db, context.book, source.id, [object])).get(object)
  if (held === undefined) return false
  return Object.entries(totals).every(([kind, total]) => (held.get(kind)?.cumulative ?? 0n) === total)
}

/** Why a baseline stated after counting began is not taken, and what of it is in no book because of that. */
function lateBaseline(source: ContextSource, first: CounterState, row: EvidenceRow): string {
  const { amount, atMs } = first.reading
  const began = isoDateInZone(atMs, source.timeZone)
  const said = `counting began with ${formatMoney(amount)} on ${began}; its baseline cannot be changed`
  const missing = amount - row.amount
  if (first.origin !== 'api' || missing <= 0n) return said
  const kind = source.kind === 'publisher' ? 'day-earned' : 'day-spent'
  return `${said}. ${formatMoney(missing)} lies between and is not booked: state the days before ${began} as ${kind} rows, and enter the rest in the company by hand`
}

async function openCounter(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  line: number,
  row: EvidenceRow,
): Promise<RowVerdict> {
  const first = await firstCounter(context.db, context.book, source.id)
  if (first !== null) {
    if (first.origin === 'opening' && first.reading.amount === row.amount) return { kind: 'unchanged' }
    return { kind: 'refused', reason: lateBaseline(source, first, row) }
  }
  const atMs = row.time.kind === 'date' ? startOfDayMs(row.time.date, source.timeZone) : row.time.ms
  const reading = { impressions: null, clicks: null, amount: row.amount, atMs }
  const place = { batch: item.batch, item: item.item, line }
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
 * A day total is booked by itself only for a day no counter reading covers; of an undecided one it is evidence. Between
 * an opening baseline and the first reading it raises what that reading must show, so the same money is not booked
 * again when the counter is read.
 */
async function bookDayTotal(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  line: number,
  row: EvidenceRow,
): Promise<RowVerdict> {
  const date = row.time.kind === 'date' ? row.time.date : isoDateInZone(row.time.ms, source.timeZone)
  const [up, down] = row.kind === 'day-earned' ? ['earn', 'clawback'] : ['spend', 'spend-credit']
  const totals = { [up]: row.amount > 0n ? row.amount : 0n, [down]: row.amount < 0n ? -row.amount : 0n }
  const endMs = startOfDayMs(addDays(date, 1), source.timeZone)
  const first = await firstCounter(context.db, context.book, source.id)
  if (first === null || endMs <= first.reading.atMs) {
    return post(context, source, item, row, { object: `day:${date}`, rule: 'day-total/before-counter', totals })
  }
  if (first.origin !== 'opening' || (await firstApiCounterMs(context.db, context.book, source.id)) !== null) {
    if (await isBooked(context, source, `day:${date}`, totals)) return { kind: 'unchanged' }
    const taken = await takeDayTotal(context, source, item, { date, amount: row.amount })
    if (taken.kind === 'decides') return { kind: 'accepted', decides: true }
    if (taken.kind === 'asks') return { kind: 'refused', reason: taken.reason, day: date }
    const reason = `the counter already covers ${date}; booking its total too would count it twice`
    return { kind: 'refused', reason, isDuplicate: true }
  }
  const verdict = await post(context, source, item, row, {
    object: `day:${date}`,
    rule: 'day-total/after-opening',
    totals,
  })
  const last = await lastCounter(context.db, context.book, source.id)
  if (verdict.kind === 'posted' && last !== null) {
    const moved = verdict.drafts.reduce((sum, draft) => sum + (draft.kind === up ? draft.amount : -draft.amount), 0n)
    const place = { batch: item.batch, item: item.item, line }
    const state = { reading: last.reading, accounted: last.accounted + moved, origin: 'day-total' as const }
    await saveCounter(context.db, context.book, source.id, place, state, { name: 'day-total', accepted: true })
  }
  return verdict
}
