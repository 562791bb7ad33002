/**
 * Rows of tieout's own evidence file → postings: opening balances, counter baselines, top-ups, and day totals of days the
 * network's API cannot give back. What an object comes to in total is its newest row; only the difference is posted.
 */
import { sql } from 'kysely'
import { isoDateInZone, startOfDayMs } from '../../domain/time/dates.ts'
import { formatMoney, type Units } from '../../domain/money/money.ts'
import { DECIDED_KINDS, findPostingRule } from '../../domain/posting-rules.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { loadCounter, saveStated } from '../../payelancer/store/counter-facts.ts'
import { savePayout, saveReturned } from '../../payelancer/store/payouts.ts'
import { saveOpening } from '../../panels/store/wallet-opening.ts'
import type { EvidenceRow } from '../../sources/evidence-file/row.ts'
import { checkMinimum } from './minimums.ts'
import { RETURN_RULE } from './open-items.ts'
import { statedTopUp } from './line-as-top-up.ts'
import { knownPayout, statedPayout } from './stated-payout.ts'
import { draftsOf, vendorWant } from '../engine/want.ts'
import { evidenceOf, type BatchContext, type ContextSource } from './context.ts'
import { bookAnew } from './panel-statuses.ts'
import type { RuleNumber } from '../../domain/rule-book.ts'

export type RowVerdict =
  | { readonly kind: 'posted'; readonly drafts: readonly TransactionDraft[] }
  /** Kept as a fact: what it comes to is worked out afterwards. */
  | { readonly kind: 'accepted' }
  | { readonly kind: 'unchanged' }
  /** `isDuplicate`: it is booked already, or covered otherwise. */
  | { readonly kind: 'refused'; readonly reason: string; readonly isDuplicate?: true }

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
      const about = { object: 'opening', rule: 'W0', totals: { [kind]: row.amount } } as const
      const verdict = await post(context, source, item, row, about)
      return source.kind === 'panel' ? reopen(context, source, item, row, verdict) : verdict
    }
    case 'opening-counter':
      return openCounter(context, source, item, line, row)
    case 'top-up': {
      const { reference, amount } = row
      const object = await statedTopUp(context, item, source, { reference, amount, date: dateOf(context, row) })
      return post(context, source, item, row, { object, rule: 'T1', totals: { 'top-up': amount } })
    }
    case 'bonus':
    case 'wallet-refund':
    case 'wallet-forfeited':
    case 'account-lost': {
      const object = `${row.kind}:${row.reference}`
      return post(context, source, item, row, {
        object,
        rule: 'E1',
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
  readonly rule: RuleNumber
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
  const about = { object, rule, date: dateOf(context, row), memo: row.note, evidence: evidenceOf(item) }
  const wants = Object.entries(totals).map(([kind, total]) => vendorWant(context, source, { ...about, kind, total }))
  const drafts = await draftsOf(context, wants)
  return drafts.length === 0 ? { kind: 'unchanged' } : { kind: 'posted', drafts }
}

/** A payout lowers what the network owes; whether its counter shows it is worked out afterwards. */
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
  const of = { book: context.book, source: source.id }
  await savePayout(context.db, of, { key: object, reference, amount, date }, 'stated', evidenceOf(item))
  return post(context, source, item, row, { object, rule: 'E1', totals: { [row.kind]: row.amount } })
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
  await saveReturned(context.db, { book: context.book, source: source.id }, all)
  return verdict
}

/** C0: one stated later replaces the first reading; all is worked out anew. */
async function openCounter(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  line: number,
  row: EvidenceRow,
): Promise<RowVerdict> {
  const of = { book: context.book, source: source.id }
  const day = row.time.kind === 'date' ? row.time.date : isoDateInZone(row.time.ms, source.timeZone)
  const atMs = row.time.kind === 'date' ? startOfDayMs(row.time.date, source.timeZone) : row.time.ms
  const { opening, readings } = await loadCounter(context.db, of, null)
  if (opening?.amount === row.amount && opening.readOn === day) return { kind: 'unchanged' }
  const [first] = readings
  if (first !== undefined && first.atMs <= atMs) {
    const reason = `the counter was first read on ${first.readOn}, and an opening is what it showed before; state one of an earlier day`
    return { kind: 'refused', reason }
  }
  await saveStated(context.db, of, { ...evidenceOf(item), line }, { origin: 'opening', day, atMs, amount: row.amount })
  return { kind: 'accepted' }
}

/** C5: it divides what the counter moved by; of a day before counting began it is booked by itself. */
async function bookDayTotal(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  line: number,
  row: EvidenceRow,
): Promise<RowVerdict> {
  const of = { book: context.book, source: source.id }
  const day = row.time.kind === 'date' ? row.time.date : isoDateInZone(row.time.ms, source.timeZone)
  const { dayTotals } = await loadCounter(context.db, of, null)
  if (dayTotals.some((total) => total.day === day && total.amount === row.amount)) return { kind: 'unchanged' }
  const atMs = startOfDayMs(day, source.timeZone)
  await saveStated(
    context.db,
    of,
    { ...evidenceOf(item), line },
    { origin: 'day-total', day, atMs, amount: row.amount },
  )
  return { kind: 'accepted' }
}
