/** A night seals by itself only while every wallet and counter said something that counts. */
import { expect, it } from 'vitest'
import { describeDatabases } from '../support/databases.ts'
import { HOUR_MS, nightMs } from './harness.ts'
import { payments, scriptedBook, stats, type Vendors } from './scripted-book.ts'

const OPENING = payments(
  '2026-03-01,pub,opening-balance,200.00,USD,,',
  '2026-03-01,pub,opening-counter,200.00,USD,,',
  '2026-03-01,ads,opening-balance,500.00,USD,,',
  '2026-03-01,ads,opening-counter,0.00,USD,,',
  '2026-03-01,panel,opening-balance,100.00,USD,,',
)

describeDatabases('automatic approval', (fresh) => {
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
  ])('leaves a night in which %s to a person', async (_, source, trouble) => {
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
    vendors.advertiser = stats('advertiser', 1100, 11, '11.00')
    expect((await rig.night(nightMs(3))).closed.approved.map(({ day }) => day)).toContain('2026-03-02')
  })
})
