/** Posting: order, identity, refusal before the database has to, and the same chain on both engines. */
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { InvariantError } from '../../src/domain/errors.ts'
import type { TransactionDraft } from '../../src/domain/transaction.ts'
import { balances, trialBalance } from '../../src/ledger/balances.ts'
import { booksDigest, chainHead } from '../../src/ledger/digest.ts'
import { positions } from '../../src/ledger/positions.ts'
import { postTransactions } from '../../src/ledger/post.ts'
import { register } from '../../src/ledger/register.ts'
import { verifyLedger } from '../../src/ledger/verify/verify.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { newPostgresUrl, newSqliteUrl, opened } from '../support/databases.ts'
import { THREE, charge, newBook, post, refund } from '../support/ledger.ts'

const GUARD_MS = 1_000

describeOnBothEngines('posting', (fresh) => {
  it('numbers a batch by source, object, kind and version, whatever order it came in', async () => {
    const database = await fresh()
    const book = await newBook(database)
    const result = await post(database, book, THREE.toReversed())
    expect(result).toMatchObject({ posted: 3, existing: 0, headSequence: 3 })
    const rows = await database.kysely.selectFrom('txn').select(['seq', 'object', 'kind']).orderBy('seq').execute()
    expect(rows.map((row) => `${row.seq} ${row.object} ${row.kind}`)).toEqual([
      '1 order:1 charge',
      '2 order:1 refund',
      '3 order:2 charge',
    ])
    expect((await chainHead(database.kysely, book)).hash).toBe(result.headHash)
    expect((await verifyLedger(database.kysely, book)).findings).toEqual([])
  })

  it('answers a draft it already holds without posting it again, alone or among new ones', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, THREE)
    expect(await post(database, book, THREE)).toMatchObject({ posted: 0, existing: 3, headSequence: 3 })
    const later = THREE.map((draft) => ({ ...draft, evidence: { batch: 9, item: 9 } }))
    const again = await post(database, book, [...later, charge('order:3', 100n)], 2_000)
    expect(again).toMatchObject({ posted: 1, existing: 3, headSequence: 4 })
    expect((await verifyLedger(database.kysely, book)).findings).toEqual([])
  })

  it('refuses the same key with other content, names the key and shows both, and posts nothing', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, THREE)
    const other = charge('order:2', 300_000_000n)
    await expect(post(database, book, [other, charge('order:9', 100n)])).rejects.toThrow(
      /netpanel order:2 charge version 1 .*2\.00000000 of 2\.00000000.*3\.00000000 of 3\.00000000/s,
    )
    expect(await chainHead(database.kysely, book)).toMatchObject({ sequence: 3 })
  })

  it('never lets the recorded time fall', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('order:1', 100n)], 5_000)
    await post(database, book, [charge('order:2', 100n)], 4_000)
    expect(await chainHead(database.kysely, book)).toMatchObject({ recordedAtMs: 5_000 })
  })

  it('takes a second version and its first in one batch, and a charge and refund that both fall', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [
      charge('order:1', -100n, { version: 2, cumulative: 400n }),
      charge('order:1', 500n),
      refund('order:1', 450n),
      refund('order:1', -50n, { version: 2, cumulative: 400n }),
    ])
    const held = await positions(database.kysely, book.id, 1n, ['order:1', 'order:404'])
    expect(Object.fromEntries(held.get('order:1') ?? [])).toEqual({
      charge: { version: 2, cumulative: 400n },
      refund: { version: 2, cumulative: 400n },
    })
    expect(held.has('order:404')).toBe(false)
    expect((await verifyLedger(database.kysely, book)).findings).toEqual([])
  })

  it('does nothing for an empty batch', async () => {
    const database = await fresh()
    const book = await newBook(database)
    expect(await post(database, book, [])).toMatchObject({ posted: 0, existing: 0, headSequence: 0 })
  })

  it(
    'works inside the transaction of its caller, and is undone with it',
    async () => {
      const database = await fresh()
      const book = await newBook(database)
      const work = database.kysely.transaction().execute(async (trx) => {
        await postTransactions(trx, book, THREE, 1)
        expect(await chainHead(trx, book)).toMatchObject({ sequence: 3 })
        expect(await balances(trx, book)).toHaveLength(3)
        throw new Error('the caller gives up')
      })
      await expect(work).rejects.toThrow('the caller gives up')
      expect(await chainHead(database.kysely, book)).toMatchObject({ sequence: 0 })
      expect(await post(database, book, THREE)).toMatchObject({ posted: 3 })
    },
    GUARD_MS * 5,
  )

  it('keeps books apart: each has its own sequence', async () => {
    const database = await fresh()
    const [one, two] = [await newBook(database, 'one'), await newBook(database, 'two')]
    await post(database, one, THREE)
    await post(database, two, [charge('order:1', 100n)])
    expect(await chainHead(database.kysely, two)).toMatchObject({ sequence: 1 })
    expect((await verifyLedger(database.kysely, null)).findings).toEqual([])
  })
})

