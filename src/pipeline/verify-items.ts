/**
 * Open items in `ledger verify`: what is posted is expected with the ledger's amount. An item may stand above it while
 * lines have settled more, and be ahead of what the last night looked at.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { abs, formatExact, type Units } from '../domain/money/money.ts'
import { leftBehind, progressOf } from '../evidence/open-item-progress.ts'
import { toItem, type OpenItem } from '../evidence/open-items.ts'
import { activeLegs, matchesById } from '../evidence/read-matches.ts'
import { sourceIds, type Book } from '../ledger/books.ts'
import { positions } from '../ledger/positions.ts'
import type { Findings } from '../ledger/verify/finding.ts'
import { openObjects } from '../reconcile/exceptions.ts'
import { EXPECTED, ORIGIN } from './process/open-items.ts'

const PAGE = 1000
const RETURN = ':return'

export async function verifyItems(db: Kysely<Tables>, book: Book, findings: Findings): Promise<void> {
  const ids = await sourceIds(db, book)
  const behind = await leftBehind(db, book.id)
  const seen = (await progressOf(db, book.id, ORIGIN)) ?? 0n
  const upTo = (source: string): bigint => behind.get(source) ?? seen
  await verifyAllExpected(db, book, findings, { ids, upTo })
  for (let after = 0n; ;) {
    const rows = await db
      .selectFrom('open_item')
      .selectAll()
      .where('book', '=', book.id)
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute()
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.id
    for (const [source, items] of Map.groupBy(rows.map(toItem), (item) => item.source)) {
      const id = ids.get(source)
      const reader = { db, book, source: id ?? 0n, seen: upTo(source) }
      const excused = await openObjects(db, book.id, source, ['AMOUNT_DIFF'])
      const objects = items.map(({ object }) => object)
      const posted = await positions(db, book.id, reader.source, objects)
      for (const item of items) {
        // Nearly all of them.
        if (posted.get(item.object)?.get(item.kind)?.cumulative === abs(item.amount)) continue
        const range = await rangeOf(reader, item)
        const amount = abs(item.amount)
        if (range === null || (amount >= range.least && amount <= range.most)) continue
        // Lines have settled more than is left of it; a person is told, and what they undo is taken up again.
        if (amount > range.most && (abs(item.matched) > range.most || excused.has(item.object))) continue
        const says = range.least === range.most ? formatExact(range.most) : `at most ${formatExact(range.most)}`
        const sentence = `Item ${item.id}, ${item.object} of ${source}, is expected with ${formatExact(amount)}, and the books come to ${says}.`
        findings.add({ code: 'ITEM_DIFFERS', book: book.name, sequence: null, sentence })
      }
    }
  }
}

interface Reader {
  readonly db: Kysely<Tables>
  readonly book: Book
  readonly source: bigint
  /** How far the ledger has been turned into items. */
  readonly seen: bigint
}

interface Range {
  readonly least: Units
  readonly most: Units
}

/** Between which magnitudes the books let it be; null of what they do not tell, such as a settlement that only rows tell of. */
async function rangeOf(reader: Reader, { kind, object }: OpenItem): Promise<Range | null> {
  switch (kind) {
    case 'top-up':
    case 'wallet-refund':
      return spanOf(await cumulatives(reader, object, kind))
    case 'payout': {
      const paid = spanOf(await cumulatives(reader, object, kind))
      const returned = spanOf([0n, ...(await cumulatives(reader, object, 'payout-returned'))])
      // What of it is owed again before it arrived is expected no more.
      return { least: paid.least > returned.most ? paid.least - returned.most : 0n, most: paid.most }
    }
    case 'payout-return': {
      const told = await cumulatives(reader, object.slice(0, -RETURN.length), 'payout-returned')
      return { least: 0n, most: spanOf(told).most }
    }
    case 'transfer':
    case 'settlement':
      return leftBy(reader, object)
  }
}

function spanOf(amounts: readonly Units[]): Range {
  const [first = 0n, ...rest] = amounts
  return rest.reduce(
    ({ least, most }, each) => ({ least: each < least ? each : least, most: each > most ? each : most }),
    { least: first, most: first },
  )
}

/** As the items may know it: what was posted when they were last brought up to the ledger, and everything since. */
async function cumulatives(
  { db, book, source, seen }: Reader,
  object: string,
  kind: string,
): Promise<readonly Units[]> {
  const rows = await db
    .selectFrom('txn')
    .select(['seq', 'cumulative'])
    .where('book', '=', book.id)
    .where('source', '=', source)
    .where('object', '=', object)
    .where('kind', '=', kind)
    .orderBy('version')
    .execute()
  const known = rows.findLastIndex(({ seq }) => seq <= seen)
  return rows.slice(known === -1 ? 0 : known).map(({ cumulative }) => cumulative)
}

/** What a line took out of its account, as long as it counts as leaving. */
async function leftBy({ db, book }: Reader, object: string): Promise<Range | null> {
  const id = /^line:(\d{1,18})$/.exec(object)?.[1]
  if (id === undefined) return null
  const line = await db
    .selectFrom('statement_line')
    .select(['fee', 'tax'])
    .where('book', '=', book.id)
    .where('id', '=', BigInt(id))
    .executeTakeFirst()
  const legs = await activeLegs(db, book.id, 'line', [BigInt(id)])
  const matches = await matchesById(
    db,
    book.id,
    legs.map(({ match }) => match),
  )
  const leaving = new Set(
    matches.filter(({ how }) => how.kind === 'alone' && how.meaning === 'transfer-out').map((match) => match.id),
  )
  const stays = (line?.fee ?? 0n) + (line?.tax ?? 0n)
  return spanOf(legs.filter(({ match }) => leaving.has(match)).map(({ amount }) => abs(amount + stays)))
}

interface Sources {
  readonly ids: ReadonlyMap<string, bigint>
  readonly upTo: (source: string) => bigint
}

/** What was posted and looked at has an item. */
async function verifyAllExpected(db: Kysely<Tables>, book: Book, findings: Findings, { ids, upTo }: Sources) {
  for (const [name, id] of ids) {
    const { rows } = await sql<{ readonly object: string; readonly seq: bigint }>`
      select t.object, max(t.seq) as seq from txn t
      left join open_item i on i.book = t.book and i.source = ${name} and i.object = t.object
      where t.book = ${book.id} and t.source = ${id} and t.kind in (${sql.join(Object.keys(EXPECTED))})
        and t.seq <= ${upTo(name)} and i.id is null
      group by t.object order by t.object limit ${sql.lit(PAGE)}`.execute(db)
    for (const { object, seq } of rows) {
      const sentence = `${object} of ${name} is posted, and no open item expects it.`
      findings.add({ code: 'ITEM_MISSING', book: book.name, sequence: Number(seq), sentence })
    }
  }
}
