/** Readings of counters, what files state of them, and what people said: kept as facts, loaded for the fold. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import type { Evidence, IsoDate } from '../../domain/transaction.ts'
import type { AnswerWord } from '../../domain/exceptions/counter-answers.ts'
import type { Answer, CounterFacts, CounterMode, Reading, RecordedPayout } from '../rules/reading.ts'

/** A source of a book. */
export interface CounterOf {
  readonly book: bigint
  readonly source: bigint
}

type Place = Evidence & { readonly line: number }
type Shown = Omit<Reading, 'name'>

/** Everything known of a counter, or all that was landed through a batch. */
export async function loadCounter(
  db: Kysely<Tables>,
  of: CounterOf,
  mode: CounterMode | null,
  throughBatch: number = Number.MAX_SAFE_INTEGER,
): Promise<CounterFacts> {
  const rows = await db
    .selectFrom('counter_reading')
    .selectAll()
    .where('book', '=', of.book)
    .where('source', '=', of.source)
    .where('batch', '<=', BigInt(throughBatch))
    .orderBy('batch')
    .orderBy('item')
    .orderBy('line')
    .execute()
  const all = rows.map((row) => ({
    origin: row.origin,
    name: nameOf({ batch: Number(row.batch), item: Number(row.item) }),
    atMs: Number(row.observed_at_ms),
    readOn: row.read_on,
    amount: row.amount,
    impressions: row.impressions,
    clicks: row.clicks,
  }))
  return {
    mode,
    // Stated again, the newest counts.
    opening: all.findLast(({ origin }) => origin === 'opening') ?? null,
    readings: all.filter(({ origin }) => origin === 'api'),
    answers: await answersOf(db, of, throughBatch),
    payouts: await recordedPayouts(db, of, mode, throughBatch),
    dayTotals: newestTotals(all.filter(({ origin }) => origin === 'day-total')),
  }
}

/** As commands name a reading: "12.1". */
export function nameOf({ batch, item }: Evidence): string {
  return `${batch}.${item}`
}

export function placeOf(name: string): Evidence {
  const [batch = '', item = ''] = name.split('.')
  return { batch: Number(batch), item: Number(item) }
}

function newestTotals(totals: readonly Reading[]): CounterFacts['dayTotals'] {
  return [
    ...new Map(totals.map(({ name, readOn: day, amount }) => [day, { place: placeOf(name), day, amount }])).values(),
  ]
}

async function answersOf(
  db: Kysely<Tables>,
  { book, source }: CounterOf,
  throughBatch: number,
): Promise<ReadonlyMap<string, Answer>> {
  const rows = await db
    .selectFrom('counter_answer')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .where('batch', '<=', BigInt(throughBatch))
    .orderBy('batch')
    .orderBy('item')
    .execute()
  // What was landed was checked: a word of the rule-book.
  return new Map(
    rows.map(({ reading, word, earned, against, said_by: by, why }) => [
      reading,
      { as: word as AnswerWord, earned, against, by, why },
    ]),
  )
}

/**
 * With its fee; what only the books made due, by a schedule or a person's word about a fall, explains nothing. Where payouts
 * do not lower the counter at most one is read, which asks whether they do.
 */
async function recordedPayouts(
  db: Kysely<Tables>,
  { book, source }: CounterOf,
  mode: CounterMode | null,
  throughBatch: number,
): Promise<readonly RecordedPayout[]> {
  if (mode === 'lifetime') return []
  const rows = await db
    .selectFrom('counter_payout')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .where('origin', 'in', ['stated', 'line'])
    .where('evidence_batch', '<=', BigInt(throughBatch))
    .orderBy('paid_on')
    .orderBy('payout')
    .$if(mode === null, (query) => query.limit(1))
    .execute()
  const fees = new Map(
    rows.filter(({ payout }) => payout.startsWith('payout-fee:')).map((row) => [row.reference, row.amount]),
  )
  return rows
    .filter(({ payout }) => !payout.startsWith('payout-fee:'))
    .map(({ payout: key, reference, amount, paid_on: date }) => {
      const returnOf = isReturn(key) ? payoutOfReturn(key) : null
      return { key, reference, amount: amount + (returnOf === null ? (fees.get(reference) ?? 0n) : 0n), date, returnOf }
    })
}

const RETURN = /^payout-returned:\d+:/

export function isReturn(key: string): boolean {
  return RETURN.test(key)
}

/** "payout-returned:1:PP-1" is what first came back of "payout:PP-1". */
function payoutOfReturn(key: string): string {
  return key.replace(RETURN, 'payout:')
}

export async function saveReading(db: Kysely<Tables>, of: CounterOf, place: Evidence, reading: Shown): Promise<void> {
  await insert(db, of, { ...place, line: 0 }, 'api', reading)
}

/** What a file states that a counter began with, or that one of its days came to. */
export async function saveStated(
  db: Kysely<Tables>,
  of: CounterOf,
  place: Place,
  { origin, day, atMs, amount }: { origin: 'opening' | 'day-total'; day: IsoDate; atMs: number; amount: Units },
): Promise<void> {
  await insert(db, of, place, origin, { atMs, readOn: day, amount, impressions: null, clicks: null })
}

async function insert(
  db: Kysely<Tables>,
  { book, source }: CounterOf,
  { batch, item, line }: Place,
  origin: 'api' | 'opening' | 'day-total',
  { atMs, readOn, amount, impressions, clicks }: Shown,
): Promise<void> {
  const place = { batch: BigInt(batch), item: BigInt(item), line: BigInt(line) }
  const shown = { observed_at_ms: BigInt(atMs), read_on: readOn, amount, impressions, clicks }
  await db
    .insertInto('counter_reading')
    .values({ book, source, ...place, origin, ...shown })
    .execute()
}

export interface NewAnswer extends Answer {
  readonly reading: string
}

export async function saveAnswers(
  db: Kysely<Tables>,
  { book, source }: CounterOf,
  answers: readonly NewAnswer[],
  { batch, item, atMs }: Evidence & { readonly atMs: number },
): Promise<void> {
  if (answers.length === 0) return
  const place = { book, source, batch: BigInt(batch), item: BigInt(item), said_at_ms: BigInt(atMs) }
  const rows = answers.map(({ reading, as: word, earned, against, by: said_by, why }) => {
    return { ...place, reading, word, earned, against, said_by, why }
  })
  await db.insertInto('counter_answer').values(rows).execute()
}
