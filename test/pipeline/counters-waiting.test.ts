/** A rise that waits for a person stays out of the books however long nobody decides, while what comes after is booked. */
import { expect, it } from 'vitest'
import { landedCounter } from './counters-landed.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays, play, type Play } from './counters-support.ts'
import { differencesOf, exceptionsOf, openCodes, storyOf } from './reads.ts'

const LIMIT = { publisherMore: "reviewAbove: '25.00'" }

async function pubCodes(book: Play): Promise<readonly string[]> {
  return (await openCodes(book.rig)).filter((code) => code.startsWith('pub'))
}

/** The first night at 100.00 and six nights of +5.00, then +100.00 that nobody decides. */
async function spike(book: Play): Promise<void> {
  for (let night = 1; night <= 7; night += 1)
    await book.read(1000 + 100 * night, 50 + 5 * night, `${95 + 5 * night}.00`)
  await book.read(1800, 90, '230.00')
}

async function story(book: Play): Promise<readonly string[]> {
  return (await storyOf(book.rig, 'pub', 'counter:earnings')).slice(6)
}

describeOnSqlite('a rise nobody has decided', (fresh) => {
  it('is never booked by waiting: the nights after it are booked on their own', async () => {
    const book = await play(await fresh(), LIMIT)
    await spike(book)
    for (let night = 9; night <= 20; night += 1) {
      await book.read(1000 + 100 * night, 50 + 5 * night, `${190 + 5 * night}.00`)
    }
    expect(await pubCodes(book)).toEqual(['pub COUNTER_SPIKE counter'])
    expect(await exceptionsOf(book.rig)).toContainEqual(expect.objectContaining({ amount: 10_000_000_000n }))
    const nights = await story(book)
    expect(nights).toHaveLength(12)
    expect(new Set(nights.map((line) => line.slice(0, 15)))).toEqual(new Set(['earn 5.00000000']))
    expect((await book.held()).map(({ change }) => change)).toEqual([10_000_000_000n])
    await book.accept('spike-ok')
    expect((await story(book)).at(-1)).toBe('earn 100.00000000 on 2026-03-08')
    const report = await book.read(3100, 155, '295.00')
    expect(differencesOf(report)['pub']).toBe('0.00000000')
    expect(await pubCodes(book)).toEqual([])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('stays held over missed days, and no sentence says that nothing was read', async () => {
    const book = await play(await fresh(), LIMIT)
    await spike(book)
    await book.read(3700, 185, '330.00', 27)
    expect(await story(book)).toEqual(['earn 100.00000000 on 2026-03-27'])
    expect((await book.held()).map(({ change }) => change)).toEqual([10_000_000_000n])
    expect(await pubCodes(book)).toEqual(['pub COUNTER_GAP days:2026-03-09..2026-03-27', 'pub COUNTER_SPIKE counter'])
  })

  it('without traffic is not booked by the traffic of the next night', async () => {
    const book = await play(await fresh(), LIMIT)
    await book.read(1000, 50, '100.00')
    await book.read(1000, 50, '200.00')
    await book.read(1100, 55, '205.00')
    expect(await storyOf(book.rig, 'pub', 'counter:earnings')).toEqual(['earn 5.00000000 on 2026-03-03'])
    expect(await pubCodes(book)).toEqual(['pub COUNTER_REPOST counter'])
    await book.accept('repost')
    expect(await storyOf(book.rig, 'pub', 'counter:earnings')).toEqual([
      'earn 5.00000000 on 2026-03-03',
      'earn 100.00000000 on 2026-03-02',
    ])
    expect(await pubCodes(book)).toEqual([])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('has nothing left to decide when the counter comes back', async () => {
    const book = await play(await fresh(), LIMIT)
    await spike(book)
    await book.read(1900, 95, '235.00')
    await book.read(2000, 100, '140.00')
    expect(await story(book)).toEqual(['earn 5.00000000 on 2026-03-09', 'earn 5.00000000 on 2026-03-10'])
    expect(await book.held()).toEqual([])
    expect(await pubCodes(book)).toEqual([])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('keeps waiting beside a small clawback, which is booked', async () => {
    const book = await play(await fresh(), LIMIT)
    await spike(book)
    await book.read(1900, 95, '228.00')
    expect(await story(book)).toEqual(['clawback 2.00000000 on 2026-03-09'])
    expect(await pubCodes(book)).toEqual(['pub COUNTER_SPIKE counter'])
  })

  it('adds up with a second one, each decided on its own', async () => {
    const book = await play(await fresh(), LIMIT)
    await spike(book)
    await book.read(1900, 95, '235.00')
    await book.read(2000, 100, '435.00')
    await book.read(2100, 105, '440.00')
    const [second, first] = await book.held()
    expect([second?.change, first?.change]).toEqual([20_000_000_000n, 10_000_000_000n])
    expect(await exceptionsOf(book.rig)).toContainEqual(expect.objectContaining({ amount: 30_000_000_000n }))
    await book.accept('reset', first === undefined ? {} : { of: first })
    expect(await exceptionsOf(book.rig)).toContainEqual(expect.objectContaining({ amount: 20_000_000_000n }))
    await book.accept('spike-ok', second === undefined ? {} : { of: second })
    expect(await story(book)).toEqual([
      'earn 5.00000000 on 2026-03-09',
      'earn 5.00000000 on 2026-03-11',
      'earn 200.00000000 on 2026-03-10',
    ])
    const report = await book.read(2200, 110, '445.00')
    expect(differencesOf(report)['pub']).toBe('0.00000000')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('can be rejected though later ones were booked on top of it: these are reversed, and wait as it did', async () => {
    const book = await play(await fresh(), LIMIT)
    await spike(book)
    await book.read(1900, 95, '235.00')
    expect(await story(book)).toEqual(['earn 5.00000000 on 2026-03-09'])
    await book.reject()
    expect((await story(book)).at(-1)).toBe('earn -5.00000000 on 2026-03-09')
    expect((await book.held()).map(({ code, change }) => [code, change])).toEqual([['COUNTER_SPIKE', 10_500_000_000n]])
    await book.accept('reset')
    const report = await book.read(2000, 100, '240.00')
    expect((await story(book)).at(-1)).toBe('earn 5.00000000 on 2026-03-10')
    expect(differencesOf(report)['pub']).toBe('0.00000000')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('that was rejected and is still shown is held again', async () => {
    const book = await play(await fresh(), LIMIT)
    await book.read(1000, 50, '100.00')
    await book.read(1000, 50, '200.00')
    await book.reject()
    await book.read(1100, 55, '205.00')
    expect(await storyOf(book.rig, 'pub', 'counter:earnings')).toEqual([])
    expect((await book.held()).map(({ code, change }) => [code, change])).toEqual([['COUNTER_REPOST', 10_500_000_000n]])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('of an unpaid balance holds what comes after it, since payouts may hide in both', async () => {
    const book = await play(await fresh(), LIMIT)
    await book.read(1000, 50, '100.00')
    await book.mode('unpaid')
    await book.read(1000, 50, '200.00')
    await book.read(1100, 55, '205.00')
    expect(await storyOf(book.rig, 'pub', 'counter:earnings')).toEqual([])
    expect(await pubCodes(book)).toEqual(['pub COUNTER_REPOST counter'])
    await book.accept('spike-ok')
    expect((await storyOf(book.rig, 'pub', 'counter:earnings'))[0]).toMatch(/^earn 105\.00000000 /)
    expect(await book.held()).toEqual([])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })
})

describeOnSqlite('a rise that waits when the counter falls', (fresh) => {
  it('waits on after the fall is decided as a reset, and is no part of what the new counter shows', async () => {
    const counter = await landedCounter(await fresh())
    const amounts = ['205', '210', '215', '220', '225', '230', '235', '400', '405', '60', '65']
    for (const [index, amount] of amounts.entries()) await counter.read(index + 1, `${amount}.00`)
    await counter.decide({ of: 10, as: 'reset', earned: '4.00' })
    expect(await openCodes(counter.rig)).toEqual(['pub COUNTER_SPIKE counter'])
    await counter.read(12, '70.00')
    expect(await openCodes(counter.rig)).toEqual(['pub COUNTER_SPIKE counter'])
    await counter.decide({ of: 8, as: 'spike-ok' })
    expect(await openCodes(counter.rig)).toEqual([])
    expect((await counter.days()).slice(6)).toEqual([
      '2026-03-08 165.00',
      '2026-03-09 5.00',
      '2026-03-10 4.00',
      '2026-03-11 5.00',
      '2026-03-12 5.00',
    ])
    await expectReplays(counter.rig, await opened(newSqliteUrl()))
  })
})
