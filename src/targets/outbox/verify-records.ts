/**
 * For `ledger verify`: the outbox against what the log says of it. What is delivered was answered so, with that id and those
 * bytes; what was sent and is not answered yet was announced with the bytes that the outbox holds.
 */
import { hash } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Book } from '../../ledger/books.ts'
import type { Findings } from '../../ledger/verify/finding.ts'
import { lastRecord } from './delivery-records.ts'
import { readRows, type OutboxRow } from './row.ts'

const ROWS_PER_READ = 200

export async function verifyDeliveries(db: Kysely<Tables>, book: Book, findings: Findings): Promise<void> {
  const sent = await db
    .selectFrom('outbox')
    .select(['target', 'document'])
    .where('book', '=', book.id)
    .where((eb) => eb.or([eb('state', 'in', ['delivered', 'verified']), eb('sent_at_ms', 'is not', null)]))
    .orderBy('target')
    .orderBy('document')
    .execute()
  for (const [target, of] of Map.groupBy(sent, (row) => row.target)) {
    const documents = of.map(({ document }) => document)
    for (let at = 0; at < documents.length; at += ROWS_PER_READ) {
      const page = documents.slice(at, at + ROWS_PER_READ)
      for (const row of await readRows(db, { book: book.id, target }, { documents: page })) {
        const why = await differs(db, row)
        if (why === null) continue
        const sentence = `${row.document} to ${target}: ${why}`
        findings.add({ code: 'DELIVERY_DIFFERS', book: book.name, sequence: null, sentence })
      }
    }
  }
}

/** Null where the log says the same. */
async function differs(db: Kysely<Tables>, row: OutboxRow): Promise<string | null> {
  const said = await lastRecord(db, row)
  const sha256 = hash('sha256', row.body, 'hex')
  if (row.state === 'delivered' || row.state === 'verified') {
    if (said?.what !== 'answered' || said.to !== 'delivered')
      return `the outbox says ${row.state}, and the log has no such answer of the target.`
    if (said.remoteId !== row.remoteId)
      return `the outbox says it became entry ${row.remoteId}, and the target answered ${said.remoteId}.`
    return said.bodySha256 === sha256 ? null : 'the outbox holds other bytes than were delivered.'
  }
  if (said?.what !== 'announced') return 'the outbox says it was sent, and the log does not announce it.'
  return said.body === row.body ? null : 'the outbox holds other bytes than were announced before it was sent.'
}
