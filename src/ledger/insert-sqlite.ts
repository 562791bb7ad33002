/**
 * Inserts a batch on SQLite, many rows a statement. Binding a value costs about as much as storing it, so what all rows
 * of a statement share (the book, the time, and mostly source, currency, day, rule) is bound once and joined to them.
 */
import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { TransactionDraft } from '../domain/transaction.ts'
import { HASH_BYTES, type ChainedBatch } from './chain.ts'
import { executeShape } from '../db/compiled.ts'
import { idOf } from './names.ts'

const TXNS_PER_STATEMENT = 50
const POSTINGS_PER_STATEMENT = 100
/** Book, first sequence, recorded time and hashes are always shared. */
const TXN_SHARED = 4
const POSTING_SHARED = 2
const POSTING_CELLS = 4

/** Columns that neighbours mostly have in common. */
const REPEATING = [
  ['source', (draft: TransactionDraft) => draft.source],
  ['kind', (draft: TransactionDraft) => draft.kind],
  ['currency', (draft: TransactionDraft) => draft.currency],
  ['effective_date', (draft: TransactionDraft) => draft.effectiveDate],
  ['rule', (draft: TransactionDraft) => draft.rule],
  ['memo', (draft: TransactionDraft) => draft.memo],
] as const
const OWN = ['object', 'version', 'amount', 'cumulative', 'evidence_batch', 'evidence_item'] as const

export async function insertSqlite(trx: Transaction<Tables>, batch: ChainedBatch): Promise<void> {
  // One array for all statements: each has run before the next is filled.
  const values: unknown[] = []
  for (let from = 0; from < batch.drafts.length; from += TXNS_PER_STATEMENT) {
    const drafts = batch.drafts.slice(from, from + TXNS_PER_STATEMENT)
    const rows = drafts.length
    // Only full statements come in many shapes, which bounds how many there are.
    const shared = rows === TXNS_PER_STATEMENT ? REPEATING.map(([, read]) => isShared(drafts, read)) : NOTHING_SHARED
    fillTxns(values, batch, from, drafts, shared)
    await executeShape(trx, `txn ${rows} ${shared.join()}`, () => txnStatement(rows, shared), values)
  }
  await insertPostings(trx, batch)
}

const NOTHING_SHARED: readonly boolean[] = REPEATING.map(() => false)

function isShared(drafts: readonly TransactionDraft[], read: (draft: TransactionDraft) => string): boolean {
  const [first] = drafts
  return first !== undefined && drafts.every((draft) => read(draft) === read(first))
}

/** In the order in which `fillTxns` gives the values. */
function txnStatement(rows: number, shared: readonly boolean[]): RawBuilder<unknown> {
  const once = REPEATING.filter((_, index) => shared[index] === true).map(([name]) => name)
  const each = REPEATING.filter((_, index) => shared[index] !== true).map(([name]) => name)
  const columns = [...once, ...OWN, ...each]
  const places = [
    ...once.map((_, index) => sql.ref(`shared.column${TXN_SHARED + index + 1}`)),
    ...[...OWN, ...each].map((_, index) => sql.ref(`own.column${index + 2}`)),
  ]
  const width = sql.lit(HASH_BYTES)
  return sql`insert into txn (book, seq, recorded_at_ms, hash, ${sql.join(columns.map((name) => sql.ref(name)))})
    select shared.column1, shared.column2 + own.column1, shared.column3,
      substr(shared.column4, own.column1 * ${width} + 1, ${width}), ${sql.join(places)}
    from (values ${cells(1, TXN_SHARED + once.length)}) as shared,
      (values ${cells(rows, 1 + OWN.length + each.length)}) as own`
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
function fillTxns(
  values: unknown[],
  { book, firstSequence, recordedAtMs, hashes, sources }: ChainedBatch,
  from: number,
  drafts: readonly TransactionDraft[],
  shared: readonly boolean[],
): void {
  const place = from * HASH_BYTES
  const ownHashes = hashes.subarray(place, place + drafts.length * HASH_BYTES)
  let at = 0
  const add = (value: unknown): void => {
    values[at] = value
    at += 1
  }
  const addRepeating = (draft: TransactionDraft, which: boolean): void => {
    for (let index = 0; index < REPEATING.length; index += 1) {
      if (shared[index] !== which) continue
      const value = REPEATING[index]?.[1](draft) ?? ''
      add(index === 0 ? idOf(sources, value, 'source') : value)
    }
  }
  add(book.id)
  add(BigInt(firstSequence + from))
  add(BigInt(recordedAtMs))
  add(ownHashes)
  const [first] = drafts
  if (first !== undefined) addRepeating(first, true)
  for (const [row, draft] of drafts.entries()) {
    add(row)
    add(draft.object)
    add(draft.version)
    add(draft.amount)
    add(draft.cumulative)
    add(draft.evidence.batch)
    add(draft.evidence.item)
    addRepeating(draft, false)
  }
  values.length = at
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
