/** SQLite's own checks of the file and of its references. PostgreSQL checks both as it writes. */
import { sql, type Kysely } from 'kysely'
import { dialectOf } from '../../db/dialect.ts'
import type { Tables } from '../../db/tables.ts'
import type { Findings } from './finding.ts'

export async function verifyStorage(db: Kysely<Tables>, findings: Findings): Promise<void> {
  if (dialectOf(db) !== 'sqlite') return
  const integrity = await sql<{ readonly integrity_check: string }>`pragma integrity_check`.execute(db)
  for (const { integrity_check: text } of integrity.rows) {
    if (text === 'ok') continue
    findings.add({ code: 'FILE_DAMAGED', book: null, sequence: null, sentence: `SQLite reports: ${text}.` })
  }
  const references = await sql<{ readonly table: string; readonly parent: string }>`pragma foreign_key_check`.execute(
    db,
  )
  for (const { table, parent } of references.rows) {
    const sentence = `A row of table ${table} refers to a row of table ${parent} that does not exist.`
    findings.add({ code: 'REFERENCE_BROKEN', book: null, sequence: null, sentence })
  }
}
