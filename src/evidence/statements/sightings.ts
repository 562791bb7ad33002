/** Where a statement line was seen: every file that shows it, and the bytes it stands in. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { StatementFormat } from '../../domain/statements/statement.ts'
import type { Evidence } from '../../domain/transaction.ts'

export interface Sighting {
  readonly evidence: Evidence
  readonly section: number
  /** The line of a text file, else the number of the entry. */
  readonly position: number
  /** False when nothing proves that it is this line. */
  readonly certain: boolean
  readonly file: string
  readonly sha256: string
  readonly format: StatementFormat
  readonly importedAtMs: number
}

/** In the order of import. */
export async function sightingsOf(db: Kysely<Tables>, book: bigint, line: number): Promise<readonly Sighting[]> {
  const rows = await db
    .selectFrom('statement_sighting as seen')
    .innerJoin('statement_file as file', (join) =>
      join
        .onRef('file.book', '=', 'seen.book')
        .onRef('file.batch', '=', 'seen.batch')
        .onRef('file.item', '=', 'seen.item'),
    )
    .selectAll('seen')
    .select(['file.name', 'file.sha256', 'file.format', 'file.imported_at_ms'])
    .where('seen.book', '=', book)
    .where('seen.line', '=', BigInt(line))
    .orderBy('seen.batch')
    .orderBy('seen.item')
    .orderBy('seen.section')
    .orderBy('seen.position')
    .execute()
  return rows.map((row) => ({
    evidence: { batch: Number(row.batch), item: Number(row.item) },
    section: Number(row.section),
    position: Number(row.position),
    certain: row.certain === 1n,
    file: row.name,
    sha256: row.sha256,
    format: row.format,
    importedAtMs: Number(row.imported_at_ms),
  }))
}
