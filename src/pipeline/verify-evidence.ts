/**
 * The evidence side of `ledger verify`: the raw landing is byte for byte what was landed, what was made of it points
 * at landed bytes, the order registry is whole (verify-registry.ts), and matches are what lines, items and postings say.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { verifyLanding } from '../log/landing.ts'
import type { Book } from '../ledger/books.ts'
import type { Findings } from '../ledger/verify/finding.ts'
import { verifyMatches } from './verify-matches.ts'
import { verifyRegistry } from './verify-registry.ts'

/** More of one kind than this says nothing new. */
const LIMIT = 1000

export async function verifyEvidence(db: Kysely<Tables>, book: Book, findings: Findings): Promise<void> {
  for await (const { code, sentence } of verifyLanding(db, book.id)) {
    findings.add({ code, book: book.name, sequence: null, sentence })
  }
  await verifyReferences(db, book, findings)
  await verifyRegistry(db, book, findings)
  await verifyMatches(db, book, findings)
}

/** Rows that exist because something was landed, and where they keep its place. */
const REFERENCES = [
  { table: 'quarantine', batch: 'batch', item: 'item' },
  { table: 'wallet_reading', batch: 'batch', item: 'item' },
  { table: 'counter_reading', batch: 'batch', item: 'item' },
  { table: 'panel_order', batch: 'evidence_batch', item: 'evidence_item' },
  { table: 'order_state', batch: 'evidence_batch', item: 'evidence_item' },
  { table: 'panel_add', batch: 'evidence_batch', item: 'evidence_item' },
  { table: 'campaign', batch: 'evidence_batch', item: 'evidence_item' },
  { table: 'service_rate', batch: 'evidence_batch', item: 'evidence_item' },
  { table: 'order_client', batch: 'evidence_batch', item: 'evidence_item' },
  { table: 'service_category', batch: 'evidence_batch', item: 'evidence_item' },
  { table: 'statement_file', batch: 'batch', item: 'item' },
  { table: 'statement_section', batch: 'batch', item: 'item' },
  { table: 'statement_line', batch: 'batch', item: 'item' },
  { table: 'statement_sighting', batch: 'batch', item: 'item' },
  { table: 'statement_undo', batch: 'batch', item: 'item' },
  { table: 'statement_undo', batch: 'undone_batch', item: 'undone_item' },
] as const

async function verifyReferences(db: Kysely<Tables>, book: Book, findings: Findings): Promise<void> {
  const { rows: transactions } = await sql<MissingRow>`
    select made.seq, made.evidence_batch as batch, made.evidence_item as item
    from txn as made ${withoutLanding('evidence_batch', 'evidence_item')}
    where made.book = ${book.id} and log_record.batch is null
    order by made.seq limit ${sql.lit(LIMIT)}`.execute(db)
  for (const { seq, batch, item } of transactions) {
    const sentence = `Transaction ${seq} points at landing batch ${batch}, item ${item}, which is not there.`
    findings.add({ code: 'EVIDENCE_MISSING', book: book.name, sequence: Number(seq), sentence })
  }
  for (const { table, batch, item } of REFERENCES) {
    const { rows } = await sql<Omit<MissingRow, 'seq'>>`
      select distinct ${sql.ref(`made.${batch}`)} as batch, ${sql.ref(`made.${item}`)} as item
      from ${sql.table(table)} as made ${withoutLanding(batch, item)}
      where made.book = ${book.id} and log_record.batch is null
      order by 1, 2 limit ${sql.lit(LIMIT)}`.execute(db)
    for (const missing of rows) {
      const sentence = `Table ${table} points at landing batch ${missing.batch}, item ${missing.item}, which is not there.`
      findings.add({ code: 'EVIDENCE_MISSING', book: book.name, sequence: null, sentence })
    }
  }
}

interface MissingRow {
  readonly seq: bigint
  readonly batch: bigint
  readonly item: bigint
}

function withoutLanding(batch: string, item: string): RawBuilder<unknown> {
  return sql`left join log_record on log_record.book = made.book and log_record.batch = ${sql.ref(`made.${batch}`)}
    and log_record.item = ${sql.ref(`made.${item}`)}`
}
