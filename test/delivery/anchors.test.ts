/**
 * Books that somebody has written anew, with every hash right and every guard back: nothing in the database tells, and the
 * entries that were delivered before do.
 */
import { hash } from 'node:crypto'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { createCanonicalWriter } from '../../src/domain/canonical.ts'
import { proveJournals } from '../../src/journals/prove.ts'
import type { Book } from '../../src/ledger/books.ts'
import { readTransactions } from '../../src/ledger/verify/read-pages.ts'
import { verifyLedger } from '../../src/ledger/verify/verify.ts'
import { GENESIS_HASH } from '../../src/domain/byte-writer.ts'
import { recordHash } from '../../src/log/record-hash.ts'
import { verifyLog } from '../../src/pipeline/verify-log.ts'
import { markedMemo } from '../../src/targets/book-mark.ts'
import { anchorsOf } from '../../src/targets/outbox/anchors.ts'
import { tieOut } from '../../src/targets/outbox/tie-out.ts'
import { verifyDeliveries } from '../../src/targets/outbox/verify-records.ts'
import { approve, post } from '../journals/support.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { withoutTriggers } from '../support/unguarded.ts'
import { deliverNight, openExceptions } from './delivered-book.ts'
import { bench, LASTING_ID, pass, plainBuild, verify, type Bench } from './support.ts'

/** Two days, approved one after the other, whose entries carry the heads of their journals. */
async function anchored(database: Database): Promise<Bench> {
  const made = await bench(database, 1)
  await post(database, made.book, [['panel', 'charge', 'netpanel', '2.25', '2026-11-02']])
  await approve(database, made.book)
  const build: typeof plainBuild = async (db, sealed, closedThrough) => {
    const built = await plainBuild(db, sealed, closedThrough)
    if (!built.ok) return built
    const { document, day, heads } = sealed.journal
    const memo = markedMemo(`${document} journal of ${day}, heads ${heads}`, LASTING_ID)
    return { ok: true, entries: built.entries.map((entry) => ({ ...entry, memo })) }
  }
  return { ...made, work: { ...made.work, build } }
}

async function deliver({ work }: Bench): Promise<void> {
  await pass(work)
  await verify(work)
}

async function tied({ work }: Bench) {
  const answer = await tieOut(work)
  if (!answer.ok) throw new Error(answer.stop.message)
  return answer.tieOut
}

/** All that `tieout ledger verify` says. */
async function said({ database: { kysely }, book }: Bench) {
  const { findings } = await verifyLedger(kysely, book, [verifyLog, verifyDeliveries])
  return [...findings, ...(await proveJournals(kysely, book)).problems]
}

const writer = createCanonicalWriter()

/** Another memo of the first transaction, and every hash from there on. */
async function forgeLedger({ kysely }: Database, book: Book): Promise<void> {
  await sql`update txn set memo = 'another' where book = ${book.id} and seq = 1`.execute(kysely)
  let previous: Uint8Array = GENESIS_HASH
  for await (const page of readTransactions(kysely, book))
    for (const transaction of page) {
      const bytes = writer.encode(previous, { ...transaction, book: book.name }, transaction)
      previous = hash('sha256', bytes, 'buffer')
      await sql`update txn set hash = ${previous} where book = ${book.id} and seq = ${transaction.sequence}`.execute(
        kysely,
      )
    }
  await sql`update head set hash = ${previous} where book = ${book.id}`.execute(kysely)
}

/** Another time of the first record, and every hash from there on. */
async function forgeLog({ kysely }: Database, book: Book): Promise<void> {
  await sql`update log_record set at_ms = at_ms - 1 where book = ${book.id} and batch = 1`.execute(kysely)
  const records = await kysely
    .selectFrom('log_record')
    .selectAll()
    .where('book', '=', book.id)
    .orderBy('batch')
    .orderBy('item')
    .execute()
  let previous: Uint8Array = GENESIS_HASH
  for (const { batch, item, at_ms, http_status, content_type, body_bytes, body_sha256, ...rest } of records) {
    previous = recordHash(previous, {
      ...rest,
      book: book.name,
      batch: Number(batch),
      item: Number(item),
      atMs: Number(at_ms),
      httpStatus: http_status === null ? null : Number(http_status),
      contentType: content_type,
      bodyBytes: Number(body_bytes),
      bodySha256: body_sha256,
    })
    await sql`update log_record set hash = ${previous} where book = ${book.id} and batch = ${batch} and item = ${item}`.execute(
      kysely,
    )
  }
}

