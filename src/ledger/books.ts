/** Books and their dictionaries: names of sources and keys of accounts, each given a small number once and for ever. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { GENESIS_HASH } from '../domain/canonical.ts'
import { InputError } from '../domain/errors.ts'

export interface Book {
  readonly id: bigint
  readonly name: string
}

/** The book, made with an empty head when it is new. */
export async function ensureBook(
  db: Kysely<Tables>,
  { name, currency, timeZone }: { readonly name: string; readonly currency: string; readonly timeZone: string },
): Promise<Book> {
  return db.transaction().execute(async (trx) => {
    const found = await trx.selectFrom('book').select('id').where('name', '=', name).executeTakeFirst()
    if (found !== undefined) return { id: found.id, name }
    const last = await trx.selectFrom('book').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst()
    const id = (last?.id ?? 0n) + 1n
    await trx.insertInto('book').values({ id, name, currency, time_zone: timeZone }).execute()
    await trx.insertInto('head').values({ book: id, seq: 0n, recorded_at_ms: 0n, hash: GENESIS_HASH }).execute()
    return { id, name }
  })
}

/** Throws InputError when the database has no such book. */
export async function findBook(db: Kysely<Tables>, name: string): Promise<Book> {
  const found = await db.selectFrom('book').select('id').where('name', '=', name).executeTakeFirst()
  if (found !== undefined) return { id: found.id, name }
  throw new InputError('BOOK_UNKNOWN', `The database has no book "${name}".`, 'Run tieout sync for it first.')
}

/** By name. */
export async function listBooks(db: Kysely<Tables>): Promise<readonly Book[]> {
  return db.selectFrom('book').select(['id', 'name']).orderBy('name').execute()
}

export async function ensureSources(
  db: Kysely<Tables>,
  book: Book,
  sources: readonly { readonly name: string; readonly kind: string }[],
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await db.selectFrom('source').select(['id', 'name']).where('book', '=', book.id).execute()
  const ids = new Map(rows.map((row) => [row.name, row.id]))
  for (const { name, kind } of sources) {
    if (ids.has(name)) continue
    const id = BigInt(ids.size + 1)
    await db.insertInto('source').values({ book: book.id, id, name, kind }).execute()
    ids.set(name, id)
  }
  return ids
}

export async function sourceIds(db: Kysely<Tables>, book: Book): Promise<ReadonlyMap<string, bigint>> {
  return ensureSources(db, book, [])
}

export async function accountIds(db: Kysely<Tables>, book: Book): Promise<Map<string, bigint>> {
  const rows = await db.selectFrom('account').select(['id', 'key']).where('book', '=', book.id).execute()
  return new Map(rows.map((row) => [row.key, row.id]))
}

export async function ensureAccounts(
  db: Kysely<Tables>,
  book: Book,
  known: ReadonlyMap<string, bigint>,
  keys: Iterable<string>,
): Promise<ReadonlyMap<string, bigint>> {
  const ids = new Map(known)
  for (const key of keys) {
    if (ids.has(key)) continue
    const id = BigInt(ids.size + 1)
    await db.insertInto('account').values({ book: book.id, id, key }).execute()
    ids.set(key, id)
  }
  return ids
}
