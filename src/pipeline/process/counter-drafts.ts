/**
 * A counter's change as postings: dated on the day that ended, over missed days in one entry that says so, split over
 * months as an estimate, and linked to the day it corrects when that is known.
 */
import type { CounterDecision } from '../../domain/counters/counter.ts'
import { restatedRule, undoneDay } from '../../domain/counters/counter-restatement.ts'
import { splitByMonth, type Split } from '../../domain/counters/counter-split.ts'
import { addDays } from '../../domain/time/dates.ts'
import type { Evidence, IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import { bookedChanges } from '../../evidence/counter-verdicts.ts'
import { impressionsBetween, isReadBetween } from '../../evidence/readings.ts'
import { positions } from '../../ledger/positions.ts'
import { draftOf, raise } from './context.ts'
import type { GatheredFacts } from './counter-facts.ts'
import type { CounterWork, Decided } from './counter-work.ts'

/** The counter is one object per source; what rises and falls are two kinds, so neither cumulative ever falls. */
export const COUNTER_NAMES = {
  publisher: { rise: 'earn', fall: 'clawback', object: 'counter:earnings' },
  advertiser: { rise: 'spend', fall: 'spend-credit', object: 'counter:spent' },
} as const

type Change = Extract<CounterDecision, { kind: 'rise' | 'fall' }>

/** The drafts of one change, numbered after what the work has drafted so far. `decided`: by a person. */
export async function changeDrafts(
  work: CounterWork,
  place: Evidence,
  facts: GatheredFacts,
  change: Change,
  decided: Decided | null,
): Promise<readonly TransactionDraft[]> {
  const original = decided?.day ?? (await correctedDay(work, facts, change))
  const { span, day } = facts
  const covers = span === null ? '' : `covers ${span.from}..${span.to}`
  const accepted = decided === null ? '' : `accepted as ${decided.human.as} by ${decided.human.by}`
  const split = original === null ? await splitOf(work, facts, change) : null
  await disclose(work, facts, change, split)
  if (split !== null) {
    return split.parts.map(({ amount, date, from }) => {
      const memo = memoOf(covers, `estimate for ${from}..${date}, by ${split.by}`, accepted)
      return draft(work, place, { ...change, amount, rule: 'counter/rise-estimated' }, date, memo)
    })
  }
  const rule = restatedRule(change.rule, day, original)
  const memo = memoOf(covers, original === null ? '' : `corrects ${original}`, accepted)
  return [draft(work, place, { ...change, rule }, day, memo)]
}

function memoOf(...parts: readonly string[]): string {
  return parts.filter((text) => text !== '').join('; ')
}

function draft(work: CounterWork, place: Evidence, change: Change, date: IsoDate, memo: string): TransactionDraft {
  const { context, source, held } = work
  const names = COUNTER_NAMES[source.kind === 'publisher' ? 'publisher' : 'advertiser']
  const kind = names[change.kind]
  const before = held.get(kind) ?? { version: 0, cumulative: 0n }
  const after = { version: before.version + 1, cumulative: before.cumulative + change.amount }
  held.set(kind, after)
  const { amount, rule } = change
  return draftOf(context, {
    source,
    object: names.object,
    kind,
    ...after,
    amount,
    effectiveDate: date,
    rule,
    memo,
    evidence: place,
  })
}

async function disclose(
  { context, source, item }: CounterWork,
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
  const detail = `${missing} between ${span.from} and ${span.to}; ${counted}`
  await raise(context, item, {
    source: source.name,
    code: 'COUNTER_GAP',
    object: `days:${span.from}..${span.to}`,
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
