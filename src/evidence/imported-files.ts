/** Files that were imported whole, by the hash of their bytes: the same bytes go once into each source. */
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Tables } from '../db/tables.ts'
import type { Act } from '../log/acts.ts'

export async function isImported(
  db: Kysely<Tables>,
  book: bigint,
  { sha256, kind, source }: { readonly sha256: string; readonly kind: string; readonly source: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('imported_file')
    .select('sha256')
    .where('book', '=', book)
    .where('sha256', '=', sha256)
    .where('kind', '=', kind)
    .where('source', '=', source)
    .executeTakeFirst()
  return row !== undefined
}

const importSchema = z.object({ sha256: z.string(), name: z.string(), kind: z.string(), source: z.string() })

/** A file was imported whole. */
export const importAct: Act<z.infer<typeof importSchema>> = {
  kind: 'imported-file',
  schema: importSchema,
  apply: async (trx, book, said, atMs) => {
    await trx
      .insertInto('imported_file')
      .values({ book, ...said, imported_at_ms: BigInt(atMs) })
      .execute()
  },
}
