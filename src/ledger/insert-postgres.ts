/** Inserts a batch on PostgreSQL: one statement a table, one array a column, and what is shared by the batch once. */
import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { HASH_BYTES, type ChainedBatch } from './chain.ts'
import { executeShape } from '../db/compiled.ts'
import { idOf } from './names.ts'
import { byteaArray, int8Array, textArray } from './postgres-array.ts'

export async function insertPostgres(trx: Transaction<Tables>, batch: ChainedBatch): Promise<void> {
  await executeShape(trx, 'txn', txnStatement, txnParameters(batch))
  await executeShape(trx, 'posting', postingStatement, postingParameters(batch))
}

function txnStatement(): RawBuilder<unknown> {
  return sql`insert into txn (book, seq, recorded_at_ms, source, object, kind, version, currency, amount, cumulative,
      effective_date, rule, memo, evidence_batch, evidence_item, hash)
    select ${0}::int8, ${0}::int8 + place - 1, ${0}::int8, source, object, kind, version, currency, amount, cumulative,
      effective_date, rule, memo, evidence_batch, evidence_item, hash
    from unnest(${0}::int8[], ${0}::text[], ${0}::text[], ${0}::int8[], ${0}::text[], ${0}::int8[], ${0}::int8[],
      ${0}::text[], ${0}::text[], ${0}::text[], ${0}::int8[], ${0}::int8[], ${0}::bytea[])
      with ordinality as own (source, object, kind, version, currency, amount, cumulative, effective_date, rule, memo,
        evidence_batch, evidence_item, hash, place)`
}

function postingStatement(): RawBuilder<unknown> {
  return sql`insert into posting (book, seq, line, account, amount)
    select ${0}::int8, seq, line, account, amount
    from unnest(${0}::int8[], ${0}::int8[], ${0}::int8[], ${0}::int8[]) as own (seq, line, account, amount)`
}

function txnParameters({
  book,
  firstSequence,
  recordedAtMs,
  drafts,
  hashes,
  sources,
}: ChainedBatch): readonly unknown[] {
  return [
    book.id,
    firstSequence,
    recordedAtMs,
    int8Array(drafts.map((draft) => idOf(sources, draft.source, 'source'))),
    textArray(drafts.map((draft) => draft.object)),
    textArray(drafts.map((draft) => draft.kind)),
    int8Array(drafts.map((draft) => draft.version)),
    textArray(drafts.map((draft) => draft.currency)),
    int8Array(drafts.map((draft) => draft.amount)),
    int8Array(drafts.map((draft) => draft.cumulative)),
    textArray(drafts.map((draft) => draft.effectiveDate)),
    textArray(drafts.map((draft) => draft.rule)),
    textArray(drafts.map((draft) => draft.memo)),
    int8Array(drafts.map((draft) => draft.evidence.batch)),
    int8Array(drafts.map((draft) => draft.evidence.item)),
    byteaArray(hashes, HASH_BYTES),
  ]
}

function postingParameters({ book, firstSequence, drafts, accounts }: ChainedBatch): readonly unknown[] {
  const sequences: number[] = []
  const lines: number[] = []
  const ids: bigint[] = []
  const amounts: bigint[] = []
  for (const [index, { postings }] of drafts.entries()) {
    let line = 0
    for (const { account, amount } of postings) {
      line += 1
      sequences.push(firstSequence + index)
      lines.push(line)
      ids.push(idOf(accounts, account, 'account'))
      amounts.push(amount)
    }
  }
  return [book.id, int8Array(sequences), int8Array(lines), int8Array(ids), int8Array(amounts)]
}