const BAD: readonly (readonly [string, TransactionDraft, RegExp])[] = [
  [
    'unbalanced',
    charge('order:1', 5n, {
      postings: [
        { account: '5100', amount: 5n },
        { account: '1310', amount: -4n },
      ],
    }),
    /off by/,
  ],
  ['one posting', charge('order:1', 5n, { postings: [{ account: '5100', amount: 5n }] }), /1 posting/],
  [
    'a zero posting',
    charge('order:1', 5n, {
      postings: [
        { account: '5100', amount: 5n },
        { account: '1310', amount: -5n },
        { account: '1', amount: 0n },
      ],
    }),
    /zero/,
  ],
  ['a zero amount', charge('order:1', 0n), /zero/],
  ['postings that are not its amount', charge('order:1', 5n, { amount: 6n, cumulative: 6n }), /amount/],
  ['a date that does not exist', charge('order:1', 5n, { effectiveDate: '2026-02-30' }), /2026-02-30/],
  ['a currency that is none', charge('order:1', 5n, { currency: 'usd' }), /usd/],
  ['version 0', charge('order:1', 5n, { version: 0 }), /version is 0/],
  ['a first version that does not start from zero', charge('order:1', 5n, { cumulative: 6n }), /first version/],
  ['an amount past 64 bits', charge('order:1', 2n ** 63n), /64-bit/],
  ['an empty object', charge('', 5n), /object/],
  [
    'an empty account',
    charge('order:1', 5n, {
      postings: [
        { account: '', amount: 5n },
        { account: '1310', amount: -5n },
      ],
    }),
    /account/,
  ],
  ['a zero byte', charge('order:1\0', 5n), /control character/],
  ['an unknown source', charge('order:1', 5n, { source: 'nobody' }), /nobody/],
]

describeOnBothEngines('a draft is refused before it is written when it has', (fresh) => {
  it.each(BAD)('%s', async (_, draft, message) => {
    const database = await fresh()
    const book = await newBook(database)
    const posting = post(database, book, [charge('order:0', 1n), draft])
    await expect(posting).rejects.toThrow(message)
    await expect(posting).rejects.toThrow(InvariantError)
    expect(await database.kysely.selectFrom('txn').select('seq').execute()).toEqual([])
  })
})

const BROKEN: readonly (readonly [string, readonly TransactionDraft[], RegExp])[] = [
  ['a version that skips one', [charge('order:2', 5n, { version: 3, cumulative: 200_000_005n })], /version/],
  ['a cumulative amount that does not add up', [charge('order:2', 5n, { version: 2, cumulative: 7n })], /version/],
  [
    'a second version in another currency',
    [charge('order:2', 5n, { version: 2, cumulative: 200_000_005n, currency: 'EUR' })],
    /currency/,
  ],
]

describeOnBothEngines('the head does not move over', (fresh) => {
  it.each(BROKEN)('%s', async (_, drafts, message) => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, THREE)
    await expect(post(database, book, drafts)).rejects.toThrow(message)
    expect(await chainHead(database.kysely, book)).toMatchObject({ sequence: 3 })
    expect((await verifyLedger(database.kysely, book)).findings).toEqual([])
  })
})

