/**
 * Open items in the database: what the books expect statements to show. An item follows its evidence; how much of it is
 * matched is the matches' alone, and never more than the item.
 */
import type { Kysely, Selectable } from 'kysely'
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

export async function saveItem(db: Kysely<Tables>, book: bigint, expected: ExpectedItem): Promise<SavedItem> {
  const { source, object, amount } = expected
  const before = await findItem(db, book, source, object)
  const matched = before?.matched ?? 0n
  if (before !== null && !isWithin(matched, amount)) return { kind: 'below-matched', item: before }
  const status: OpenItem['status'] = amount === 0n ? 'withdrawn' : matched === amount ? 'settled' : 'open'
  const item: OpenItem = { ...expected, id: before?.id ?? (await nextItem(db, book)), matched, status }
  const values = { ...columnsOf(expected), status }
  if (before === null) {
    await db
      .insertInto('open_item')
      .values({ book, id: item.id, source, object, ...values })
      .execute()
  } else {
    await db.updateTable('open_item').set(values).where('book', '=', book).where('id', '=', before.id).execute()
  }
  return { kind: 'saved', item }
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
  const row = await db
    .selectFrom('open_item')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .where('object', '=', object)
    .executeTakeFirst()
  return row === undefined ? null : toItem(row)
}

/** All that are open, by id: what a night matches. */
export async function openItems(db: Kysely<Tables>, book: bigint): Promise<readonly OpenItem[]> {
  const rows = await db
    .selectFrom('open_item')
    .selectAll()
    .where('book', '=', book)
    .where('status', '=', 'open')
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
