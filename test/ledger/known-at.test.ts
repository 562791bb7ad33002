/** The books on both axes of time, against sums over what was posted. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { balancesWithin } from '../../src/ledger/known-at.ts'
import { movementsIn } from '../../src/ledger/movements.ts'
import { sequenceKnownAt } from '../../src/ledger/sequences.ts'
import { describeDatabases } from '../support/databases.ts'
import { charge, newBook, post } from '../support/ledger.ts'

describeDatabases('the books as they were known', (fresh) => {
  it('find the last sequence recorded at or before an instant', async () => {
    const database = await fresh()
    const book = await newBook(database)
    expect(await sequenceKnownAt(database.kysely, book, 5_000)).toBe(0)
    await post(database, book, [charge('order:1', 100n), charge('order:2', 200n)], 1_000)
    await post(database, book, [charge('order:3', 300n)], 3_000)
    const known = (ms: number) => sequenceKnownAt(database.kysely, book, ms)
    expect(await Promise.all([999, 1_000, 2_999, 3_000, 9_000].map(known))).toEqual([0, 2, 2, 3, 3])
  })

  it('are the sum of what counted by the day and was known by the sequence, from either end', async () => {
    const database = await fresh()
    const book = await newBook(database)
    const days = ['2026-03-01', '2026-03-02', '2026-03-03']
    const posted = fc.sample(
      fc.record({
        amount: fc.bigInt({ min: 1n, max: 9_000n }),
        day: fc.constantFrom(...days),
        batch: fc.nat({ max: 3 }),
      }),
      { numRuns: 40, seed: 7 },
    )
    for (const batch of [0, 1, 2, 3]) {
      const drafts = posted.flatMap(({ amount, day, batch: own }, index) =>
        own === batch ? [charge(`order:${index}`, amount, { effectiveDate: day })] : [],
      )
      await post(database, book, drafts, 1_000 * (batch + 1))
    }
    for (const batch of [0, 1, 2, 3]) {
      const sequence = await sequenceKnownAt(database.kysely, book, 1_000 * (batch + 1))
      for (const asOf of days) {
        const spent = posted
          .filter(({ day, batch: own }) => own <= batch && day <= asOf)
          .reduce((sum, { amount }) => sum + amount, 0n)
        const rows = await balancesWithin(database.kysely, book, { asOf, sequence })
        expect(rows.map(({ account, balance }) => [account, balance])).toEqual([
          ['1310:netpanel', -spent],
          ['5100', spent],
        ])
      }
    }
  })

  it('show the movement of a range of sequences alone', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('order:1', 100n)], 1_000)
    await post(database, book, [charge('order:2', 25n)], 2_000)
    const moved = await movementsIn(database.kysely, book, { after: 1, through: 2 })
    expect(moved.map(({ account, debit, credit }) => [account, debit, credit])).toEqual([
      ['1310:netpanel', 0n, 25n],
      ['5100', 25n, 0n],
    ])
  })
})
