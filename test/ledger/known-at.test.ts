/** The books on both axes of time, against sums over what was posted. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Posting } from '../../src/domain/transaction.ts'
import type { AccountBalance } from '../../src/ledger/balances.ts'
import { dailyKnownAt } from '../../src/ledger/daily.ts'
import { balancesWithin } from '../../src/ledger/known-at.ts'
import { sequenceKnownAt } from '../../src/ledger/sequences.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { charge, newBook, post, refund } from '../support/ledger.ts'

describeOnSqlite('the books as they were known', (fresh) => {
  it('find the last sequence recorded at or before an instant', async () => {
    const database = await fresh()
    const book = await newBook(database)
    expect(await sequenceKnownAt(database.kysely, book, 5_000)).toBe(0)
    await post(database, book, [charge('order:1', 100n), charge('order:2', 200n)], 1_000)
    await post(database, book, [charge('order:3', 300n)], 3_000)
    const known = (ms: number) => sequenceKnownAt(database.kysely, book, ms)
    expect(await Promise.all([999, 1_000, 2_999, 3_000, 9_000].map(known))).toEqual([0, 2, 2, 3, 3])
  })

  it('are the sum of what counted by the day and was known by the sequence, whatever came early or late', async () => {
    const database = await fresh()
    const book = await newBook(database)
    const days = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04']
    const posted = fc.sample(
      fc.record({
        amount: fc.bigInt({ min: 1n, max: 9_000n }),
        // The second day is whole from the beginning, the last one is only ever late.
        day: fc.constantFrom('2026-03-01', '2026-03-03'),
        batch: fc.nat({ max: 3 }),
      }),
      { numRuns: 30, seed: 7 },
    )
    const drafts = [0, 1, 2, 3].map((batch) => [
      ...(batch === 0 ? [charge('order:first', 500n, { effectiveDate: '2026-03-02' })] : []),
      ...posted.flatMap(({ amount, day, batch: own }, index) =>
        own === batch ? [charge(`order:${index}`, amount, { effectiveDate: day })] : [],
      ),
      ...(batch === 3 ? [charge('order:last', 70n, { effectiveDate: '2026-03-04' })] : []),
      ...(batch === 3 ? [refund('order:first', 20n, { effectiveDate: '2026-03-01' })] : []),
    ])
    for (const [batch, some] of drafts.entries()) await post(database, book, some, 1_000 * (batch + 1))
    const named = new Map(drafts.flat().map((draft) => [`${draft.kind} ${draft.object}`, draft]))
    const places = await database.kysely.selectFrom('txn').select(['kind', 'object']).orderBy('seq').execute()
    const all = places.flatMap(({ kind, object }) => named.get(`${kind} ${object}`) ?? [])
    for (const sequence of [0, 1, 2, 5, 9, 14, 15, 16, 20, 27, all.length - 1, all.length]) {
      for (const asOf of days) {
        const known = all.slice(0, sequence).filter(({ effectiveDate }) => effectiveDate <= asOf)
        const rows = await balancesWithin(database.kysely, book, { asOf, sequence })
        expect(rows).toEqual(sums(known.flatMap(({ postings }) => postings)))
        const wallet = await balancesWithin(database.kysely, book, { asOf, sequence, account: '1310:netpanel' })
        expect(wallet).toEqual(rows.filter(({ account }) => account === '1310:netpanel'))
      }
    }
  })

  it('are read by the day without the days that nothing came late to', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('order:1', 100n), charge('order:2', 5n, { effectiveDate: '2026-03-02' })], 1_000)
    await post(database, book, [charge('order:3', 25n)], 2_000)
    const days = await dailyKnownAt(database.kysely, book, 2, { account: '5100', since: '2026-03-01' })
    expect(new Map(days.map(({ day, debit }) => [day, debit]))).toEqual(
      new Map([
        ['2026-03-01', 100n],
        ['2026-03-02', 5n],
      ]),
    )
    expect(await dailyKnownAt(database.kysely, book, 2, { account: '5100', since: '2026-03-03' })).toEqual([])
  })
})

/** By account, as a balance is. */
function sums(postings: readonly Posting[]): readonly AccountBalance[] {
  const accounts = Map.groupBy(postings, ({ account }) => account)
  return [...accounts.keys()].toSorted().map((account) => {
    const amounts = (accounts.get(account) ?? []).map(({ amount }) => amount)
    const debit = amounts.filter((amount) => amount > 0n).reduce((sum, amount) => sum + amount, 0n)
    const credit = amounts.filter((amount) => amount < 0n).reduce((sum, amount) => sum - amount, 0n)
    return { account, currency: 'USD', debit, credit, balance: debit - credit }
  })
}
