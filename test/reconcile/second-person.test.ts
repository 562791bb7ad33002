/** Giving up more than one person may takes two, whichever door their words come by. */
import { expect, it } from 'vitest'
import { landBatch } from '../../src/log/landing.ts'
import { findBook } from '../../src/ledger/books.ts'
import { planContext } from '../../src/pipeline/plan-context.ts'
import { createProcessor, processBatch } from '../../src/pipeline/engine/process-batch.ts'
import { waitingAsks } from '../../src/pipeline/process/waiting-asks.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook, NOON_MS } from './money-book.ts'

const TWO = `    journals: { differentApprover: true }
    exceptions: { reviewAbove: '25.00' }
`

describeOnSqlite('a decision that no command has looked at', (fresh) => {
  it('counts once a second person says the same, and is listed until then', async () => {
    const database = await fresh()
    const { kysely } = database
    const book = await moneyBook(database, TWO)
    await book.bank(
      'bank',
      '2026-03-05,CUSTOMER X,150.00',
      '2026-03-05,CUSTOMER Y,20.00',
      '2026-03-05,Z,90.00',
      '2026-03-05,OLD,1.00',
    )
    const held = await findBook(kysely, 'agency')
    const say = async (by: string, decision: object): Promise<void> => {
      const landing = {
        kind: 'match-decision' as const,
        source: '',
        request: {},
        fetchedAtMs: NOON_MS,
        httpStatus: null,
        contentType: 'application/json',
        body: Buffer.from(JSON.stringify({ ...decision, by, why: 'private' })),
      }
      const landed = await kysely.transaction().execute((trx) => landBatch(trx, held.id, [landing]))
      await processBatch(createProcessor(database, held), landed)
    }
    const asks = async (): Promise<readonly string[]> => {
      const context = await planContext(kysely, held)
      const waiting = context === null ? [] : await waitingAsks(context)
      return waiting.map(({ decision, amount }) => `${decision.by}: ${decision.decide} ${amount / 100_000_000n}`)
    }
    await say('Ann', { decide: 'ignore', line: 2 })
    await say('Ann', { decide: 'ignore', line: 1 })
    await say(' ann', { decide: 'ignore', line: 1 })
    await say('Ann', { decide: 'settle', line: 3, meaning: 'income' })
    expect(await book.dispositions()).toEqual(['1 open', '2 ignored', '3 open', '4 open'])
    expect(await asks()).toEqual(['Ann: ignore 150', 'Ann: settle 90'])
    await say('Bo', { decide: 'ignore', line: 1 })
    await say('Bo', { decide: 'ignore', line: 4 })
    // What has become impossible waits for nobody.
    await say('Bo', { decide: 'ignore', line: 3 })
    await say('Ann', { decide: 'ignore', line: 3 })
    expect(await book.dispositions()).toEqual(['1 ignored', '2 ignored', '3 ignored', '4 ignored'])
    expect(await asks()).toEqual([])
  })

  it('is asked of a payout that was not due as of any line without another side', async () => {
    const book = await moneyBook(await fresh(), TWO)
    await book.bank('bank', '2026-03-05,CUSTOMER X,5000.00', '2026-03-05,CUSTOMER Y,20.00')
    const payout = { decide: 'payout', of: 'pub', gross: null } as const
    await book.decide({ ...payout, line: 1 })
    await book.decide({ ...payout, line: 2 })
    expect(await book.dispositions()).toEqual(['1 open', '2 matched'])
    expect(await book.balances()).toMatchObject({ '1000:bank': '20.00' })
    await book.decide({ ...payout, line: 1, by: 'Bo' })
    expect(await book.balances()).toMatchObject({ '1000:bank': '5020.00' })
  })

  it('is the same decision in whatever order its lines and items are named', async () => {
    const book = await moneyBook(await fresh(), TWO)
    await book.evidence('2026-03-04,pub,payout,150.00,USD,PO-1,', '2026-03-05,pub,payout,90.00,USD,PO-2,')
    await book.bank('bank', '2026-03-05,CUSTOMER X,100.00', '2026-03-05,CUSTOMER Y,40.00')
    const both = { decide: 'match', residual: 'written-off' } as const
    await book.decide({ ...both, lines: [1, 2], items: [1, 2] })
    expect(await book.dispositions()).toEqual(['1 open', '2 open'])
    await book.decide({ ...both, lines: [2, 1], items: [2, 1], by: 'Bo' })
    expect(await book.dispositions()).toEqual(['1 matched', '2 matched'])
  })
})
