/**
 * Open items in the database: what the books expect statements to show. An item follows its evidence; how much of it is
 * matched is the matches' alone, and never more than the item.
 */
import { sql, type Kysely, type Selectable } from 'kysely'
import { readInChunks } from '../db/chunks.ts'
import { amongFew } from '../db/dialect.ts'
import type { OpenItemTable } from '../db/open-item-tables.ts'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import type { ItemKind } from '../domain/settlement/settlement.ts'
import type { Evidence, IsoDate } from '../domain/transaction.ts'

export interface ExpectedItem {
  readonly kind: ItemKind
  readonly source: string
  /** '' for any money account. */
  readonly account: string
  readonly object: string
  readonly currency: string
  /** As the money account sees it; zero takes the item back. */
  readonly amount: Units
  readonly date: IsoDate
  readonly lastDate: IsoDate
  readonly references: readonly string[]
  readonly words: readonly string[]
  readonly evidence: Evidence
}

export interface OpenItem extends ExpectedItem {
  readonly id: bigint
  readonly matched: Units
  readonly status: 'open' | 'settled' | 'withdrawn'
}

export type SavedItem =
  | { readonly kind: 'saved'; readonly item: OpenItem }
  /** The evidence now says less than lines have settled: the item stays as it was. */
  | { readonly kind: 'below-matched'; readonly item: OpenItem }

/** In their order. An object named twice is not allowed: the caller knows which of two counts. */
export async function saveItems(
  db: Kysely<Tables>,
  book: bigint,
  expected: readonly ExpectedItem[],
): Promise<readonly SavedItem[]> {
  const known = new Map<string, OpenItem>()
  for (const [source, some] of Map.groupBy(expected, (each) => each.source)) {
    const objects = some.map(({ object }) => object)
    for (const item of await findItems(db, book, source, objects)) known.set(keyOf(item), item)
  }
  let next = expected.every((each) => known.has(keyOf(each))) ? 0n : await nextItem(db, book)
  const fresh: (ReturnType<typeof columnsOf> & Pick<OpenItem, 'id' | 'source' | 'object' | 'status'>)[] = []
  const saved: SavedItem[] = []
  for (const each of expected) {
    const { source, object, amount } = each
    const before = known.get(keyOf(each))
    const matched = before?.matched ?? 0n
    if (before !== undefined && !isWithin(matched, amount)) {
      saved.push({ kind: 'below-matched', item: before })
      continue
    }
    const status: OpenItem['status'] = amount === 0n ? 'withdrawn' : matched === amount ? 'settled' : 'open'
    const item: OpenItem = { ...each, id: before?.id ?? next, matched, status }
    const columns = { ...columnsOf(each), status }
    if (before === undefined) {
      fresh.push({ id: item.id, source, object, ...columns })
      next += 1n
    } else {
      await db.updateTable('open_item').set(columns).where('book', '=', book).where('id', '=', before.id).execute()
    }
    saved.push({ kind: 'saved', item })
  }
  for (let at = 0; at < fresh.length; at += ROWS_PER_INSERT) {
    const rows = fresh.slice(at, at + ROWS_PER_INSERT).map((row) => ({ book, ...row }))
    await db.insertInto('open_item').values(rows).execute()
  }
  return saved
}

const ROWS_PER_INSERT = 500

function keyOf({ source, object }: Pick<ExpectedItem, 'source' | 'object'>): string {
  return JSON.stringify([source, object])
}

function columnsOf({ kind, account, currency, amount, date, lastDate, references, words, evidence }: ExpectedItem) {
  return {
    kind,
    account,
    currency,
    amount,
    date,
    last_date: lastDate,
    refs: JSON.stringify(references),
    words: JSON.stringify(words),
    evidence_batch: BigInt(evidence.batch),
    evidence_item: BigInt(evidence.item),
  }
}

function isWithin(matched: Units, amount: Units): boolean {
  return amount >= 0n ? matched >= 0n && matched <= amount : matched <= 0n && matched >= amount
}

/** The number that the next new item gets. */
export async function nextItem(db: Kysely<Tables>, book: bigint): Promise<bigint> {
  const row = await db
    .selectFrom('open_item')
    .select('id')
    .where('book', '=', book)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return (row?.id ?? 0n) + 1n
}

export async function findItem(
  db: Kysely<Tables>,
  book: bigint,
  source: string,
  object: string,
): Promise<OpenItem | null> {
  const [item] = await findItems(db, book, source, [object])
  return item ?? null
}

/** Null when the book has none of that number. */
export async function itemNumbered(db: Kysely<Tables>, book: bigint, id: bigint): Promise<OpenItem | null> {
  const row = await db
    .selectFrom('open_item')
    .selectAll()
    .where('book', '=', book)
    .where('id', '=', id)
    .executeTakeFirst()
  return row === undefined ? null : toItem(row)
}

/** Those of a source that are there, by object. */
export async function findItems(
  db: Kysely<Tables>,
  book: bigint,
  source: string,
  objects: readonly string[],
): Promise<readonly OpenItem[]> {
  const rows = await readInChunks(objects, (some) =>
    db
      .selectFrom('open_item')
      .selectAll()
      .where('book', '=', book)
      .where('source', '=', source)
      .where('object', 'in', [...some])
      .execute(),
  )
  return rows.map(toItem)
}

/** All of a source whose object begins with a text, by id. */
export async function itemsFrom(
  db: Kysely<Tables>,
  book: bigint,
  source: string,
  prefix: string,
): Promise<readonly OpenItem[]> {
  const rows = await db
    .selectFrom('open_item')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .where('object', '>=', prefix)
    .where('object', '<', `${prefix}\u{10FFFF}`)
    .orderBy('id')
    .execute()
  return rows.map(toItem)
}

/** All that are open, by id: what a night matches. */
export async function openItems(db: Kysely<Tables>, book: bigint): Promise<readonly OpenItem[]> {
  const rows = await db
    .selectFrom('open_item')
    .selectAll()
    .where(amongFew(db, book))
    // Written out, or SQLite could not tell that the index of open items answers it.
    .where('status', '=', sql.lit('open'))
    .orderBy('id')
    .execute()
  return rows.map(toItem)
}

export function toItem(row: Selectable<OpenItemTable>): OpenItem {
  const { id, kind, source, account, object, currency, amount, date, matched, status } = row
  return {
    id,
    kind,
    source,
    account,
    object,
    currency,
    amount,
    date,
    lastDate: row.last_date,
    references: texts(row.refs),
    words: texts(row.words),
    matched,
    status,
    evidence: { batch: Number(row.evidence_batch), item: Number(row.evidence_item) },
  }
}

function texts(json: string): readonly string[] {
  const list: unknown = JSON.parse(json)
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : []
}
