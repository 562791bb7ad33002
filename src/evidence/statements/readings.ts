/**
 * By which state of the readers a file's lines were worded. It is landed with the file's request and kept nowhere else: it
 * is asked only where two files of one format overlap.
 */
import type { Kysely } from 'kysely'
import * as z from 'zod'
import { readInChunks } from '../../db/chunks.ts'
import type { Tables } from '../../db/tables.ts'

/** Of a statement's request. Files that were landed before readings were counted have the first. */
export const readingSchema = z.int().min(1).default(1)

const requestSchema = z.looseObject({ reading: readingSchema })

/** Those of the batches whose file was worded by another reading. A batch of statements is one file. */
export async function otherReadings(
  db: Kysely<Tables>,
  book: bigint,
  batches: readonly bigint[],
  reading: number,
): Promise<ReadonlySet<bigint>> {
  const rows = await readInChunks([...new Set(batches)], (some) =>
    db
      .selectFrom('log_record')
      .select(['batch', 'request'])
      .where('book', '=', book)
      .where('kind', '=', 'statement')
      .where('batch', 'in', [...some])
      .execute(),
  )
  const others = rows.filter(({ request }) => requestSchema.parse(JSON.parse(request)).reading !== reading)
  return new Set(others.map(({ batch }) => batch))
}
