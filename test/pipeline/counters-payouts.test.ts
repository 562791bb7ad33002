/** A counter that may show what is unpaid: what asks the question, what the answer books, and payouts before and after their fall. */
import { expect, it } from 'vitest'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { nightMs } from './harness.ts'
import { balanceOf, differencesOf, openCodes, storyOf } from './reads.ts'
import { payments } from './scripted-book.ts'
import { expectReplays, play, type Play } from './counters-support.ts'

const OPENING = payments('2026-03-01,pub,opening-balance,162.50,USD,,', '2026-03-01,pub,opening-counter,162.50,USD,,')

async function opening(book: Play): Promise<void> {
  await book.rig.importEvidence(nightMs(0), OPENING)
  await book.read(1000, 50, '162.50')
}

function payout(date: string, amount: string, reference: string, kind = 'payout'): string {
  return payments(`${date},pub,${kind},${amount},USD,${reference},`)
}

async function pubCodes(book: Play): Promise<readonly string[]> {
  return (await openCodes(book.rig)).filter((code) => code.startsWith('pub') && !code.includes('COUNTER_GAP'))
}

function units(text: string): bigint {
  return BigInt(text.replace('.', '')) * 1_000_000n
}

describeOnSqlite('a fall near a payout', (fresh) => {
  it('is held, and once a person says "unpaid" it is what was earned plus the payout', async () => {
    const book = await play(await fresh())
    await opening(book)
    await book.rig.importEvidence(book.later(2), payout('2026-03-02', '150.00', 'PP-1'))
    await book.read(1100, 55, '15.50')
    expect(await pubCodes(book)).toEqual(['pub COUNTER_UNPAID counter'])
    expect((await book.mode('unpaid')).posted).toBe(1)
    expect(await pubCodes(book)).toEqual([])
    expect(await storyOf(book.rig, 'pub', 'counter:earnings')).toEqual(['earn 3.00000000 on 2026-03-02'])
    const report = await book.read(1200, 60, '20.00')
    expect(await balanceOf(book.rig, '1100:pub')).toBe(units('20.00'))
    expect(await balanceOf(book.rig, '1110:pub')).toBe(units('150.00'))
    expect(differencesOf(report)['pub']).toBe('0.00000000')
    await expect(book.mode('unpaid')).rejects.toMatchObject({ code: 'MODE_UNCHANGED' })
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('of an unpaid balance waits for its payout, and is booked when that is imported, its fee beside it', async () => {
    const book = await play(await fresh())
    await opening(book)
    await book.mode('unpaid')
    await book.read(1100, 55, '15.50')
    expect(await pubCodes(book)).toEqual(['pub COUNTER_DECREASE counter'])
    await book.rig.importEvidence(
      book.later(5),
      payments('2026-03-02,pub,payout,147.00,USD,PP-1,', '2026-03-02,pub,payout-fee,3.00,USD,PP-1,'),
    )
    expect(await pubCodes(book)).toEqual([])
    expect(await storyOf(book.rig, 'pub', 'counter:earnings')).toEqual(['earn 3.00000000 on 2026-03-02'])
    expect(await balanceOf(book.rig, '6100')).toBe(units('3.00'))
    const report = await book.read(1200, 60, '16.00')
    expect(differencesOf(report)['pub']).toBe('0.00000000')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('is none of a payout from before counting began, which the first reading showed', async () => {
    const book = await play(await fresh())
    await book.mode('unpaid')
    await book.read(1000, 50, '12.50')
    await book.rig.importEvidence(book.later(2), payout('2026-03-01', '150.00', 'PP-1'))
    expect(differencesOf(await book.read(1100, 55, '15.50'))['pub']).toBe('0.00000000')
    expect(await pubCodes(book)).not.toContain('pub COUNTER_UNPAID counter')
    expect(await storyOf(book.rig, 'pub', 'counter:earnings')).toEqual(['earn 3.00000000 on 2026-03-02'])
    await book.read(1200, 60, '4.50')
    expect(await pubCodes(book)).toContain('pub COUNTER_DECREASE counter')
    expect(await storyOf(book.rig, 'pub', 'counter:earnings')).toEqual(['earn 3.00000000 on 2026-03-02'])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('that was booked as a clawback is questioned when the payout becomes known', async () => {
    const book = await play(await fresh(), { publisherMore: 'counter: { clawbackPercent: 100 }' })
    await opening(book)
    await book.read(1100, 55, '12.50')
    expect(await storyOf(book.rig, 'pub', 'counter:earnings')).toEqual(['clawback 150.00000000 on 2026-03-02'])
    await book.rig.importEvidence(book.later(5), payout('2026-03-03', '150.00', 'PP-1'))
    expect(await pubCodes(book)).toEqual(['pub COUNTER_UNPAID payout:PP-1'])
    await book.mode('unpaid')
    expect(await pubCodes(book)).toEqual([])
    // The clawback is reversed: the fall was the payout.
    expect((await storyOf(book.rig, 'pub', 'counter:earnings')).at(-1)).toBe('clawback -150.00000000 on 2026-03-02')
    await book.read(1200, 60, '14.50')
    expect(await pubCodes(book)).toEqual([])
    const report = await book.read(1300, 65, '15.00')
    expect(await balanceOf(book.rig, '1100:pub')).toBe(units('15.00'))
    expect(differencesOf(report)['pub']).toBe('0.00000000')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })
})

describeOnSqlite('a fall near a payout of a counter that has outlived one', (fresh) => {
  it('is the clawback it is: an unpaid balance would have shown the earlier payout', async () => {
    const book = await play(await fresh(), { publisherMore: 'counter: { payoutDays: 1 }' })
    await opening(book)
    await book.rig.importEvidence(book.later(2), payout('2026-03-05', '30.00', 'PP-1'))
    await book.rig.importEvidence(book.later(2), payout('2026-03-08', '25.00', 'PP-2'))
    for (let night = 2; night <= 7; night += 1) {
      await book.read(1000 + 100 * night, 50 + 5 * night, `${152.5 + 10 * (night - 1)}`)
    }
    await book.read(1800, 90, '197.50')
    expect(await pubCodes(book)).toEqual([])
    expect((await storyOf(book.rig, 'pub', 'counter:earnings')).at(-1)).toBe('clawback 15.00000000 on 2026-03-08')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })
})

describeOnSqlite('a payout', (fresh) => {
  it('of a lifetime counter lowers what is owed and leaves the counter alone', async () => {
    const book = await play(await fresh())
    await opening(book)
    await book.rig.importEvidence(book.later(2), payout('2026-03-02', '150.00', 'PP-1'))
    const report = await book.read(1100, 55, '165.00')
    expect(await storyOf(book.rig, 'pub', 'counter:earnings')).toEqual(['earn 2.50000000 on 2026-03-02'])
    expect(await balanceOf(book.rig, '1100:pub')).toBe(units('15.00'))
    expect(differencesOf(report)['pub']).toBe('0.00000000')
  })

  it('not taken yet is a difference of an unpaid balance until it shows', async () => {
    const book = await play(await fresh())
    await opening(book)
    await book.mode('unpaid')
    await book.rig.importEvidence(book.later(2), payout('2026-03-03', '150.00', 'PP-1'))
    expect(differencesOf(await book.read(1100, 55, '165.00'))['pub']).toBe('150.00000000')
    expect(differencesOf(await book.read(1200, 60, '18.00'))['pub']).toBe('0.00000000')
    expect(await storyOf(book.rig, 'pub', 'counter:earnings')).toEqual([
      'earn 2.50000000 on 2026-03-02',
      'earn 3.00000000 on 2026-03-03',
    ])
  })

  it('that never shows in an unpaid balance becomes an exception, which a word about the counter closes', async () => {
    const book = await play(await fresh())
    await opening(book)
    await book.mode('unpaid')
    await book.rig.importEvidence(book.later(2), payout('2026-03-02', '150.00', 'PP-1'))
    await book.read(1100, 55, '163.50', 13)
    expect(await pubCodes(book)).toEqual(['pub COUNTER_UNPAID counter', 'pub COUNTER_UNPAID payout:PP-1'])
    await book.mode('lifetime')
    expect(await pubCodes(book)).toEqual([])
  })

  it('stated twice counts once, stated again before it showed replaces, and afterwards is refused', async () => {
    const book = await play(await fresh())
    await opening(book)
    await book.mode('unpaid')
    for (const amount of ['140.00', '150.00', '150.00'])
      await book.rig.importEvidence(book.later(2), payout('2026-03-02', amount, 'PP-1'))
    expect(await balanceOf(book.rig, '1110:pub')).toBe(units('150.00'))
    await book.read(1100, 55, '15.50')
    expect(await storyOf(book.rig, 'pub', 'counter:earnings')).toEqual(['earn 3.00000000 on 2026-03-02'])
    await book.rig.importEvidence(book.later(2), payout('2026-03-02', '151.00', 'PP-1'))
    expect(await balanceOf(book.rig, '1110:pub')).toBe(units('150.00'))
    expect((await pubCodes(book)).some((code) => code.startsWith('pub EVIDENCE_REFUSED payout:'))).toBe(true)
  })
})
