/** Lines of a statement as evidence of what a counter shows: the net of a payout, by the account's configured fee. */
import { expect, it } from 'vitest'
import { listVerdicts } from '../../src/evidence/counter-verdicts.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays } from './counters-support.ts'
import { nightMs } from './harness.ts'
import { itemLine, money, paidPlay, type PaidPlay } from './payouts-support.ts'
import { exceptionsOf, openCodes } from './reads.ts'
import { payments } from './scripted-book.ts'

const OPENING = payments('2026-03-01,pub,opening-counter,40.00,USD,,', '2026-03-01,pub,opening-balance,40.00,USD,,')

/** Nothing becomes due by itself. */
const STATED = '{ schedule: stated, minimum: "50" }'

/** 12.00 a day on top of 40.00; what is unpaid on 11 and 25 March and 2 April goes out on the day after. */
async function live(book: PaidPlay, from: number, to: number): Promise<void> {
  for (let night = from; night <= to; night += 1) {
    const paid = (night > 11 ? 160 : 0) + (night > 25 ? 168 : 0) + (night > 33 ? 96 : 0)
    await book.earn(night, `${40 + 12 * (night - 1) - paid}.00`)
  }
}

/** In cents; the first reading is where counting starts. */
async function earnedPerDay(book: PaidPlay): Promise<readonly string[]> {
  const rows = await listVerdicts(book.rig.database.kysely, (await book.rig.bookRow()).id, {})
  return rows.toReversed().map(({ change }) => `${change / 1_000_000n}`)
}

async function fallOn(book: PaidPlay, day: string) {
  const fall = (await book.held()).find((each) => each.day === day)
  return fall === undefined ? {} : { of: fall }
}

/** What the exception about the counter says, or ''. */
async function said(book: PaidPlay): Promise<string> {
  const found = (await exceptionsOf(book.rig)).find(({ object }) => object === 'counter')
  return found?.detail ?? ''
}

async function counterCodes(book: PaidPlay): Promise<readonly string[]> {
  return (await openCodes(book.rig)).filter((code) => code.includes('COUNTER'))
}

