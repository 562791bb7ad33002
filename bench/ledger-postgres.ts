/**
 * Posting on PostgreSQL with every invariant on, in durable batches of 5,000, against the same rows through the raw
 * driver: the same tables, keys and indexes, `unnest` of arrays, without triggers, hashes or balances.
 */
import pg from 'pg'
import { openDatabase } from '../src/db/database.ts'
import { migrationFiles } from '../src/db/migration-files.ts'
import { migrate } from '../src/db/migrate.ts'
import type { TransactionDraft } from '../src/domain/transaction.ts'
import { ensureBook, ensureSources } from '../src/ledger/books.ts'
import { postTransactions } from '../src/ledger/post.ts'
import { byteaArray, int8Array, textArray } from '../src/ledger/postgres-array.ts'
import { BATCH, draftBatches, type Arrival } from './ledger-drafts.ts'
import { withPostgres } from './postgres-server.ts'
import { median, scaled, type BenchRow } from './row.ts'

const RECORDED_AT_MS = 1_772_000_000_000
const ROUNDS = 3

export async function run(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [await bareRow()]
  for (const [arrival, count] of [
    ['in order', scaled(200_000)],
    ['random order', scaled(200_000)],
  ] as const) {
    const pairs: (readonly [number, number])[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const base = await withPostgres((url) => rawSpeed(url, arrival, count))
      pairs.push([base, await withPostgres((url) => ledgerSpeed(url, arrival, count))])
    }
    const figure = median(pairs.map(([, speed]) => speed))
    const ratio = median(pairs.map(([base, speed]) => speed / base))
    rows.push({
      name: `post on PostgreSQL, ${count.toLocaleString('en')} objects, ${arrival}`,
      figure,
      unit: 'transactions/s',
      ratio,
      target: '>= 60,000 and >= 0.5 of raw unnest',
      met: figure >= 60_000 && ratio >= 0.5,
    })
  }
  return rows
}

/** What this machine can do at all: two narrow tables with their keys, and nothing of ours. */
async function bareRow(): Promise<BenchRow> {
  const speeds: number[] = []
  for (let round = 0; round < ROUNDS; round += 1)
    speeds.push(await withPostgres((url) => bareSpeed(url, scaled(200_000))))
  return {
    name: 'this machine: bare unnest into two narrow tables',
    figure: median(speeds),
    unit: 'transactions/s',
    ratio: median(speeds) / 129_000,
    ratioOf: 'targets',
    met: true,
  }
}

async function bareSpeed(url: string, count: number): Promise<number> {
  const client = new pg.Client(url)
  await client.connect()
  await client.query(`create table txn (book int8, seq int8, source int8, object text collate "C", kind text collate "C",
      version int8, amount int8, primary key (book, seq), unique (book, source, object, kind, version));
    create table posting (book int8, seq int8, line int8, account int8, amount int8, primary key (book, seq, line))`)
  let busyMs = 0
  for (let first = 1; first <= count; first += BATCH) {
    const seqs = Array.from({ length: BATCH }, (_, index) => BigInt(first + index))
    const start = performance.now()
    await client.query('begin')
    await client.query(
      `insert into txn select 1, s, 1, o, 'charge', 1, s from unnest($1::int8[], $2::text[]) t (s, o)`,
      [int8Array(seqs), textArray(seqs.map((seq) => `order:${10_000_000n + seq}`))],
    )
    await client.query(
      `insert into posting select 1, s, l, l, a from unnest($1::int8[], $2::int8[], $3::int8[]) p (s, l, a)`,
      [
        int8Array(seqs.flatMap((seq) => [seq, seq])),
        int8Array(seqs.flatMap(() => [1n, 2n])),
        int8Array(seqs.flatMap((seq) => [seq, -seq])),
      ],
    )
    await client.query('commit')
    busyMs += performance.now() - start
  }
  await client.end()
  return (Math.ceil(count / BATCH) * BATCH * 1000) / busyMs
}

async function ledgerSpeed(url: string, arrival: Arrival, count: number): Promise<number> {
  const database = await openDatabase(url)
  await migrate(database, RECORDED_AT_MS)
  const book = await ensureBook(database.kysely, { name: 'bench', currency: 'USD', timeZone: 'UTC' })
  await ensureSources(database.kysely, book, [{ name: 'netpanel', kind: 'panel' }])
  let busyMs = 0
  for (const drafts of draftBatches(count, arrival)) {
    const start = performance.now()
    await database.kysely.transaction().execute((trx) => postTransactions(trx, book, drafts, RECORDED_AT_MS))
    busyMs += performance.now() - start
  }
  await database.close()
  return (count / busyMs) * 1000
}

const TXN = `insert into txn select * from unnest($1::int8[], $2::int8[], $3::int8[], $4::text[], $5::text[], $6::int8[],
  $7::text[], $8::int8[], $9::int8[], $10::text[], $11::int8[], $12::text[], $13::text[], $14::int8[], $15::int8[],
  $16::bytea[])`
const POSTING = `insert into posting select * from unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::int8[])`

async function rawSpeed(url: string, arrival: Arrival, count: number): Promise<number> {
  const client = new pg.Client(url)
  await client.connect()
  const script = migrationFiles('postgres')[0]?.script ?? ''
  await client.query((script.match(/CREATE (?:TABLE|INDEX) [^;]*;/g) ?? []).join('\n'))
  const hash = Buffer.alloc(32, 7)
  let sequence = 0
  let busyMs = 0
  for (const drafts of draftBatches(count, arrival)) {
    const start = performance.now()
    const sorted = [...drafts].sort((a, b) => (a.object < b.object ? -1 : 1))
    await client.query('begin')
    await client.query(TXN, txnArrays(sorted, sequence, hash))
    await client.query(POSTING, postingArrays(sorted, sequence))
    await client.query('commit')
    sequence += drafts.length
    busyMs += performance.now() - start
  }
  await client.end()
  return (count / busyMs) * 1000
}

/** In the driver's binary form, as the ledger sends them: the quickest way there is. */
function txnArrays(drafts: readonly TransactionDraft[], sequence: number, hash: Buffer): Buffer[] {
  return [
    int8Array(drafts.map(() => 1)),
    int8Array(drafts.map((_, index) => sequence + index + 1)),
    int8Array(drafts.map(() => 1)),
    textArray(drafts.map((draft) => draft.object)),
    textArray(drafts.map((draft) => draft.kind)),
    int8Array(drafts.map((draft) => draft.version)),
    textArray(drafts.map((draft) => draft.currency)),
    int8Array(drafts.map((draft) => draft.amount)),
    int8Array(drafts.map((draft) => draft.cumulative)),
    textArray(drafts.map((draft) => draft.effectiveDate)),
    int8Array(drafts.map(() => RECORDED_AT_MS)),
    textArray(drafts.map((draft) => draft.rule)),
    textArray(drafts.map((draft) => draft.memo)),
    int8Array(drafts.map((draft) => draft.evidence.batch)),
    int8Array(drafts.map((draft) => draft.evidence.item)),
    byteaArray(Buffer.concat(drafts.map(() => hash)), hash.length),
  ]
}

function postingArrays(drafts: readonly TransactionDraft[], sequence: number): Buffer[] {
  const lines = drafts.flatMap((draft, index) =>
    draft.postings.map(({ amount }, line) => [
      1n,
      BigInt(sequence + index + 1),
      BigInt(line + 1),
      BigInt(line + 1),
      amount,
    ]),
  )
  return [0, 1, 2, 3, 4].map((column) => int8Array(lines.map((line) => line[column] ?? 0n)))
}