describeOnBothEngines('reading', (fresh) => {
  it('gives balances as of a day, and a trial balance of zero', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [...THREE, charge('order:3', 100_000_000n, { effectiveDate: '2026-03-05' })])
    const asOf = await balances(database.kysely, book, { asOf: '2026-03-04' })
    expect(asOf).toEqual([
      { account: '1310:netpanel', currency: 'USD', debit: 90_000_000n, credit: 650_000_000n, balance: -560_000_000n },
      { account: '5100', currency: 'USD', debit: 650_000_000n, credit: 0n, balance: 650_000_000n },
      { account: '5190', currency: 'USD', debit: 0n, credit: 90_000_000n, balance: -90_000_000n },
    ])
    expect(await trialBalance(database.kysely, book)).toMatchObject({
      balanced: true,
      totals: [{ currency: 'USD', total: 0n }],
    })
  })

  it('gives the register of a code over its wallets, from the balance before, in order of days', async () => {
    const database = await fresh()
    const book = await newBook(database)
    const late = charge('order:0', 100_000_000n, { effectiveDate: '2026-02-27' })
    await post(database, book, THREE)
    await post(database, book, [late, charge('order:3', 50_000_000n, { effectiveDate: '2026-03-05' })])
    const lines = []
    for await (const line of register(database.kysely, book, '1310', { from: '2026-03-01' })) lines.push(line)
    expect(lines.map((line) => [line.date, line.object, line.amount, line.balance])).toEqual([
      ['2026-03-01', 'order:1', -450_000_000n, -550_000_000n],
      ['2026-03-01', 'order:1', 90_000_000n, -460_000_000n],
      ['2026-03-01', 'order:2', -200_000_000n, -660_000_000n],
      ['2026-03-05', 'order:3', -50_000_000n, -710_000_000n],
    ])
  })

  it('gives a digest that forgets order, time and steps, and a chain head that does not', async () => {
    const database = await fresh()
    const [one, two] = [await newBook(database, 'one'), await newBook(database, 'two')]
    await post(database, one, [charge('order:1', 500n), charge('order:2', 100n)])
    await post(database, two, [charge('order:2', 100n)], 1)
    await post(database, two, [charge('order:1', 300n), charge('order:3', 7n)], 2)
    await post(
      database,
      two,
      [
        charge('order:1', 200n, { version: 2, cumulative: 500n }),
        charge('order:3', -7n, { version: 2, cumulative: 0n }),
      ],
      3,
    )
    expect(await booksDigest(database.kysely, one)).toBe(await booksDigest(database.kysely, two))
    expect((await chainHead(database.kysely, one)).hash).not.toBe((await chainHead(database.kysely, two)).hash)
    await post(database, two, [charge('order:4', 1n)], 4)
    expect(await booksDigest(database.kysely, one)).not.toBe(await booksDigest(database.kysely, two))
  })
})

describe('SQLite and PostgreSQL', () => {
  it('come to the same chain head and digest from the same drafts, whatever the letters', async () => {
    const drafts = [
      ...THREE,
      charge('order:ä', 5n, {
        memo: 'Überweisung 🪙',
        postings: [
          { account: '5100:Zürich', amount: 5n },
          { account: '1310:netpanel', amount: -5n },
        ],
      }),
      charge('order:Z', 5n),
      charge('order:a', 5n, { source: 'grosspanel' }),
      charge('order:\u{1f4b0}', 5n),
      charge('order:\uffee', 5n),
    ]
    const seen = []
    for (const url of [newSqliteUrl(), await newPostgresUrl()]) {
      const database = await opened(url)
      const book = await newBook(database)
      await post(database, book, drafts, 1_790_000_000_123)
      seen.push([await chainHead(database.kysely, book), await booksDigest(database.kysely, book)])
      expect((await verifyLedger(database.kysely, book)).findings).toEqual([])
    }
    expect(seen[0]).toEqual(seen[1])
  })

  it(
    'would hang when a transaction uses the handle outside it, so everything takes the handle it is given',
    async () => {
      const database = await opened(newSqliteUrl())
      const book = await newBook(database)
      await database.kysely.transaction().execute(async (trx) => {
        await postTransactions(trx, book, THREE, 1)
        await sql`select 1`.execute(trx)
      })
      expect(await chainHead(database.kysely, book)).toMatchObject({ sequence: 3 })
    },
    GUARD_MS,
  )
})
