/**
 * Open items in `ledger verify`: what is posted is expected with the ledger's amount. An item may stand above it while
 * lines have settled more, and be ahead of what the last night looked at.
 */
import { overMatched } from './process/expect-item.ts'
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { abs, formatExact } from '../domain/money/money.ts'
import { leftBehind, progressOf } from '../evidence/open-item-progress.ts'
import { toItem } from '../evidence/open-items.ts'
import { sourceIds, type Book } from '../ledger/books.ts'
import { positions } from '../ledger/positions.ts'
import type { Findings } from '../ledger/verify/finding.ts'
import { openObjects } from '../reconcile/exceptions.ts'
import { rangeOf } from './item-range.ts'
import { EXPECTED, ORIGIN } from './process/open-items.ts'

const PAGE = 1000

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
      const excused = await openObjects(db, book.id, source, ['LINE_UNMATCHED'])
      const objects = items.map(({ object }) => object)
      const posted = await positions(db, book.id, reader.source, objects)
      for (const item of items) {
        // Nearly all of them.
        if (posted.get(item.object)?.get(item.kind)?.cumulative === abs(item.amount)) continue
        const range = await rangeOf(reader, item)
        const amount = abs(item.amount)
        if (range === null || (amount >= range.least && amount <= range.most)) continue
        // Lines have settled more than is left of it; a person is told, and what they undo is taken up again.
        if (amount > range.most && (abs(item.matched) > range.most || excused.has(overMatched(item.object)))) continue
        const says = range.least === range.most ? formatExact(range.most) : `at most ${formatExact(range.most)}`
        const sentence = `Item ${item.id}, ${item.object} of ${source}, is expected with ${formatExact(amount)}, and the books come to ${says}.`
        findings.add({ code: 'ITEM_DIFFERS', book: book.name, sequence: null, sentence })
      }
    }
  }
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