describeOnSqlite('a payout that arrives less the configured fee', (fresh) => {
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

describeOnSqlite('lines that only a rule ties to the network, with nothing due or stated', (fresh) => {
  it('are proposed one by one, and two of them decide without a person', async () => {
    const book = await paidPlay(await fresh(), STATED, '{}')
    await book.rig.importEvidence(nightMs(0), OPENING)
    await live(book, 1, 13)
    await book.statement(13, '2026-03-13,PAYELANCER PAYOUT,156.80')
    await book.reconcile(13)
    const proposed =
      /; proposed: line 1 of paypal \(2026-03-13, 156\.80, 160\.00 before deductions\) as the payout of this fall, with 12\.00 earned besides; to confirm: tieout counters accept \d+\.1 --as payout$/
    expect(await said(book)).toMatch(proposed)
    await live(book, 14, 27)
    expect(await said(book)).toMatch(proposed)
    expect(await counterCodes(book)).toEqual(['pub COUNTER_DECREASE counter'])
    await book.statement(27, '2026-03-27,PAYELANCER PAYOUT,164.64')
    await book.reconcile(27)
    expect(await counterCodes(book)).toEqual([])
    await live(book, 28, 29)
    expect(new Set((await earnedPerDay(book)).slice(1))).toEqual(new Set(['1200']))
    expect(await money(book.rig, '4000:pub')).toBe(`-${12 * 28}.00`)
    expect(await itemLine(book.rig, 'pub', 'payout:line-1')).toBe('payout 160.00 settled, 160.00 matched')
    expect(await itemLine(book.rig, 'pub', 'payout:line-2')).toBe('payout 168.00 settled, 168.00 matched')
    expect([await money(book.rig, '1110:pub'), await money(book.rig, '6100')]).toEqual(['0.00', '6.56'])
    expect(await money(book.rig, '1100:pub')).toBe('48.00')
    // From now on each such line is enough.
    await live(book, 30, 34)
    expect(await counterCodes(book)).toEqual(['pub COUNTER_DECREASE counter'])
    await book.statement(34, '2026-04-03,PAYELANCER PAYOUT,94.08')
    await live(book, 35, 35)
    expect(await counterCodes(book)).toEqual([])
    expect(await itemLine(book.rig, 'pub', 'payout:line-3')).toBe('payout 96.00 settled, 96.00 matched')
    expect(await money(book.rig, '4000:pub')).toBe(`-${12 * 34}.00`)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('decide with one that was due, and correct the due that the undecided books made too small', async () => {
    const book = await paidPlay(await fresh(), '{ schedule: weekly, weekday: 3, minimum: "100" }', '{}')
    await book.rig.importEvidence(nightMs(0), OPENING)
    await live(book, 1, 13)
    expect(await counterCodes(book)).toEqual(['pub COUNTER_UNPAID counter'])
    await live(book, 14, 27)
    const due = await itemLine(book.rig, 'pub', 'payout:due-2026-03-25')
    expect(due).toBe('payout 144.00 open, 0.00 matched')
    await book.statement(27, '2026-03-13,PAYELANCER PAYOUT,156.80', '2026-03-27,PAYELANCER PAYOUT,164.64')
    await live(book, 28, 28)
    expect(await counterCodes(book)).toEqual([])
    expect(new Set((await earnedPerDay(book)).slice(1))).toEqual(new Set(['1200']))
    expect(await itemLine(book.rig, 'pub', 'payout:due-2026-03-11')).toBe('payout 160.00 settled, 160.00 matched')
    expect(await itemLine(book.rig, 'pub', 'payout:due-2026-03-25')).toBe('payout 168.00 settled, 168.00 matched')
    expect(await money(book.rig, '1110:pub')).toBe('0.00')
    expect(await money(book.rig, '4000:pub')).toBe(`-${12 * 27}.00`)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('is confirmed by one word about the fall, which books the payout of the line and what was earned beside it', async () => {
    const book = await paidPlay(await fresh(), STATED, '{}')
    await book.rig.importEvidence(nightMs(0), OPENING)
    await live(book, 1, 13)
    await book.statement(13, '2026-03-13,PAYELANCER PAYOUT,156.80')
    await book.reconcile(13)
    const decided = await book.accept('payout', await fallOn(book, '2026-03-12'))
    expect(decided.entries.map(({ date, kind, amount }) => `${date} ${kind} ${amount / 1_000_000n}`)).toEqual([
      '2026-03-12 earn 1200',
      '2026-03-12 payout 16000',
    ])
    expect(await counterCodes(book)).toEqual([])
    await live(book, 14, 14)
    expect(await itemLine(book.rig, 'pub', 'payout:line-1')).toBe('payout 160.00 settled, 160.00 matched')
    expect(await money(book.rig, '1110:pub')).toBe('0.00')
    await live(book, 15, 27)
    expect(await counterCodes(book)).toEqual(['pub COUNTER_DECREASE counter'])
    await book.statement(27, '2026-03-27,PAYELANCER PAYOUT,164.64')
    await book.reconcile(27)
    expect(await counterCodes(book)).toEqual([])
    expect(await itemLine(book.rig, 'pub', 'payout:line-2')).toBe('payout 168.00 settled, 168.00 matched')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it.each(['open', 'settled'])(
    'are no payouts of a fall that a person takes back, and may be those of another one (%s)',
    async (state) => {
      const book = await paidPlay(await fresh(), STATED, '{}')
      await book.rig.importEvidence(nightMs(0), OPENING)
      await live(book, 1, 13)
      await book.statement(13, '2026-03-13,PAYELANCER PAYOUT,156.80')
      await book.reconcile(13)
      const { of: fall } = await fallOn(book, '2026-03-12')
      await book.accept('payout', fall === undefined ? {} : { of: fall })
      expect(await itemLine(book.rig, 'pub', 'payout:line-1')).toBe('payout 160.00 open, 0.00 matched')
      if (state === 'settled') await live(book, 14, 14)
      const { entries } = await book.reject(fall)
      const posted = entries.map(({ date, kind, amount }) => `${date} ${kind} ${amount / 1_000_000n}`)
      expect(posted).toEqual(expect.arrayContaining(['2026-03-12 earn -1200', '2026-03-12 payout -16000']))
      if (state === 'settled') {
        expect(await openCodes(book.rig)).toContain('pub AMOUNT_DIFF payout:line-1')
        await book.decide(14, { decide: 'unmatch', match: 1 })
        await book.reconcile(14)
      }
      expect(await openCodes(book.rig)).not.toContain('pub AMOUNT_DIFF payout:line-1')
      expect(await money(book.rig, '1110:pub')).toBe('0.00')
      // What was read after it has the same payout in it.
      expect(await said(book)).toMatch(/proposed: line 1 of paypal .* as the payout of this fall, with 24\.00 earned/)
      await book.accept('payout', await fallOn(book, '2026-03-13'))
      await live(book, state === 'settled' ? 15 : 14, 15)
      expect(await counterCodes(book)).toEqual(['pub COUNTER_GAP days:2026-03-12..2026-03-13'])
      expect(await money(book.rig, '4000:pub')).toBe(`-${12 * 14}.00`)
      // A match that a person undid is not made again without one.
      const left = state === 'settled' ? 'open, 0.00' : 'settled, 160.00'
      expect(await itemLine(book.rig, 'pub', 'payout:line-1')).toBe(`payout 160.00 ${left} matched`)
      await expectReplays(book.rig, await opened(newSqliteUrl()))
    },
  )

  it.each(['PP-9', 'line-1'])('stay payouts where a file has stated them since (as %s)', async (reference) => {
    const book = await paidPlay(await fresh(), STATED, '{}')
    await book.rig.importEvidence(nightMs(0), OPENING)
    await live(book, 1, 13)
    await book.statement(13, '2026-03-13,PAYELANCER PAYOUT,156.80')
    await book.reconcile(13)
    const { of: fall } = await fallOn(book, '2026-03-12')
    await book.accept('payout', fall === undefined ? {} : { of: fall })
    await book.rig.importEvidence(nightMs(13), payments(`2026-03-12,pub,payout,160.00,USD,${reference},`))
    const { entries } = await book.reject(fall)
    expect(entries.map(({ kind }) => kind)).not.toContain('payout')
    await book.accept('payout', await fallOn(book, '2026-03-13'))
    await live(book, 14, 15)
    expect(await itemLine(book.rig, 'pub', 'payout:line-1')).toBe('payout 160.00 settled, 160.00 matched')
    expect(await money(book.rig, '1110:pub')).toBe('0.00')
    expect(await money(book.rig, '4000:pub')).toBe(`-${12 * 14}.00`)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('are left to a person where two of them fit one fall', async () => {
    const book = await paidPlay(await fresh(), STATED, '{}')
    await book.rig.importEvidence(nightMs(0), OPENING)
    await live(book, 1, 13)
    await book.statement(13, '2026-03-13,PAYELANCER PAYOUT,156.80', '2026-03-13,PAYELANCER BONUS,150.92')
    await book.reconcile(13)
    expect(await said(book)).toMatch(
      /; its fall of 148\.00 USD may be the payout on line 1 of paypal .* with 12\.00 earned besides or line 2 of paypal .* with 6\.00 earned besides; to choose: tieout reconcile settle 1 --as payout --of pub --gross 160\.00, then tieout counters accept \d+\.1 --as payout$/,
    )
    await expect(book.accept('payout')).rejects.toThrow(/no payout is due or on record near it/)
    // What one decides about a line, the exception says at once.
    await book.decide(13, { decide: 'ignore', line: 1 })
    expect(await said(book)).toMatch(/; proposed: line 2 of paypal .* --as payout$/)
    await book.decide(13, { decide: 'ignore', line: 2 })
    expect(await said(book)).toMatch(/; to decide: tieout counters accept (\d+\.1) --as MEANING, or reject \1$/)
    await book.decide(13, { decide: 'unmatch', match: 1 })
    await book.decide(13, { decide: 'payout', line: 1, of: 'pub', gross: '160.00' })
    await book.accept('payout')
    expect(await counterCodes(book)).toEqual([])
    expect(await money(book.rig, '4000:pub')).toBe(`-${12 * 12}.00`)
  })
})

describeOnSqlite('a line that a person calls a payout while the counter is undecided', (fresh) => {
  it('must be said with its gross where the account has a fee, which would be earnings otherwise', async () => {
    const book = await paidPlay(await fresh(), STATED)
    await book.rig.importEvidence(nightMs(0), OPENING)
    await live(book, 1, 11)
    await book.mode('unpaid')
    await live(book, 12, 13)
    await book.statement(13, '2026-03-13,PAYELANCER PAYOUT,156.80')
    const payout = { decide: 'payout', line: 1, of: 'pub' } as const
    await expect(book.decide(13, { ...payout, gross: null })).rejects.toThrow(
      /may have been taken on the way \(standard\).*--gross 160\.00.*--gross 156\.80/,
    )
    await book.decide(13, { ...payout, gross: '160.00' })
    expect(await money(book.rig, '4000:pub')).toBe(`-${12 * 12}.00`)
  })

  it('books what a payer withheld as tax, and the fee of what that left as a fee', async () => {
    const book = await paidPlay(await fresh(), '{ schedule: stated, minimum: "50", withholdingPercent: "10" }')
    await book.rig.importEvidence(nightMs(0), OPENING)
    await live(book, 1, 11)
    await book.mode('unpaid')
    await live(book, 12, 13)
    // 160.00 less 16.00, and less 2 % of 144.00.
    await book.statement(13, '2026-03-13,PAYELANCER PAYOUT,141.12')
    const payout = { decide: 'payout', line: 1, of: 'pub' } as const
    await expect(book.decide(13, { ...payout, gross: null })).rejects.toThrow(
      /\(standard, withholding, withholding \+ standard\).*--gross 160\.00 with "withholding \+ standard"/,
    )
    await book.decide(13, { ...payout, gross: '160.00' })
    expect([await money(book.rig, '1400'), await money(book.rig, '6100')]).toEqual(['16.00', '2.88'])
  })
})