async function forge({ database, book }: Bench, what: 'ledger' | 'log'): Promise<void> {
  const { kysely } = database
  if (what === 'log') return withoutTriggers(kysely, 'log_record', () => forgeLog(database, book))
  return withoutTriggers(kysely, 'txn', () => withoutTriggers(kysely, 'head', () => forgeLedger(database, book)))
}

describeOnBothEngines('books written anew', (fresh) => {
  it.each([
    ['ledger', /^ACMEADS-20261101-1 \(id 1\) says that transaction 1 had the hash \w{16}, and here it has \w{16}: /, 2],
    ['log', /^ACMEADS-20261102-1 \(id 2\) says that log record 1\.1 had the hash \w{16}, and here it has \w{16}: /, 1],
  ] as const)('do not fit the entries that were delivered before: the %s', async (what, sentence, entries) => {
    const made = await anchored(await fresh())
    await deliver(made)
    expect(await tied(made)).toMatchObject({ isComplete: true, misfits: [], restored: [] })
    const before = await said(made)
    await forge(made, what)
    expect(await said(made)).toEqual(before)
    const { isTied, accounts, strange, misfits } = await tied(made)
    expect({ isTied, strange }).toEqual({ isTied: false, strange: [] })
    expect(accounts.map(({ unexplained }) => unexplained)).toEqual([0n, 0n])
    expect(misfits).toHaveLength(entries)
    expect(misfits[0]).toMatch(sentence)
    expect(misfits[0]).toContain('the books were written anew since, or this is another copy of them.')
  })

  it('are an item of the next night that delivers something, whatever else is changed there', async () => {
    const made = await anchored(await fresh())
    await deliverNight(made)
    expect(await openExceptions(made)).toEqual([])
    await forge(made, 'ledger')
    const [first] = made.service.entries
    if (first !== undefined) first.text = first.text.replaceAll('1250000', '1260000')
    await post(made.database, made.book, [['panel', 'charge', 'netpanel', '3.25', '2026-11-03']])
    await approve(made.database, made.book)
    await deliverNight(made, 'all')
    expect((await openExceptions(made)).toSorted()).toEqual([
      'TARGET_CHANGED journal:ACMEADS-20261101-1:edited',
      'TARGET_CHANGED tie-out',
    ])
  })

  it('end before what an entry says, where a chain was cut off', async () => {
    const made = await anchored(await fresh())
    await deliver(made)
    const [entry] = made.service.entries
    if (entry !== undefined) entry.text = entry.text.replace(/heads 1:/, 'heads 7490:')
    const { isTied, misfits } = await tied(made)
    expect(isTied).toBe(false)
    expect(misfits.join()).toMatch(/says that transaction 7490 had the hash \w{16}, and here it is not there \(yet\): /)
  })
})

it.each([
  ['no heads', 'A-1 journal, ledger 1..2, book 3F9A01BC', []],
  ['one head', 'A-1 journal, heads 2:1a2b3c4d5e6f7a8b, book 3F9A01BC', ['ledger']],
  ['both', 'A-1 journal, heads 2:1a2b3c4d5e6f7a8b 5.1:9f8e7d6c5b4a3f2e, book 3F9A01BC', ['ledger', 'log']],
  ['a remark behind them', 'A-1, heads 2:1a2b3c4d5e6f7a8b, book 3F9A01BC, seen by Ann', ['ledger']],
  ['words that are none', 'A-1, heads of department, book 3F9A01BC', []],
])('reads the heads of a memo with %s', (_what, memo, of) => {
  expect(anchorsOf({ memo }).map((head) => head.of)).toEqual(of)
})
