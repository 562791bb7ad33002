/** Books and their dictionaries: names of sources and keys of accounts, each given a small number once and for ever. */
import type { Kysely } from 'kysely'
import { dialectOf } from '../db/dialect.ts'
import type { Tables } from '../db/tables.ts'
import { GENESIS_HASH } from '../domain/byte-writer.ts'
import { ConfigError, InputError } from '../domain/errors.ts'
import { newLastingId, setLastingId } from './book-identity.ts'

export interface Book {
  readonly id: bigint
  readonly name: string
}

export interface BookSettings {
  readonly name: string
  readonly currency: string
  /** The accounting zone: which day an instant counts on. */
  readonly timeZone: string
  /** Only where the book is made again from its landing; otherwise a new book gets an id nobody has. */
  readonly lastingId?: string
}

/** Keys are asked for in pieces of this size, since engines bound the parameters of a statement. */
const KEYS_PER_QUERY = 500

/** The book, made with an empty head when it is new. Throws ConfigError when it is held with other settings. */
export async function ensureBook(db: Kysely<Tables>, settings: BookSettings): Promise<Book> {
  const { name, currency, timeZone, lastingId = newLastingId() } = settings
  return db.transaction().execute(async (trx) => {
    // Two first runs on PostgreSQL wait for each other here; SQLite's transactions do so by themselves.
    if (dialectOf(trx) === 'postgres') await trx.selectFrom('migration').select('name').forUpdate().execute()
    const found = await trx.selectFrom('book').selectAll().where('name', '=', name).executeTakeFirst()
    if (found !== undefined) {
      if (found.currency === currency && found.time_zone === timeZone) return { id: found.id, name }
      throw new ConfigError(
        'BOOK_SETTINGS_FIXED',
        `Book "${name}" is kept in ${found.currency} and ${found.time_zone}, and is now configured as ${currency} and ${timeZone}.`,
        'Restore the currency and time zone in the configuration, or start a book of another name.',
      )
    }
    const last = await trx.selectFrom('book').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst()
    const id = (last?.id ?? 0n) + 1n
    await trx.insertInto('book').values({ id, name, currency, time_zone: timeZone }).execute()
    await setLastingId(trx, id, lastingId)
    await trx.insertInto('head').values({ book: id, seq: 0n, recorded_at_ms: 0n, hash: GENESIS_HASH }).execute()
    return { id, name }
  })
}

/** Throws InputError when the database has no such book. */
export async function findBook(db: Kysely<Tables>, name: string): Promise<Book> {
  const found = await db.selectFrom('book').select('id').where('name', '=', name).executeTakeFirst()
  if (found !== undefined) return { id: found.id, name }
  throw new InputError(
    'BOOK_UNKNOWN',
    `The database has no book "${name}".`,
    'Run tieout sync or tieout connect for it first.',
  )
}

/** By name. */
export async function listBooks(db: Kysely<Tables>): Promise<readonly Book[]> {
  return db.selectFrom('book').select(['id', 'name']).orderBy('name').execute()
}

export interface Head {
  /** 0 for an empty book. */
  readonly sequence: number
  readonly recordedAtMs: number
  readonly hash: Buffer
}

/** The head, kept from other writers of the book until the transaction ends. */
export async function lockHead(db: Kysely<Tables>, book: Book): Promise<Head> {
  const query = db.selectFrom('head').select(['seq', 'recorded_at_ms', 'hash']).where('book', '=', book.id)
  const locked = dialectOf(db) === 'postgres' ? query.forUpdate() : query
  const { seq, recorded_at_ms, hash } = await locked.executeTakeFirstOrThrow()
  return { sequence: Number(seq), recordedAtMs: Number(recorded_at_ms), hash }
}

/** name → id of every source of the book, new ones added. */
export async function ensureSources(
  db: Kysely<Tables>,
  book: Book,
  sources: readonly { readonly name: string; readonly kind: string }[],
): Promise<ReadonlyMap<string, bigint>> {
  const ids = new Map(await sourceIds(db, book))
  for (const { name, kind } of sources) {
    if (ids.has(name)) continue
    const id = BigInt(ids.size + 1)
    await db.insertInto('source').values({ book: book.id, id, name, kind }).execute()
    ids.set(name, id)
  }
  return ids
}

export async function sourceIds(db: Kysely<Tables>, book: Book): Promise<ReadonlyMap<string, bigint>> {
  const rows = await db.selectFrom('source').select(['id', 'name']).where('book', '=', book.id).execute()
  return new Map(rows.map((row) => [row.name, row.id]))
}

export async function accountIds(db: Kysely<Tables>, book: Pick<Book, 'id'>): Promise<ReadonlyMap<string, bigint>> {
  const rows = await db.selectFrom('account').select(['id', 'key']).where('book', '=', book.id).execute()
  return new Map(rows.map((row) => [row.key, row.id]))
}

/**
 * key → id of these accounts, new ones added in the order given. Always read afresh: a number remembered from a
 * transaction that was rolled back could by now belong to another account.
 */
export async function ensureAccounts(
  db: Kysely<Tables>,
  book: Book,
  keys: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  const ids = new Map<string, bigint>()
  for (let from = 0; from < keys.length; from += KEYS_PER_QUERY) {
    const some = keys.slice(from, from + KEYS_PER_QUERY)
    const rows = await db
      .selectFrom('account')
      .select(['id', 'key'])
      .where('book', '=', book.id)
      .where('key', 'in', some)
      .execute()
    for (const row of rows) ids.set(row.key, row.id)
  }
  const missing = keys.filter((key) => !ids.has(key))
  if (missing.length === 0) return ids
  const last = await db
    .selectFrom('account')
    .select('id')
    .where('book', '=', book.id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  let id = last?.id ?? 0n
  for (const key of missing) {
    id += 1n
    await db.insertInto('account').values({ book: book.id, id, key }).execute()
    ids.set(key, id)
  }
  return ids
}
