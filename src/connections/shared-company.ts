/**
 * Two books may deliver into one company, as long as the numbers of their journals start differently: under one number
 * the second book's entry would be taken for the first's.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { ConfigError } from '../domain/errors.ts'
import type { TargetConfig } from '../config/target-model.ts'
import { companyText } from './choose-company.ts'

export interface Joining {
  readonly book: bigint
  readonly type: TargetConfig['type']
  readonly company: { readonly id: string; readonly name: string }
  /** By the name of the book, of those that have one in the configuration. */
  readonly statedPrefixes: ReadonlyMap<string, string>
}

/** The names of the other books of this database that deliver there. Throws ConfigError when a number could be both theirs and ours. */
export async function booksSharing(db: Kysely<Tables>, joining: Joining): Promise<readonly string[]> {
  const { book, type, company, statedPrefixes } = joining
  const rows = await db
    .selectFrom('book')
    .innerJoin('book_identity', 'book_identity.book', 'book.id')
    .select(['book.id', 'book.name', 'book_identity.lasting_id as lastingId'])
    .where((eb) =>
      eb.or([
        eb('book.id', '=', book),
        eb.exists(
          eb
            .selectFrom('connection')
            .select('connection.target')
            .whereRef('connection.book', '=', 'book.id')
            .where('connection.type', '=', type)
            .where('connection.company_id', '=', company.id),
        ),
      ]),
    )
    .orderBy('book.name')
    .execute()
  const prefixOf = ({ name, lastingId }: (typeof rows)[number]): string => statedPrefixes.get(name) ?? lastingId
  const own = rows.find(({ id }) => id === book)
  const others = rows.filter(({ id }) => id !== book)
  if (own === undefined) return []
  const prefix = prefixOf(own)
  for (const other of others) {
    if (prefixOf(other) !== prefix && !(await hasUsed(db, other.id, prefix))) continue
    throw new ConfigError(
      'DOCUMENT_PREFIX_TAKEN',
      `Book ${other.name} delivers into ${companyText(company)} too, and the document numbers of both books start with ${prefix}. Nothing was connected.`,
      `State another documentPrefix for ${own.name} or leave it out, then run tieout connect again.`,
    )
  }
  return others.map(({ name }) => name)
}

/** Whether any journal of it was sealed under the prefix: the configuration may have said something else since. */
async function hasUsed(db: Kysely<Tables>, book: bigint, prefix: string): Promise<boolean> {
  const row = await db
    .selectFrom('journal')
    .select('id')
    .where('book', '=', book)
    .where('document', 'like', `${prefix}-%`)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
