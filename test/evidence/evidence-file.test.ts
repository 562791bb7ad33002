/** Evidence files end to end: what no API says is stated once, corrected by its difference, and never counted twice. */
import { expect, it } from 'vitest'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs } from '../pipeline/harness.ts'
import {
  balanceOf,
  differencesOf,
  exceptionsOf,
  openCodes,
  quarantined,
  storyOf,
  transactionsOf,
} from '../pipeline/reads.ts'
import { payments, scriptedBook, stats } from '../pipeline/scripted-book.ts'

const NIGHT = nightMs(1)

describeOnSqlite('an evidence file', (fresh) => {
  it('opens a wallet, a receivable and a counter', async () => {
    const { rig } = await scriptedBook(await fresh())
    const opening = [
      '2026-03-01,panel,opening-balance,100,USD,,',
      '2026-03-01,pub,opening-balance,62.50,USD,,owed',
      '2026-03-01,pub,opening-counter,162.50,USD,,',
      '2026-03-01,ads,opening-balance,250,USD,,',
      '2026-03-01,ads,opening-counter,412.37,USD,,',
    ]
    const outcome = await rig.importEvidence(NIGHT, payments(...opening))
    expect(outcome.files[0]?.totals?.rows).toMatchObject({ in: 5n, posted: 5n })
    expect(differencesOf(await rig.night(NIGHT))).toEqual({
      pub: '0.00000000',
      ads: '0.00000000',
      panel: '0.00000000',
    })
    expect(await balanceOf(rig, '3900')).toBe(-41_250_000_000n)
    expect(await openCodes(rig)).toEqual([])
  })

  it('with the same top-up in two files counts it once, and a corrected amount posts the difference only', async () => {
    const { rig } = await scriptedBook(await fresh())
    await rig.importEvidence(NIGHT, payments('2026-03-01,panel,top-up,25,USD,INV-7,'))
    const again = await rig.importEvidence(
      NIGHT,
      payments('2026-03-01,panel,top-up,25,USD,INV-7,card', '2026-03-02,panel,top-up,5,USD,INV-8,'),
    )
    expect(again.files[0]?.totals?.rows).toMatchObject({ in: 2n, posted: 1n, unchanged: 1n })
    await rig.importEvidence(NIGHT, payments('2026-03-01,panel,top-up,20,USD,INV-7,'))
    await rig.importEvidence(NIGHT, payments('2026-03-01,panel,top-up,22.50,USD,INV-7,'))
    expect(await storyOf(rig, 'panel', 'top-up:INV-7')).toEqual([
      'top-up 25.00000000 on 2026-03-01',
      'top-up -5.00000000 on 2026-03-01',
      'top-up 2.50000000 on 2026-03-01',
    ])
    expect(await balanceOf(rig, '1310:panel')).toBe(2_750_000_000n)
    expect(await balanceOf(rig, '1070')).toBe(-2_750_000_000n)
  })

  it('that speaks of one payment twice counts the last line and shows the other', async () => {
    const { rig } = await scriptedBook(await fresh())
    const lines = ['2026-03-01,panel,top-up,25,USD,INV-7,', '2026-03-01,panel,top-up,30,USD,INV-7,']
    await rig.importEvidence(NIGHT, payments(...lines))
    expect(await storyOf(rig, 'panel', 'top-up:INV-7')).toEqual(['top-up 30.00000000 on 2026-03-01'])
    const [duplicate] = await exceptionsOf(rig)
    expect(duplicate).toMatchObject({ code: 'FILE_UNREAD', amount: 2_500_000_000n })
    expect(duplicate?.detail).toBe('evidence-1.csv line 2: a later line of the same file speaks of the same thing')
  })

  it('with bad rows takes the good ones and names line and column of each bad one', async () => {
    const { rig } = await scriptedBook(await fresh())
    const outcome = await rig.importEvidence(
      NIGHT,
      payments(
        '2026-03-01,panel,top-up,25,USD,INV-7,',
        'yesterday,panel,top-up,25,USD,INV-8,',
        '2026-03-01,panle,top-up,25,USD,INV-8,',
        '2026-03-01,panel,topup,25,USD,INV-8,',
        '2026-03-01,panel,top-up,,USD,INV-8,',
        '2026-03-01,panel,top-up,-25,USD,INV-8,',
        '2026-03-01,panel,top-up,25,EUR,INV-8,',
        '2026-03-01,panel,top-up,25,USD,,',
        '2026-03-01,pub,top-up,25,USD,INV-8,',
        '2026-03-01,panel,top-up,0.123456785,USD,INV-8,',
        '2026-03-01,panel',
      ),
    )
    expect(outcome.files[0]?.totals?.rows).toMatchObject({ in: 11n, posted: 1n, quarantined: 10n })
    expect((await quarantined(rig)).map(({ object }) => object)).toEqual([
      'evidence-1.csv line 3, column date',
      'evidence-1.csv line 4, column source',
      'evidence-1.csv line 5, column kind',
      'evidence-1.csv line 6, column amount',
      'evidence-1.csv line 7, column amount',
      'evidence-1.csv line 8, column currency',
      'evidence-1.csv line 9, column reference',
      'evidence-1.csv line 10, column kind',
      'evidence-1.csv line 11, column amount',
      'evidence-1.csv line 12',
    ])
    expect(await balanceOf(rig, '1310:panel')).toBe(2_500_000_000n)
  })

  it('cannot open a counter on a day it had been read before', async () => {
    const { rig } = await scriptedBook(await fresh())
    await rig.night(NIGHT)
    await rig.importEvidence(NIGHT, payments('2026-03-03,pub,opening-counter,100,USD,,'))
    const refused = (await exceptionsOf(rig)).filter(({ code }) => code === 'FILE_UNREAD')
    expect(refused.map(({ detail }) => detail)).toEqual([
      'evidence-1.csv line 2: the counter was first read on 2026-03-02, and an opening is what it showed before; state one of an earlier day',
    ])
    expect(await transactionsOf(rig, 'pub')).toEqual([])
  })
})

