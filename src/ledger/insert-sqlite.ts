/**
 * Inserts a batch on SQLite, many rows a statement. What is the same for the whole batch is bound once a statement and
 * joined to the rows, because binding a value costs about as much as storing it.
 */
import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { ChainedBatch } from './chain.ts'
import { executeShape } from './compiled.ts'
import { idOf } from './names.ts'

const TXNS_PER_STATEMENT = 50
const POSTINGS_PER_STATEMENT = 100
const TXN_CELLS = 14
const POSTING_CELLS = 4

export async function insertSqlite(trx: Transaction<Tables>, batch: ChainedBatch): Promise<void> {
  const { drafts } = batch
  for (let from = 0; from < drafts.length; from += TXNS_PER_STATEMENT) {
    const to = Math.min(from + TXNS_PER_STATEMENT, drafts.length)
    await executeShape(trx, `txn ${to - from}`, () => txnStatement(to - from), txnParameters(batch, from, to))
  }
  await insertPostings(trx, batch)
}

function txnStatement(rows: number): RawBuilder<unknown> {
  return sql`insert into txn (book, seq, recorded_at_ms, source, object, kind, version, currency, amount, cumulative,
      effective_date, rule, memo, evidence_batch, evidence_item, hash)
    select shared.column1, shared.column2 + own.column1, shared.column3, own.column2, own.column3, own.column4,
      own.column5, own.column6, own.column7, own.column8, own.column9, own.column10, own.column11, own.column12,
      own.column13, own.column14
    from (values (${0}, ${0}, ${0})) as shared, (values ${cells(rows, TXN_CELLS)}) as own`
}

function postingStatement(rows: number): RawBuilder<unknown> {
  return sql`insert into posting (book, seq, line, account, amount)
    select shared.column1, shared.column2 + own.column1, own.column2, own.column3, own.column4
    from (values (${0}, ${0})) as shared, (values ${cells(rows, POSTING_CELLS)}) as own`
}

function cells(rows: number, columns: number): RawBuilder<unknown> {
  const row = sql`(${sql.join(Array.from({ length: columns }, () => 0))})`
  return sql.join(Array.from({ length: rows }, () => row))
}

function txnParameters(batch: ChainedBatch, from: number, to: number): readonly unknown[] {
  const values: unknown[] = [batch.book.id, BigInt(batch.firstSequence), BigInt(batch.recordedAtMs)]
  for (let index = from; index < to; index += 1) {
    const draft = batch.drafts[index]
    if (draft === undefined) continue
    const { evidence } = draft
    values.push(index, idOf(batch.sources, draft.source, 'source'), draft.object, draft.kind, draft.version)
    values.push(draft.currency, draft.amount, draft.cumulative, draft.effectiveDate, draft.rule, draft.memo)
    values.push(evidence.batch, evidence.item, batch.hashes[index])
  }
  return values
}

async function insertPostings(trx: Transaction<Tables>, batch: ChainedBatch): Promise<void> {
  const shared = [batch.book.id, BigInt(batch.firstSequence)]
  let values: unknown[] = [...shared]
  let rows = 0
  const flush = async (): Promise<void> => {
    const count = rows
    await executeShape(trx, `posting ${count}`, () => postingStatement(count), values)
    values = [...shared]
    rows = 0
  }
  for (const [index, { postings }] of batch.drafts.entries()) {
    let line = 0
    for (const { account, amount } of postings) {
      line += 1
      rows += 1
      values.push(index, line, idOf(batch.accounts, account, 'account'), amount)
      if (rows === POSTINGS_PER_STATEMENT) await flush()
    }
  }
  if (rows > 0) await flush()
}
