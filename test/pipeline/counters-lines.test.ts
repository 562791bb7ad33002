/** Lines of a statement as evidence of what a counter shows: the net of a payout, by the account's configured fee. */
import { expect, it } from 'vitest'
import { listVerdicts } from '../../src/evidence/counter-verdicts.ts'
import { describeDatabases, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays } from './counters-support.ts'
import { nightMs } from './harness.ts'
import { itemLine, money, paidPlay, type PaidPlay } from './payouts-support.ts'
import { openCodes } from './reads.ts'
import { payments } from './scripted-book.ts'

const OPENING = payments('2026-03-01,pub,opening-counter,40.00,USD,,', '2026-03-01,pub,opening-balance,40.00,USD,,')

/** 12.00 a day on top of 40.00; what is unpaid on 11 and 25 March goes out on the day after. */
async function live(book: PaidPlay, from: number, to: number): Promise<void> {
  for (let night = from; night <= to; night += 1) {
    const paid = (night > 11 ? 160 : 0) + (night > 25 ? 168 : 0)
    await book.earn(night, `${40 + 12 * (night - 1) - paid}.00`)
  }
}

/** In cents; the first reading is where counting starts. */
async function earnedPerDay(book: PaidPlay): Promise<readonly string[]> {
  const rows = await listVerdicts(book.rig.database.kysely, (await book.rig.bookRow()).id, {})
  return rows.toReversed().map(({ change }) => `${change / 1_000_000n}`)
}

async function counterCodes(book: PaidPlay): Promise<readonly string[]> {
  return (await openCodes(book.rig)).filter((code) => code.includes('COUNTER'))
}

describeDatabases('a payout that arrives less the configured fee', (fresh) => {
  it('decides the second fall by itself, after a person has confirmed the first', async () => {
    const book = await paidPlay(await fresh(), '{ minimum: "100", schedule: weekly, weekday: 3 }')
    await book.rig.importEvidence(nightMs(0), OPENING)
    await live(book, 1, 13)
    expect(await counterCodes(book)).toEqual(['pub COUNTER_UNPAID counter'])
    // 160.00 less 2 %.
    await book.statement(13, '2026-03-13,PAYELANCER PAYOUT,156.80')
    await live(book, 14, 14)
    await live(book, 15, 15)
    expect(await itemLine(book.rig, 'pub', 'payout:due-2026-03-11')).toBe('payout 160.00 settled, 160.00 matched')
    // One is not enough, whatever it leaves.
    expect(await counterCodes(book)).toEqual(['pub COUNTER_UNPAID counter'])
    const fall = (await book.held()).at(-1)
    expect(fall?.day).toBe('2026-03-12')
    await book.accept('payout', fall === undefined ? {} : { of: fall })
    expect(await counterCodes(book)).toEqual([])
    await live(book, 16, 27)
    expect(await counterCodes(book)).toEqual(['pub COUNTER_UNPAID counter'])
    await book.statement(27, '2026-03-27,PAYELANCER PAYOUT,164.64')
    await live(book, 28, 29)
    expect(await itemLine(book.rig, 'pub', 'payout:due-2026-03-25')).toBe('payout 168.00 settled, 168.00 matched')
    expect(await counterCodes(book)).toEqual([])
    expect(new Set((await earnedPerDay(book)).slice(1))).toEqual(new Set(['1200']))
    expect(await money(book.rig, '4000:pub')).toBe(`-${12 * 28}.00`)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })
})

describeDatabases('a line that a person calls a payout while the counter is undecided', (fresh) => {
  it('must be said with its gross where the account has a fee, which would be earnings otherwise', async () => {
    const book = await paidPlay(await fresh(), '{ schedule: stated, minimum: "50" }')
    await book.rig.importEvidence(nightMs(0), OPENING)
    await live(book, 1, 11)
    await book.mode('unpaid')
    await live(book, 12, 13)
    await book.statement(13, '2026-03-13,PAYELANCER PAYOUT,156.80')
    const payout = { decide: 'payout', line: 1, of: 'pub' } as const
    await expect(book.decide(13, { ...payout, gross: null })).rejects.toThrow(
      /takes a fee \(standard\).*--gross 160\.00.*--gross 156\.80/,
    )
    await book.decide(13, { ...payout, gross: '160.00' })
    expect(await money(book.rig, '4000:pub')).toBe(`-${12 * 12}.00`)
  })
})
