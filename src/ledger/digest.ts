import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Book } from './books.ts'
export async function chainHead(db: Kysely<Tables>, book: Book) { const h = await db.selectFrom('head').selectAll().where('book','=',book.id).executeTakeFirstOrThrow(); return { sequence: Number(h.seq), hash: h.hash.toString('hex') } }
export function booksDigest(_db: Kysely<Tables>, _book: Book) { return Promise.resolve('') }
