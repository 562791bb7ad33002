/** Exchange rates of a book as they were landed: kept for ever, the newest word about a day counts. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { parseRate, rateTable, type Rate, type RateTable } from '../domain/money/rates.ts'
import type { Evidence } from '../domain/transaction.ts'

const ROWS_PER_STATEMENT = 500

/** Keeps what is new or says something else than before; returns how many that were. */
export async function saveRates(
  db: Kysely<Tables>,
  book: bigint,
  rates: readonly Rate[],
  { batch, item }: Evidence,
): Promise<number> {
  const known = await allRates(db, book)
  const current = new Map(known.map((rate) => [keyOf(rate), rate.text]))
  const fresh = rates.filter((rate) => current.get(keyOf(rate)) !== rate.text)
  const rows = fresh.map(({ from, to, date, text }) => ({
    book,
    from_currency: from,
    to_currency: to,
    day: date,
    batch: BigInt(batch),
    item: BigInt(item),
    text,
  }))
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) {
    await db
      .insertInto('rate')
      .values(rows.slice(at, at + ROWS_PER_STATEMENT))
      .execute()
  }
  return fresh.length
}

/** What `findRate` looks into, as of now: a handler reads it once a batch. */
export async function ratesInForce(db: Kysely<Tables>, book: bigint, maxAgeDays: number): Promise<RateTable> {
  return rateTable('the rates of the book', maxAgeDays, await allRates(db, book))
}

/** Oldest word first, so that the last of a day is the one that counts. */
async function allRates(db: Kysely<Tables>, book: bigint): Promise<readonly Rate[]> {
  const rows = await db
    .selectFrom('rate')
    .select(['from_currency', 'to_currency', 'day', 'text'])
    .where('book', '=', book)
    .orderBy('batch')
    .orderBy('item')
    .execute()
  return rows.flatMap(({ from_currency, to_currency, day, text }) => {
    const parsed = parseRate(text)
    return parsed === null ? [] : [{ date: day, from: from_currency, to: to_currency, ...parsed }]
  })
}

function keyOf({ from, to, date }: Rate): string {
  return `${from}/${to} ${date}`
}
