/** A night approves by itself only where everything agrees and the limits allow it; the rest waits with its reason. */
import { expect, it } from 'vitest'
import type { BookConfig } from '../../src/config/model.ts'
import type { JournalPolicy } from '../../src/config/target-model.ts'
import { sayHold } from '../../src/journals/holds.ts'
import { approve, units } from '../journals/support.ts'
import { runNight, type NightReport } from '../../src/pipeline/night.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { HOUR_MS, nightMs } from './harness.ts'
import { payments, scriptedBook, stats, type ScriptedBook, type Vendors } from './scripted-book.ts'

async function night({ rig }: ScriptedBook, policy: Partial<JournalPolicy>, nth = 1): Promise<NightReport> {
  const book: BookConfig = { ...rig.book, journals: { ...rig.book.journals, ...policy } }
  const { config, env } = rig
  return runNight(rig.environment(nightMs(nth)), { config, book, env, source: null })
}

const topUp = (amount: string, reference: string): string =>
  payments(`2026-03-01,panel,top-up,${amount},USD,${reference},`)

describeOnSqlite('a night that approves by itself', (fresh) => {
  it('approves nothing while a wallet does not tie, says which, and approves once it does', async () => {
    const book = await scriptedBook(await fresh())
    await book.rig.importEvidence(nightMs(1), payments('2026-02-20,panel,opening-balance,0,USD,,'))
    await book.rig.importEvidence(nightMs(1), topUp('90', 'a'))
    expect((await night(book, {})).closed).toMatchObject({ approved: [], drafts: 1 })
    expect(book.rig.warnings.join('\n')).toContain(
      'no journal was approved: panel and the books differ by 10.00000000 USD',
    )
    await book.rig.importEvidence(nightMs(2), topUp('10', 'b'))
    const { closed } = await night(book, {}, 2)
    expect(closed.approved).toMatchObject([{ day: '2026-03-01', approvedBy: 'tieout (auto)' }])
  })

  it('leaves what is above a limit as a draft with its reason, also when it arrives in pieces', async () => {
    const book = await scriptedBook(await fresh())
    await book.rig.importEvidence(nightMs(0), payments('2026-02-20,panel,opening-balance,0,USD,,'))
    await book.rig.importEvidence(nightMs(1), topUp('100', 'a'))
    const limits = { perEntry: null, perDay: units('110') }
    expect((await night(book, { limits: { ...limits, perEntry: units('99.99') } })).closed).toMatchObject({
      approved: [],
      drafts: 1,
      held: [],
      waiting: [{ reason: expect.stringContaining('are above the limit of 99.99 per entry') as unknown }],
    })
    expect((await night(book, { limits }, 2)).closed.approved).toHaveLength(1)
    await book.rig.importEvidence(nightMs(3), topUp('10.01', 'b'))
    book.vendors.balance = '110.01000'
    expect((await night(book, { limits }, 3)).closed).toMatchObject({
      approved: [],
      drafts: 1,
      waiting: [{ reason: expect.stringContaining('come to 110.01, which is above the limit of 110.00') as unknown }],
    })
  })

  it('counts of a day all that nights have approved, and nothing that people have', async () => {
    const book = await scriptedBook(await fresh())
    const { rig } = book
    await rig.importEvidence(nightMs(0), payments('2026-02-20,panel,opening-balance,0,USD,,'))
    await rig.importEvidence(nightMs(1) - HOUR_MS, topUp('30', 'a'))
    await approve(rig.database, await rig.bookRow())
    const limits = { perEntry: null, perDay: units('100') }
    const arrives = async (nth: number, amount: string, balance: string) => {
      await rig.importEvidence(nightMs(nth) - HOUR_MS, topUp(amount, `of ${nth}`))
      book.vendors.balance = balance
      return (await night(book, { limits }, nth)).closed
    }
    expect((await arrives(1, '70', '100.00000')).approved).toHaveLength(1)
    expect((await arrives(2, '30', '130.00000')).approved).toHaveLength(1)
    expect(await arrives(3, '0.01', '130.01000')).toMatchObject({
      approved: [],
      waiting: [{ reason: expect.stringContaining('come to 100.01, which is above the limit of 100.00') as unknown }],
    })
  })
})

describeOnSqlite('a day that a person holds', (fresh) => {
  it('is not approved by the night either, though all agrees, until it is released', async () => {
    const book = await scriptedBook(await fresh())
    const { rig } = book
    const say = async (action: 'hold' | 'release'): Promise<boolean> => {
      const stored = await rig.bookRow()
      const word = { action, why: 'disputed', by: 'ann', atMs: nightMs(1) }
      return rig.database.kysely.transaction().execute((trx) => sayHold(trx, stored, { day: '2026-03-01' }, word))
    }
    await rig.importEvidence(nightMs(1) - HOUR_MS, topUp('100', 'a'))
    await say('hold')
    expect((await night(book, {})).closed).toMatchObject({ approved: [], held: [{ day: '2026-03-01' }] })
    await say('release')
    expect((await night(book, {}, 2)).closed.approved).toMatchObject([{ day: '2026-03-01' }])
  })
})

const OPENING = payments(
  '2026-03-01,pub,opening-balance,200.00,USD,,',
  '2026-03-01,pub,opening-counter,200.00,USD,,',
  '2026-03-01,ads,opening-balance,500.00,USD,,',
  '2026-03-01,ads,opening-counter,0.00,USD,,',
  '2026-03-01,panel,opening-balance,100.00,USD,,',
)

describeOnSqlite('a night in which a source says nothing that counts', (fresh) => {
  it.each<readonly [string, string, (vendors: Vendors) => void]>([
    [
      'a wallet answers in another currency',
      'panel',
      (vendors) => (vendors.balanceInstead = { status: 200, body: '{"balance":"100.00","currency":"VND"}' }),
    ],
    [
      'a wallet answers with a web page',
      'panel',
      (vendors) => (vendors.balanceInstead = { status: 200, body: '<html>' }),
    ],
    ['an account answers in another role', 'ads', (vendors) => (vendors.advertiser = stats('publisher', 1, 1, '1.00'))],
  ])('waits for a person: %s', async (_, source, trouble) => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1) - HOUR_MS, OPENING)
    vendors.publisher = stats('publisher', 1100, 55, '200.00')
    vendors.advertiser = stats('advertiser', 1000, 10, '10.00')
    await rig.night(nightMs(1))
    vendors.publisher = stats('publisher', 1200, 60, '212.00')
    trouble(vendors)
    const { closed } = await rig.night(nightMs(2))
    expect(closed.approved).toEqual([])
    expect(rig.warnings.join()).toContain(`no journal was approved: ${source} could not be read`)
    vendors.balanceInstead = null
    vendors.advertiser = stats('advertiser', 1100, 11, '20.00')
    vendors.publisher = stats('publisher', 1300, 65, '224.00')
    expect((await rig.night(nightMs(3))).closed.approved.map(({ day }) => day)).toContain('2026-03-02')
  })
})
