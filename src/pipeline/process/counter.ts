/**
 * Working one counter out: the fold says what its readings come to with all that is known now, and the difference to what
 * is posted is posted. A reading, an answer, a payout, a stated day or opening all end here.
 */
import type { IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import type { Units } from '../../domain/money/money.ts'
import type { Evidence } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { dueKey } from '../../payelancer/rules/c4-answers.ts'
import { foldCounter, type CounterOutcome, type Judged } from '../../payelancer/rules/counter.ts'
import type { CounterFacts } from '../../payelancer/rules/reading.ts'
import { loadCounter, nameOf, placeOf } from '../../payelancer/store/counter-facts.ts'
import { bring, draftsOf, vendorWant, type Want } from '../engine/want.ts'
import { evidenceOf, type BatchContext, type ContextSource } from './context.ts'
import { tellCounter } from './counter-items.ts'
import { bringPayouts, type ShownPayout } from './counter-payouts.ts'
import type { RuleNumber } from '../../domain/rule-book.ts'

/** The counter is one object per source; what rises and falls are two kinds, so that what was taken back is seen as such. */
export const COUNTER_NAMES = {
  publisher: { up: 'earn', down: 'clawback', object: 'counter:earnings' },
  advertiser: { up: 'spend', down: 'spend-credit', object: 'counter:spent' },
} as const

export type CounterReader = Pick<BatchContext, 'book' | 'rules' | 'settings' | 'sourceIds'> & {
  readonly db: Parameters<typeof loadCounter>[0]
}

export interface WorkedCounter {
  readonly facts: CounterFacts
  readonly outcome: CounterOutcome
}

/** An advertiser's counter is never paid out. */
export async function readCounter({ db, book }: CounterReader, source: ContextSource): Promise<WorkedCounter> {
  const mode = source.kind === 'publisher' ? (source.counterMode ?? null) : 'lifetime'
  const facts = await loadCounter(db, { book, source: source.id }, mode)
  return { facts, outcome: foldCounter(facts) }
}

/**
 * Posts what differs, and opens and closes its items. To be called once an item and source, after all else is kept.
 * `posting`: what the same item posts besides.
 */
export async function workOutCounter(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  posting: readonly TransactionDraft[] = [],
): Promise<readonly TransactionDraft[]> {
  const worked = await readCounter(context, source)
  const drafts = [
    ...(await counterDrafts(context, source, worked)),
    ...(isOpened(source, posting) ? [] : await openingDrafts(context, source, item, worked)),
    ...(await bringPayouts(context, source, item, shownPayouts(worked))),
  ]
  await tellCounter(context, source, item, worked)
  return drafts
}

/** What the readings, and the stated days before counting began, come to beyond what is posted. Only reads. */
export async function counterDrafts(
  context: CounterReader,
  source: ContextSource,
  { facts, outcome }: WorkedCounter,
): Promise<readonly TransactionDraft[]> {
  const names = COUNTER_NAMES[source.kind === 'publisher' ? 'publisher' : 'advertiser']
  const open = new Map<string, Wanted>()
  for (const each of outcome.judged.flatMap((judged) => wantedOf(judged, names))) {
    const before = open.get(keyOf(each))
    open.set(keyOf(each), before === undefined ? each : { ...each, amount: before.amount + each.amount })
  }
  for (const posted of await postedOf(context, source, names.object)) {
    const now = open.get(keyOf(posted))
    const amount = (now?.amount ?? 0n) - posted.amount
    const memo = now?.memo ?? 'nothing of it stands now'
    open.set(keyOf(posted), { ...posted, amount, rule: now?.rule ?? 'C4', memo })
  }
  const wants = [...open.values()].map(({ place, kind, amount, date, rule, memo }) => {
    const total = (booked: Units): Units => booked + amount
    return vendorWant(context, source, { object: names.object, kind, total, date, rule, memo, evidence: place })
  })
  return draftsOf(context, [...wants, ...earlierDays(context, source, { facts, outcome })])
}

interface Wanted {
  readonly place: Evidence
  readonly kind: string
  readonly amount: Units
  readonly date: IsoDate
  readonly rule: RuleNumber
  readonly memo: string
}

function wantedOf(judged: Judged, names: { readonly up: string; readonly down: string }): readonly Wanted[] {
  const { reading, parts, rule, reason, from, day, days } = judged
  const covers = days > 1 ? [`covers ${from}..${day}`] : []
  return parts.map((part) => {
    const stated = part.isStated ? ['stated for the day'] : []
    const split = part.day !== day && !part.isStated ? [`by days, ${part.from}..${part.day}`] : []
    const said = rule === 'C1' ? [] : [reason]
    return {
      place: placeOf(reading.name),
      kind: names[part.kind],
      amount: part.amount < 0n ? -part.amount : part.amount,
      date: part.day,
      rule: part.isStated ? 'C5' : rule,
      memo: [...covers, ...split, ...stated, ...said].join('; ').slice(0, 200).toWellFormed(),
    }
  })
}

function keyOf({ place, kind, date }: Pick<Wanted, 'place' | 'kind' | 'date'>): string {
  return `${nameOf(place)} ${kind} ${date}`
}

/** What is posted of each reading, kind and day, in the order it was first posted. */
async function postedOf(
  { db, book }: CounterReader,
  { id }: ContextSource,
  object: string,
): Promise<readonly Pick<Wanted, 'place' | 'kind' | 'amount' | 'date'>[]> {
  const rows = await db
    .selectFrom('txn')
    .select(['kind', 'amount', 'effective_date', 'evidence_batch', 'evidence_item'])
    .where('book', '=', book)
    .where('source', '=', id)
    .where('object', '=', object)
    .orderBy('seq')
    .execute()
  const sums = new Map<string, Pick<Wanted, 'place' | 'kind' | 'amount' | 'date'>>()
  for (const row of rows) {
    const place = { batch: Number(row.evidence_batch), item: Number(row.evidence_item) }
    const each = { place, kind: row.kind, amount: row.amount, date: row.effective_date }
    sums.set(keyOf(each), { ...each, amount: each.amount + (sums.get(keyOf(each))?.amount ?? 0n) })
  }
  return [...sums.values()]
}

/** Stated totals of days before counting began: no reading covers them, so they are booked by themselves. */
function earlierDays(
  context: CounterReader,
  source: ContextSource,
  { facts: { dayTotals }, outcome: { first } }: WorkedCounter,
): readonly Want[] {
  const { up, down } = COUNTER_NAMES[source.kind === 'publisher' ? 'publisher' : 'advertiser']
  return dayTotals.flatMap(({ day, amount, place }) => {
    const own = first === null || day < first.readOn ? amount : 0n
    const totals = [
      { kind: up, total: own > 0n ? own : 0n },
      { kind: down, total: own < 0n ? -own : 0n },
    ]
    const memo = own === 0n ? 'a reading covers it now' : 'stated for a day before counting began'
    const about = { object: `day:${day}`, date: day, rule: 'C5', memo, evidence: place } as const
    return totals.map((each) => vendorWant(context, source, { ...about, ...each }))
  })
}

/** A row of the same file states what was unpaid. */
function isOpened({ name }: ContextSource, posting: readonly TransactionDraft[]): boolean {
  return posting.some(({ source, object }) => source === name && object === 'opening')
}

/** C0: what was unpaid when counting began, unless a file states it. */
async function openingDrafts(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  { facts: { mode }, outcome: { first } }: WorkedCounter,
): Promise<readonly TransactionDraft[]> {
  if (source.kind !== 'publisher') return []
  const last = await context.db
    .selectFrom('txn')
    .select('rule')
    .where('book', '=', context.book)
    .where('source', '=', source.id)
    .where('object', '=', 'opening')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (last !== undefined && last.rule !== 'C0') return []
  const total = mode === 'unpaid' && first !== null ? first.amount : 0n
  const date = first?.readOn ?? ''
  const memo = 'unpaid when counting began'
  const opening = { object: 'opening', kind: 'opening-receivable', total, date, rule: 'C0', memo } as const
  return first === null ? [] : bring(context, source, [{ ...opening, evidence: evidenceOf(item) }])
}

/** P1: of a counter of what is unpaid, the payout that explains a fall is what was due. */
function shownPayouts({ outcome }: WorkedCounter): readonly ShownPayout[] {
  return outcome.judged.flatMap(({ day, due, payout }): readonly ShownPayout[] => {
    if (due > 0n) return [{ key: dueKey(day), amount: due, day, isRecorded: false }]
    return payout === null || payout.returnOf !== null
      ? []
      : [{ key: payout.key, amount: payout.amount, day, isRecorded: true }]
  })
}
