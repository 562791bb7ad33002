/** While a counter is undecided, the journals with its postings wait for a person, though nothing may differ. */
import { expect, it } from 'vitest'
import { decideReading } from '../../src/pipeline/counter-decisions.ts'
import { listVerdicts } from '../../src/evidence/counter-verdicts.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { HOUR_MS, nightMs } from './harness.ts'
import { differencesOf } from './reads.ts'
import { payments, scriptedBook, stats } from './scripted-book.ts'

const OPENING = payments(
  '2026-03-01,pub,opening-balance,200.00,USD,,',
  '2026-03-01,pub,opening-counter,200.00,USD,,',
  '2026-03-01,ads,opening-balance,500.00,USD,,',
  '2026-03-01,ads,opening-counter,0.00,USD,,',
  '2026-03-01,panel,opening-balance,100.00,USD,,',
)

describeOnSqlite('automatic approval', (fresh) => {
  it('leaves the days with postings of an undecided source, and no other', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1) - HOUR_MS, OPENING)
    const night = async (n: number, earnings: string) => {
      vendors.publisher = stats('publisher', 1000 + 100 * n, 50 + 5 * n, earnings)
      vendors.advertiser = stats('advertiser', 1000 * n, 10 * n, `${10 * n}.00`)
      return rig.night(nightMs(n))
    }
    await night(1, '200.00')
    await night(2, '50.00')
    await night(3, '120.00')
    // 150 waits, as much as the fall: nothing differs.
    const report = await night(4, '270.00')
    expect(differencesOf(report)['pub']).toBe('0.00000000')
    const [proof] = report.proofs.filter(({ source }) => source === 'pub')
    expect(proof?.undecided).toMatchObject({ since: '2026-03-02', booked: 7_000_000_000n, low: 0n, high: null })
    expect(report.closed.approved.map(({ day }) => day)).toEqual(['2026-03-02', '2026-03-04'])
    expect(report.closed.waiting.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(
        /^The USD journal of 2026-03-03 waits for a person: pub is undecided since 2026-03-02 \(0\.00 to open in USD since then, 70\.00 of it booked provisionally\); to decide: tieout counters accept \d+\.1 --as MEANING\.$/,
      ),
    ])
    const book = await rig.bookRow()
    const [fall] = await listVerdicts(rig.database.kysely, book.id, { status: 'held', role: 'fall' })
    const decision = { decide: 'accept', as: 'clawback', day: null, by: 'Ada', why: 'mail' } as const
    const reading = fall?.place ?? { batch: 1, item: 1 }
    const request = { config: rig.config, book: rig.book, env: rig.env }
    await decideReading(rig.environment(nightMs(4) + HOUR_MS), request, { ...decision, reading })
    const after = await night(5, '280.00')
    expect(after.closed.approved.map(({ day }) => day)).toEqual([
      '2026-03-02',
      '2026-03-03',
      '2026-03-04',
      '2026-03-05',
    ])
    expect(after.closed.waiting).toEqual([])
  })
})

describeOnSqlite('a reading whose day a journal carried already', (fresh) => {
  it('is rejected in a further journal of that day, and the next reading has both days', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1) - HOUR_MS, OPENING)
    const night = async (n: number, earnings: string) => {
      vendors.publisher = stats('publisher', 1000 + 100 * n, 50 + 5 * n, earnings)
      vendors.advertiser = stats('advertiser', 9000, 90, '0.00')
      return rig.night(nightMs(n))
    }
    await night(1, '200.00')
    await night(2, '212.00')
    expect((await night(3, '224.00')).closed.approved.map(({ day }) => day)).toEqual(['2026-03-03'])
    const book = await rig.bookRow()
    const wrong = (await listVerdicts(rig.database.kysely, book.id, {})).find(
      ({ day, source }) => source === 'pub' && day === '2026-03-02',
    )
    const reading = wrong?.place ?? { batch: 1, item: 1 }
    const request = { config: rig.config, book: rig.book, env: rig.env }
    const reject = { decide: 'reject', reading, by: 'Ada', why: 'of another account' } as const
    const decided = await decideReading(rig.environment(nightMs(3) + HOUR_MS), request, reject)
    expect(decided.entries.map(({ date, amount }) => `${date} ${amount / 1_000_000n}`)).toEqual([
      '2026-03-03 1200',
      '2026-03-02 -1200',
    ])
    const report = await night(4, '236.00')
    expect(report.closed.approved.map(({ day }) => day)).toEqual(['2026-03-02', '2026-03-03', '2026-03-04'])
    expect(differencesOf(report)['pub']).toBe('0.00000000')
  })
})