interface DayTotals {
  readonly name: string
  /** Evidence before the first reading (162.50 on the night of 2026-03-01) and after it. */
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly story: readonly string[]
  readonly receivable: bigint
  readonly open: readonly string[]
}

const COUNTER = '2026-02-27,pub,opening-counter,150.00,USD,,'

const DAYS: readonly DayTotals[] = [
  {
    name: 'between an opening counter and the first reading are taken out of what that reading earns',
    before: [COUNTER, '2026-02-27,pub,day-earned,4.00,USD,,', '2026-02-28,pub,day-earned,3.00,USD,,'],
    after: [],
    story: ['earn 4.00000000 on 2026-02-27', 'earn 3.00000000 on 2026-02-28', 'earn 5.50000000 on 2026-03-01'],
    receivable: 1_250_000_000n,
    open: [],
  },
  {
    name: 'of days before the opening counter are booked beside it',
    before: [COUNTER, '2026-02-25,pub,day-earned,4.00,USD,,'],
    after: [],
    story: ['earn 4.00000000 on 2026-02-25', 'earn 8.33333333 on 2026-02-28', 'earn 4.16666667 on 2026-03-01'],
    receivable: 1_650_000_000n,
    open: [],
  },
  {
    name: 'without an opening counter are booked, and the first reading is the baseline',
    before: ['2026-02-25,pub,day-earned,4.00,USD,,'],
    after: [],
    story: ['earn 4.00000000 on 2026-02-25'],
    receivable: 400_000_000n,
    open: [],
  },
  {
    name: 'that come after the first reading are booked for days before it',
    before: [],
    after: ['2026-02-25,pub,day-earned,4.00,USD,,'],
    story: ['earn 4.00000000 on 2026-02-25'],
    receivable: 400_000_000n,
    open: [],
  },
  {
    name: 'of a day the counter already covers divide what it rose by',
    before: [COUNTER],
    after: ['2026-02-28,pub,day-earned,3.00,USD,,'],
    // What was split by days is taken back, and divided anew.
    story: [
      'earn 8.33333333 on 2026-02-28',
      'earn -5.33333333 on 2026-02-28',
      'earn 4.75 on 2026-02-27',
      'earn 4.16666667 on 2026-03-01',
      'earn 0.58333333 on 2026-03-01',
    ],
    receivable: 1_250_000_000n,
    open: [],
  },
  {
    name: 'stated again as they were booked are nothing new, also after the first reading',
    before: [COUNTER, '2026-02-28,pub,day-earned,3.00,USD,,'],
    after: ['2026-02-28,pub,day-earned,3.00,USD,,again', COUNTER],
    story: ['earn 3.00000000 on 2026-02-28', 'earn 4.75000000 on 2026-02-27', 'earn 4.75000000 on 2026-03-01'],
    receivable: 1_250_000_000n,
    open: [],
  },
  {
    name: 'with a day of clawbacks lower what the reading must show',
    before: [COUNTER, '2026-02-28,pub,day-earned,-2.00,USD,,'],
    after: [],
    story: ['clawback 2.00000000 on 2026-02-28', 'earn 7.25000000 on 2026-02-27', 'earn 7.25000000 on 2026-03-01'],
    receivable: 1_250_000_000n,
    open: [],
  },
]

describeOnSqlite('day totals', (fresh) => {
  it.each(DAYS)('$name', async ({ before, after, story, receivable, open }) => {
    const { rig, vendors } = await scriptedBook(await fresh())
    vendors.publisher = stats('publisher', 1000, 50, '162.50')
    if (before.length > 0) await rig.importEvidence(NIGHT, payments(...before))
    else await rig.importEvidence(NIGHT, payments('2026-03-01,panel,opening-balance,100,USD,,'))
    await rig.night(NIGHT)
    if (after.length > 0) await rig.importEvidence(NIGHT, payments(...after))
    const posted = await transactionsOf(rig, 'pub')
    expect(posted.map(({ kind, amount, date }) => `${kind} ${Number(amount) / 1e8} on ${date}`).toSorted()).toEqual(
      story.map((line) => line.replace(/(\d)\.?0+ on/, '$1 on')).toSorted(),
    )
    expect(await balanceOf(rig, '1100:pub')).toBe(receivable)
    expect((await openCodes(rig)).filter((code) => code.startsWith('pub'))).toEqual(open)
    const report = await rig.night(NIGHT)
    expect(differencesOf(report)['pub']).toBe('0.00000000')
  })
})
