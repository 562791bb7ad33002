/**
 * A counter's change as postings: dated on the day that ended, over missed days in one entry that says so, split over
 * months as an estimate, and linked to the day it corrects when that is known. What a later decision makes wrong is
 * reversed on the day it was booked on.
 */
import type { CounterDecision } from '../../domain/counters/counter.ts'
import { restatedRule, undoneDay } from '../../domain/counters/counter-restatement.ts'
import { splitByMonth, type Split } from '../../domain/counters/counter-split.ts'
import { formatMoney } from '../../domain/money/money.ts'
import { addDays } from '../../domain/time/dates.ts'
import type { Evidence, IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import { bookedChanges } from '../../evidence/counter-verdicts.ts'
import { impressionsBetween, isReadBetween } from '../../evidence/readings.ts'
import { positions } from '../../ledger/positions.ts'
import { draftOf, raise } from './context.ts'
import type { GatheredFacts } from './counter-facts.ts'
import { nameOf, type Outcome } from './counter-outcome.ts'
import type { CounterWork, WantedChange } from './counter-work.ts'

/** The counter is one object per source; what rises and falls are two kinds, so that what was taken back is seen as such. */
export const COUNTER_NAMES = {
  publisher: { rise: 'earn', fall: 'clawback', object: 'counter:earnings' },
  advertiser: { rise: 'spend', fall: 'spend-credit', object: 'counter:spent' },
} as const

type Change = Extract<CounterDecision, { kind: 'rise' | 'fall' }>

/** What one reading comes to, by day; nothing when nothing is booked of it. */
export async function changesOf(
  work: CounterWork,
  place: Evidence,
  facts: GatheredFacts,
  { decision: change, said, verdict }: Outcome,
): Promise<readonly WantedChange[]> {
  if (change.kind !== 'rise' && change.kind !== 'fall') return []
  const original = said?.day ?? (await correctedDay(work, facts, change))
  const { span, day, open } = facts
  const covers = span === null ? '' : `covers ${span.from}..${span.to}`
  const accepted = said === null ? '' : `accepted as ${said.human.as} by ${said.human.by}`
  const isProvisional = verdict.role === 'provisional' && open !== null
  const provisional = isProvisional ? `provisional while reading ${nameOf(open.falls[0].place)} is undecided` : ''
  const split = original === null ? await splitOf(work, facts, change) : null
  await disclose(work, facts, change, split)
  const kind = COUNTER_NAMES[work.source.kind === 'publisher' ? 'publisher' : 'advertiser'][change.kind]
  if (split !== null) {
    return split.parts.map(({ amount, date, from }) => {
      const memo = memoOf(covers, `estimate for ${from}..${date}, by ${split.by}`, provisional, accepted)
      return { place, kind, amount, date, rule: 'counter/rise-estimated', memo }
    })
  }
  const rule = restatedRule(change.rule, day, original)
  const memo = memoOf(covers, original === null ? '' : `corrects ${original}`, provisional, accepted)
  return [{ place, kind, amount: change.amount, date: day, rule, memo }]
}

function memoOf(...parts: readonly string[]): string {
  return parts.filter((text) => text !== '').join('; ')
}

/**
 * Drafts the difference between what the judged readings come to and what is posted of them, per reading, kind and day.
 * `isNew`: the reading has just come, so nothing can be posted of it.
 */
export async function draftDifferences(work: CounterWork, isNew: boolean): Promise<void> {
  const { wanted, from } = work
  if (from === null) return
  const open = new Map<string, WantedChange>()
  for (const each of wanted) open.set(keyOf(each), each)
  for (const posted of isNew ? [] : await postedFrom(work, from)) {
    const key = keyOf(posted)
    const now = open.get(key)
    const amount = (now?.amount ?? 0n) - posted.amount
    if (amount === 0n) open.delete(key)
    else if (amount > 0n && now !== undefined) open.set(key, { ...now, amount })
    else open.set(key, { ...posted, amount, rule: 'counter/reversal', memo: reversalMemo(posted, now) })
  }
  for (const each of open.values()) if (each.amount !== 0n) work.drafts.push(draft(work, each))
}

function reversalMemo({ place, amount }: Posted, now: WantedChange | undefined): string {
  const left = now === undefined ? 'nothing of it stands now' : `${formatMoney(now.amount)} of it stands: ${now.memo}`
  return memoOf(`reverses what was booked of reading ${nameOf(place)} (${formatMoney(amount)})`, left)
}

type Posted = Pick<WantedChange, 'place' | 'kind' | 'amount' | 'date'>

/** What is posted of readings from a place on, in the order it was first posted. */
async function postedFrom(
  { context: { db, book }, source }: CounterWork,
  { batch, item }: Evidence,
): Promise<readonly Posted[]> {
  const { object } = COUNTER_NAMES[source.kind === 'publisher' ? 'publisher' : 'advertiser']
  const rows = await db
    .selectFrom('txn')
    .select(['kind', 'amount', 'effective_date', 'evidence_batch', 'evidence_item'])
    .where('book', '=', book)
    .where('source', '=', source.id)
    .where('object', '=', object)
    .where((eb) => eb(eb.refTuple('evidence_batch', 'evidence_item'), '>=', eb.tuple(BigInt(batch), BigInt(item))))
    .orderBy('seq')
    .execute()
  const sums = new Map<string, Posted>()
  for (const row of rows) {
    const place = { batch: Number(row.evidence_batch), item: Number(row.evidence_item) }
    const each = { place, kind: row.kind, amount: row.amount, date: row.effective_date }
    const before = sums.get(keyOf(each))
    sums.set(keyOf(each), { ...each, amount: each.amount + (before?.amount ?? 0n) })
  }
  return [...sums.values()].filter(({ amount }) => amount !== 0n)
}

function keyOf({ place, kind, date }: Pick<WantedChange, 'place' | 'kind' | 'date'>): string {
  return `${nameOf(place)} ${kind} ${date}`
}

function draft(work: CounterWork, { place, kind, amount, date, rule, memo }: WantedChange): TransactionDraft {
  const { context, source, held } = work
  const { object } = COUNTER_NAMES[source.kind === 'publisher' ? 'publisher' : 'advertiser']
  const before = held.get(kind) ?? { version: 0, cumulative: 0n }
  const after = { version: before.version + 1, cumulative: before.cumulative + amount }
  held.set(kind, after)
  return draftOf(context, { source, object, kind, ...after, amount, effectiveDate: date, rule, memo, evidence: place })
}

async function disclose(
  { context, source, item, gaps }: CounterWork,
  { span, previous, next }: GatheredFacts,
  change: Change,
  split: Split | null,
): Promise<void> {
  if (span === null || previous === null) return
  const counted =
    split === null
      ? `the whole change counts on ${span.to}`
      : `the change is split over the months by ${split.by}, as an estimate`
  const isRead = await isReadBetween(context.db, context.book, source.id, previous.atMs, next.atMs)
  const missing = isRead ? 'no reading that was accepted' : 'no reading'
  const object = `days:${span.from}..${span.to}`
  gaps.add(object)
  const detail = `${missing} between ${span.from} and ${span.to}; ${counted}`
  await raise(context, item, {
    source: source.name,
    code: 'COUNTER_GAP',
    object,
    amount: change.amount,
    currency: source.currency,
    detail,
  })
}

/** A clawback or a re-post that undoes exactly one earlier change corrects that day; ordinary rises correct nothing. */
async function correctedDay(work: CounterWork, facts: GatheredFacts, change: Change): Promise<IsoDate | null> {
  if (change.rule === 'counter/rise' || !facts.policy.splitsAndLinks) return null
  const { context, source } = work
  const earlier = await bookedChanges(context.db, context.book, source.id)
  return undoneDay(change.kind === 'rise' ? change.amount : -change.amount, facts.day, earlier)
}

async function splitOf(work: CounterWork, facts: GatheredFacts, change: Change): Promise<Split | null> {
  const { span, previous, next, policy } = facts
  if (span === null || previous === null || change.rule !== 'counter/rise' || !policy.splitsAndLinks) return null
  const { context, source } = work
  const points = await impressionsBetween(context.db, context.book, source.id, previous.atMs, next.atMs)
  return splitByMonth(change.amount, span, points, source.timeZone, await bookedDays(work, span))
}

/** Days of the span whose own totals are in the books: what is left belongs to the others. */
async function bookedDays(
  { context, source }: CounterWork,
  span: { readonly from: IsoDate; readonly to: IsoDate },
): Promise<ReadonlySet<IsoDate>> {
  const days: IsoDate[] = []
  for (let day = span.from; day <= span.to; day = addDays(day, 1)) days.push(day)
  const objects = days.map((day) => `day:${day}`)
  const known = await positions(context.db, context.book, source.id, objects)
  return new Set(days.filter((day) => known.has(`day:${day}`)))
}
