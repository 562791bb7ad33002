/** What the database says about each source of a book: how fresh it is, what its wallet holds, and how it moved by day. */
import type { Kysely } from 'kysely'
import type { BookConfig, SourceConfig } from '../config/model.ts'
import type { Tables } from '../db/tables.ts'
import type { DayAmount, SourceFacts } from '../domain/alerts/alert.ts'
import { ratesPerDay } from '../domain/alerts/alert-series.ts'
import { addDays, daysBetween, isoDateInZone } from '../domain/time/dates.ts'
import type { PostingRules, SourceKind } from '../domain/posting-rules.ts'
import { sourceIds, type Book } from '../ledger/books.ts'
import { proveBook } from '../reconcile/prove-book.ts'
import type { RollForward } from '../reconcile/roll-forward.ts'
import { hasOpening } from '../reconcile/wallet.ts'
import { newestFailure } from './source-failures.ts'

/** Enough for a month's median and the week before today. */
const DAYS_BACK = 35
const READINGS_BACK = 60

interface Asked {
  readonly db: Kysely<Tables>
  readonly book: Book
  readonly today: string
}

export async function readSourceFacts(
  db: Kysely<Tables>,
  book: Book,
  config: BookConfig,
  rules: PostingRules,
  nowMs: number,
): Promise<readonly SourceFacts[]> {
  const ids = await sourceIds(db, book)
  const sources = config.sources.map((source) => ({
    name: source.name,
    kind: kindOf(source),
    currency: source.currency,
  }))
  const proofs = new Map((await proveBook(db, book.id, { rules, sources })).map((proof) => [proof.source, proof]))
  const asked = { db, book, today: isoDateInZone(nowMs, config.timeZone) }
  const facts: SourceFacts[] = []
  for (const source of sources) {
    const id = ids.get(source.name)
    const proof = proofs.get(source.name)
    const figure = id === undefined ? null : await lastReading(asked, id, source.kind)
    facts.push({
      ...source,
      lastReadingMs: figure?.atMs ?? null,
      figureBatch: figure?.batch ?? null,
      answerBatch: figure?.batch ?? null,
      failure: id === undefined ? null : await newestFailure(db, book.id, source.name, figure?.batch ?? 0),
      wallet: id === undefined || proof === undefined ? null : await walletOf(asked, id, proof),
      difference: proof?.difference ?? null,
      spending: proof === undefined || source.kind === 'publisher' ? [] : await spendingOf(asked, proof),
      clickRates: id === undefined ? [] : await clickRates(asked, id),
    })
  }
  return facts
}

function kindOf(source: SourceConfig): SourceKind {
  return source.type === 'panel' ? 'panel' : source.role
}

interface Reading {
  readonly atMs: number
  readonly batch: number
}

/** A counter's may be held, which its own item tells. */
async function lastReading({ db, book }: Asked, source: bigint, kind: SourceKind): Promise<Reading | null> {
  const row =
    kind === 'panel'
      ? await db
          .selectFrom('wallet_reading')
          .select(['observed_at_ms', 'batch'])
          .where('book', '=', book.id)
          .where('source', '=', source)
          .orderBy('batch', 'desc')
          .orderBy('item', 'desc')
          .limit(1)
          .executeTakeFirst()
      : await db
          .selectFrom('counter_reading')
          .select(['observed_at_ms', 'batch'])
          .where('book', '=', book.id)
          .where('source', '=', source)
          .where('origin', '=', 'api')
          .orderBy('batch', 'desc')
          .orderBy('item', 'desc')
          .limit(1)
          .executeTakeFirst()
  return row === undefined ? null : { atMs: Number(row.observed_at_ms), batch: Number(row.batch) }
}

/** A panel says its balance. An advertiser's account does not: the books know it once its opening is booked. */
async function walletOf({ db, book }: Asked, source: bigint, proof: RollForward): Promise<bigint | null> {
  if (proof.kind === 'panel') return proof.vendor
  return proof.kind === 'advertiser' && (await hasOpening(db, book.id, source)) ? proof.closing : null
}

/** What left the account on each day, days without a movement included, from its first day to today. */
async function spendingOf(
  { db, book, today }: Asked,
  { account, currency }: RollForward,
): Promise<readonly DayAmount[]> {
  const days = db
    .selectFrom('balance')
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'balance.book').onRef('account.id', '=', 'balance.account'),
    )
    .where('balance.book', '=', book.id)
    .where('account.key', '=', account)
    .where('balance.currency', '=', currency)
  const first = await days.select(({ fn }) => fn.min<string | null>('balance.day').as('day')).executeTakeFirst()
  const oldest = addDays(today, -DAYS_BACK)
  const from = first?.day === undefined || first.day === null ? today : first.day < oldest ? oldest : first.day
  const rows = await days.select(['balance.day', 'balance.credit']).where('balance.day', '>=', from).execute()
  const spent = new Map(rows.map(({ day, credit }) => [day, credit]))
  return Array.from({ length: Math.max(0, daysBetween(from, today) + 1) }, (_, index) => {
    const day = addDays(from, index)
    return { day, amount: spent.get(day) ?? 0n }
  })
}

async function clickRates({ db, book }: Asked, source: bigint): Promise<readonly number[]> {
  const rows = await db
    .selectFrom('counter_reading')
    .select(['observed_at_ms', 'clicks'])
    .where('book', '=', book.id)
    .where('source', '=', source)
    .where('origin', '=', 'api')
    .where('clicks', 'is not', null)
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(READINGS_BACK)
    .execute()
  return ratesPerDay(
    rows.toReversed().map(({ observed_at_ms, clicks }) => ({ atMs: Number(observed_at_ms), count: clicks ?? 0n })),
  )
}
