/** The counters' decision table from HTTP to postings: what a reading makes of the books, and what it says when it holds back. */
import { expect, it } from 'vitest'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs } from './harness.ts'
import { balanceOf, differencesOf, openCodes, storyOf, transactionsOf } from './reads.ts'
import { payments, scriptedBook, stats } from './scripted-book.ts'

const OPENING = payments('2026-03-01,pub,opening-balance,62.50,USD,,', '2026-03-01,pub,opening-counter,162.50,USD,,')

interface Row {
  readonly name: string
  /** Readings on the nights after the first, which is at 1000 impressions, 50 clicks and 162.50. */
  readonly readings: readonly unknown[]
  readonly story: readonly string[]
  readonly open: readonly string[]
  readonly receivable: string
}

const HALF_READ = { success: true, role: 'publisher', stats: { impressions: 1100, clicks: null, earnings: '170.00' } }

const BAD_FIGURES = [
  { what: "only an advertiser's field", figures: { impressions: 1100, clicks: 55, spent: '170.00' } },
  { what: 'the text NaN', figures: { impressions: 1100, clicks: 55, earnings: 'NaN' } },
  { what: 'an empty amount', figures: { impressions: 1100, clicks: 55, earnings: '' } },
  { what: 'a reading without impressions', figures: { clicks: 55, earnings: '170.00' } },
  { what: 'an answer without counters', figures: null },
]

const TABLE: readonly Row[] = [
  {
    name: 'a first reading equal to the opening books nothing',
    readings: [],
    story: [],
    open: [],
    receivable: '62.50',
  },
  {
    name: 'a rise is earned on the day that ended',
    readings: [stats('publisher', 1100, 55, '170.00')],
    story: ['earn 7.50000000 on 2026-03-02'],
    open: [],
    receivable: '70.00',
  },
  {
    name: 'a rise without traffic is booked and marked as re-posted',
    readings: [stats('publisher', 1000, 50, '163.00')],
    story: ['earn 0.50000000 on 2026-03-02'],
    open: [],
    receivable: '63.00',
  },
  {
    name: 'a fall while traffic stands is a clawback',
    readings: [stats('publisher', 1100, 55, '160.10')],
    story: ['clawback 2.40000000 on 2026-03-02'],
    open: [],
    receivable: '60.10',
  },
  {
    name: 'a fall above the limit waits for a person',
    readings: [stats('publisher', 1100, 55, '100.00')],
    story: [],
    open: ['pub COUNTER_DECREASE counter'],
    receivable: '62.50',
  },
  {
    name: 'what was held back stays held when the counter comes back, which proves nothing',
    readings: [stats('publisher', 1100, 55, '100.00'), stats('publisher', 1200, 60, '164.50')],
    story: [],
    open: ['pub COUNTER_DECREASE counter'],
    receivable: '62.50',
  },
  {
    name: 'everything falling together is a reset that nobody books',
    readings: [stats('publisher', 10, 0, '0.40')],
    story: [],
    open: ['pub COUNTER_RESET counter'],
    receivable: '62.50',
  },
  {
    name: 'a reset stays held night after night, and what is earned on top of it is booked provisionally',
    readings: [stats('publisher', 10, 0, '0.40'), stats('publisher', 90, 3, '1.40')],
    story: ['earn 1.00000000 on 2026-03-03'],
    open: ['pub COUNTER_RESET counter'],
    receivable: '63.50',
  },
  {
    name: 'another role is a bad reading, not a fall',
    readings: [stats('advertiser', 1100, 55, '1.00')],
    story: [],
    open: ['pub BAD_PAYLOAD counter'],
    receivable: '62.50',
  },
  ...BAD_FIGURES.map(({ what, figures }) => ({
    name: `${what} is a bad reading, and the last accepted one stands`,
    readings: [{ success: true, role: 'publisher', stats: figures }],
    story: [],
    open: ['pub BAD_PAYLOAD counter'],
    receivable: '62.50',
  })),
  {
    name: 'half a reading is no reading, and the whole one settles it',
    readings: [HALF_READ, stats('publisher', 1100, 55, '170.00')],
    story: ['earn 7.50000000 on 2026-03-03'],
    open: ['pub COUNTER_GAP days:2026-03-02..2026-03-03'],
    receivable: '70.00',
  },
  {
    name: 'success: false is a bad reading',
    readings: [{ success: false, message: 'maintenance' }],
    story: [],
    open: ['pub BAD_PAYLOAD counter'],
    receivable: '62.50',
  },
  {
    name: 'a negative amount is a bad reading',
    readings: [stats('publisher', 1100, 55, '-3.00')],
    story: [],
    open: ['pub BAD_PAYLOAD counter'],
    receivable: '62.50',
  },
  {
    name: 'an unchanged counter is left alone',
    readings: [stats('publisher', 1300, 60, '162.50')],
    story: [],
    open: [],
    receivable: '62.50',
  },
]

