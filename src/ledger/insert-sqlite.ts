/**
 * Inserts a batch on SQLite, many rows a statement. What is the same for the whole batch is bound once a statement and
 * joined to the rows, because binding a value costs about as much as storing it.
 */
import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { HASH_BYTES, type ChainedBatch } from './chain.ts'
import { executeShape } from './compiled.ts'
import { idOf } from './names.ts'

const TXNS_PER_STATEMENT = 50
const POSTINGS_PER_STATEMENT = 100
const TXN_SHARED = 4
const TXN_CELLS = 13
const POSTING_SHARED = 2
const POSTING_CELLS = 4

export async function insertSqlite(trx: Transaction<Tables>, batch: ChainedBatch): Promise<void> {
  // One array for all statements: each has run before the next is filled.
  const values: unknown[] = Array.from({ length: TXN_SHARED + TXNS_PER_STATEMENT * TXN_CELLS })
  for (let from = 0; from < batch.drafts.length; from += TXNS_PER_STATEMENT) {
    const rows = Math.min(TXNS_PER_STATEMENT, batch.drafts.length - from)
    values.length = TXN_SHARED + rows * TXN_CELLS
    fillTxns(values, batch, from, rows)
    await executeShape(trx, `txn ${rows}`, () => txnStatement(rows), values)
  }
  await insertPostings(trx, batch)
}

function txnStatement(rows: number): RawBuilder<unknown> {
  const width = sql.lit(HASH_BYTES)
  return sql`insert into txn (book, seq, recorded_at_ms, source, object, kind, version, currency, amount, cumulative,
      effective_date, rule, memo, evidence_batch, evidence_item, hash)
    select shared.column1, shared.column2 + own.column1, shared.column3, own.column2, own.column3, own.column4,
      own.column5, own.column6, own.column7, own.column8, own.column9, own.column10, own.column11, own.column12,
      own.column13, substr(shared.column4, own.column1 * ${width} + 1, ${width})
    from (values ${cells(1, TXN_SHARED)}) as shared, (values ${cells(rows, TXN_CELLS)}) as own`
}

function postingStatement(rows: number): RawBuilder<unknown> {
  return sql`insert into posting (book, seq, line, account, amount)
    select shared.column1, shared.column2 + own.column1, own.column2, own.column3, own.column4
    from (values ${cells(1, POSTING_SHARED)}) as shared, (values ${cells(rows, POSTING_CELLS)}) as own`
}

function cells(rows: number, columns: number): RawBuilder<unknown> {
  const row = sql`(${sql.join(Array.from({ length: columns }, () => 0))})`
  return sql.join(Array.from({ length: rows }, () => row))
}

/** Rows are numbered from 0 within the statement; their hashes are one value, cut up by the statement. */
function fillTxns(values: unknown[], batch: ChainedBatch, from: number, rows: number): void {
  const { drafts, sources, hashes } = batch
  values[0] = batch.book.id
  values[1] = BigInt(batch.firstSequence + from)
  values[2] = BigInt(batch.recordedAtMs)
  values[3] = hashes.subarray(from * HASH_BYTES, (from + rows) * HASH_BYTES)
  let at = TXN_SHARED
  for (let row = 0; row < rows; row += 1) {
    const draft = drafts[from + row]
    if (draft === undefined) continue
    values[at] = row
    values[at + 1] = idOf(sources, draft.source, 'source')
    values[at + 2] = draft.object
    values[at + 3] = draft.kind
    values[at + 4] = draft.version
    values[at + 5] = draft.currency
    values[at + 6] = draft.amount
    values[at + 7] = draft.cumulative
    values[at + 8] = draft.effectiveDate
    values[at + 9] = draft.rule
    values[at + 10] = draft.memo
    values[at + 11] = draft.evidence.batch
    values[at + 12] = draft.evidence.item
    at += TXN_CELLS
  }
}

async function insertPostings(trx: Transaction<Tables>, batch: ChainedBatch): Promise<void> {
  const values: unknown[] = [batch.book.id, BigInt(batch.firstSequence)]
  let rows = 0
  let at = POSTING_SHARED
  const flush = async (): Promise<void> => {
    const count = rows
    values.length = at
    await executeShape(trx, `posting ${count}`, () => postingStatement(count), values)
    rows = 0
    at = POSTING_SHARED
  }
  for (const [index, { postings }] of batch.drafts.entries()) {
    let line = 0
    for (const { account, amount } of postings) {
      line += 1
      values[at] = index
      values[at + 1] = line
      values[at + 2] = idOf(batch.accounts, account, 'account')
      values[at + 3] = amount
      at += POSTING_CELLS
      rows += 1
      if (rows === POSTINGS_PER_STATEMENT) await flush()
    }
  }
  if (rows > 0) await flush()
}