function units(text: string): bigint {
  return BigInt(text.replace('.', '')) * 1_000_000n
}

describeOnSqlite('a counter', (fresh) => {
  it.each(TABLE)('$name', async ({ readings, story, open, receivable }) => {
    const { rig, vendors } = await scriptedBook(await fresh(), { publisherMore: "reviewAbove: '25.00'" })
    await rig.importEvidence(nightMs(1), OPENING)
    await rig.night(nightMs(1))
    for (const [index, reading] of readings.entries()) {
      vendors.publisher = reading
      await rig.night(nightMs(index + 2))
    }
    expect(await storyOf(rig, 'pub', 'counter:earnings')).toEqual(story)
    expect((await openCodes(rig)).filter((code) => code.startsWith('pub'))).toEqual(open)
    expect(await balanceOf(rig, '1100:pub')).toBe(units(receivable))
  })

  it('of an advertiser that answers as a publisher is a bad reading, and the wallet stands', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.night(nightMs(1))
    vendors.advertiser = stats('publisher', 9900, 95, '430.00')
    await rig.night(nightMs(2))
    vendors.advertiser = { success: true, role: 'advertiser', stats: { impressions: 9900, clicks: 95, earnings: 430 } }
    await rig.night(nightMs(3))
    expect((await openCodes(rig)).filter((code) => code.startsWith('ads'))).toEqual(['ads BAD_PAYLOAD counter'])
    expect(await transactionsOf(rig, 'ads')).toEqual([])
  })

  it('without an opening begins at its first reading, and says that nothing before it is booked', async () => {
    const { rig } = await scriptedBook(await fresh())
    await rig.night(nightMs(1))
    expect(await transactionsOf(rig, 'pub')).toEqual([])
    expect(rig.warnings).toContain(
      'pub: the first reading (162.50) is where counting starts; what came before it is not booked',
    )
  })

  it('whose very first answer was unreadable is settled by the first reading', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    vendors.publisher = HALF_READ
    await rig.night(nightMs(1))
    expect(await openCodes(rig)).toContain('pub BAD_PAYLOAD counter')
    vendors.publisher = stats('publisher', 1100, 55, '170.00')
    await rig.night(nightMs(2))
    expect((await openCodes(rig)).filter((code) => code.startsWith('pub'))).toEqual([])
  })

  it('not read for days books the whole change once and discloses the days it covers', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), OPENING)
    await rig.night(nightMs(1))
    vendors.publisher = stats('publisher', 2000, 90, '190.00')
    const report = await rig.night(nightMs(5))
    const [earned] = (await transactionsOf(rig, 'pub')).filter(({ object }) => object === 'counter:earnings')
    expect(earned).toMatchObject({ amount: units('27.50'), date: '2026-03-05', memo: 'covers 2026-03-02..2026-03-05' })
    expect(await openCodes(rig)).toContain('pub COUNTER_GAP days:2026-03-02..2026-03-05')
    expect(differencesOf(report)['pub']).toBe('0.00000000')
  })

  it('read twice on one day books the second change on that day', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.night(nightMs(1))
    vendors.publisher = stats('publisher', 1100, 55, '165.00')
    await rig.night(nightMs(1) + 12 * 3_600_000)
    expect(await storyOf(rig, 'pub', 'counter:earnings')).toEqual(['earn 2.50000000 on 2026-03-02'])
  })

  it('of an advertiser spends from the wallet, and a credit gives back', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    const opening = ['2026-03-01,ads,opening-balance,250,USD,,', '2026-03-01,ads,opening-counter,412.37,USD,,']
    await rig.importEvidence(nightMs(1), payments(...opening))
    await rig.night(nightMs(1))
    vendors.advertiser = stats('advertiser', 9900, 95, '430.00')
    await rig.night(nightMs(2))
    vendors.advertiser = stats('advertiser', 9950, 96, '429.00')
    const report = await rig.night(nightMs(3))
    expect(await storyOf(rig, 'ads', 'counter:spent')).toEqual([
      'spend 17.63000000 on 2026-03-02',
      'spend-credit 1.00000000 on 2026-03-03',
    ])
    expect(await balanceOf(rig, '1300:ads')).toBe(units('233.37'))
    expect(differencesOf(report)['ads']).toBe('0.00000000')
  })
})
