/** What a person decides about held readings, from the decision to postings, proofs, closed exceptions and a replay. */
import { expect, it } from 'vitest'
import { landBatch } from '../../src/evidence/landing.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { nightMs } from './harness.ts'
import { balanceOf, differencesOf, openCodes, quarantined, storyOf, transactionsOf } from './reads.ts'
import { payments } from './scripted-book.ts'
import { expectReplays, play, type Play } from './counters-support.ts'

const OPENING = payments('2026-03-01,pub,opening-balance,62.50,USD,,', '2026-03-01,pub,opening-counter,162.50,USD,,')
const LIMIT = { publisherMore: "reviewAbove: '25.00'" }

/** The first night is read at 1000 impressions, 50 clicks and 162.50. */
async function opening(book: Play): Promise<void> {
  await book.rig.importEvidence(nightMs(0), OPENING)
  await book.read(1000, 50, '162.50')
}

async function pubCodes(book: Play): Promise<readonly string[]> {
  return (await openCodes(book.rig)).filter((code) => code.startsWith('pub') && !code.includes('COUNTER_GAP'))
}

function units(text: string): bigint {
  return BigInt(text.replace('.', '')) * 1_000_000n
}

describeOnSqlite('a held reading', (fresh) => {
  it('is booked as a clawback once a person says so, and its exception closes', async () => {
    const book = await play(await fresh(), LIMIT)
    await opening(book)
    await book.read(1100, 55, '132.50')
    expect(await pubCodes(book)).toEqual(['pub COUNTER_DECREASE counter'])
    expect((await book.accept('clawback')).posted).toBe(1)
    expect(await pubCodes(book)).toEqual([])
    expect(await balanceOf(book.rig, '1100:pub')).toBe(units('32.50'))
    expect(await balanceOf(book.rig, '4090:pub')).toBe(units('30.00'))
    const [, entry] = await transactionsOf(book.rig, 'pub')
    expect(entry).toMatchObject({ kind: 'clawback', rule: 'counter/clawback', memo: 'accepted as clawback by Ada' })
    const report = await book.read(1200, 60, '135.00')
    expect(differencesOf(report)['pub']).toBe('0.00000000')
    expect(await storyOf(book.rig, 'pub', 'counter:earnings')).toEqual([
      'clawback 30.00000000 on 2026-03-02',
      'earn 2.50000000 on 2026-03-03',
    ])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('is linked to the day a person says it corrects: a restatement, booked when it was learned', async () => {
    const book = await play(await fresh(), LIMIT)
    await opening(book)
    await book.read(1100, 55, '132.50')
    await book.accept('clawback', { day: '2026-02-11' })
    const [, entry] = await transactionsOf(book.rig, 'pub')
    expect(entry).toMatchObject({ date: '2026-03-02', rule: 'counter/restatement' })
    expect(entry?.memo).toBe('corrects 2026-02-11; accepted as clawback by Ada')
  })

  it('without traffic is booked as a re-post', async () => {
    const book = await play(await fresh(), LIMIT)
    await opening(book)
    await book.read(1000, 50, '192.50')
    expect(await pubCodes(book)).toEqual(['pub COUNTER_REPOST counter'])
    await book.accept('repost')
    expect(await storyOf(book.rig, 'pub', 'counter:earnings')).toEqual(['earn 30.00000000 on 2026-03-02'])
    expect((await transactionsOf(book.rig, 'pub'))[1]?.rule).toBe('counter/repost-up')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('of a reset starts counting anew, and the readings held after it are booked in the same batch', async () => {
    const book = await play(await fresh(), LIMIT)
    await opening(book)
    await book.read(10, 1, '0.40')
    await book.read(90, 4, '1.40')
    const [, reset] = await book.held()
    const decided = await book.accept('reset', reset === undefined ? {} : { of: reset })
    expect(decided.readings.map(({ status }) => status)).toEqual(['accepted', 'booked'])
    expect(await pubCodes(book)).toEqual([])
    const report = await book.read(150, 8, '2.00')
    expect(await storyOf(book.rig, 'pub', 'counter:earnings')).toEqual([
      'earn 1.00000000 on 2026-03-03',
      'earn 0.60000000 on 2026-03-04',
    ])
    expect(differencesOf(report)['pub']).toBe('0.00000000')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('that is rejected is never booked, and the next is compared with the last accepted one', async () => {
    const book = await play(await fresh(), LIMIT)
    await opening(book)
    await book.read(5, 0, '0.00')
    await book.reject()
    expect(await pubCodes(book)).toEqual([])
    const report = await book.read(1300, 70, '165.00')
    expect(differencesOf(report)['pub']).toBe('0.00000000')
    expect(await storyOf(book.rig, 'pub', 'counter:earnings')).toEqual(['earn 2.50000000 on 2026-03-03'])
    expect((await book.judged()).map(({ status }) => status)).toEqual(['booked', 'rejected', 'unchanged'])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('of a spike is booked when a person says it is real, and is usual from then on', async () => {
    const book = await play(await fresh())
    await opening(book)
    for (const night of [1, 2, 3, 4, 5]) await book.read(1000 + 100 * night, 50 + 5 * night, `${162 + 5 * night}.50`)
    await book.read(3000, 150, '287.50')
    expect(await pubCodes(book)).toEqual(['pub COUNTER_SPIKE counter'])
    expect(await balanceOf(book.rig, '1100:pub')).toBe(units('87.50'))
    await book.accept('spike-ok')
    expect((await storyOf(book.rig, 'pub', 'counter:earnings')).at(-1)).toBe('earn 100.00000000 on 2026-03-07')
    expect(await balanceOf(book.rig, '1100:pub')).toBe(units('187.50'))
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('is decided though the run that landed the decision was killed, and the same decision again changes nothing', async () => {
    const book = await play(await fresh(), LIMIT)
    await opening(book)
    await book.read(1100, 55, '132.50')
    const [held] = await book.held()
    const decision = { decide: 'accept', reading: held?.place, as: 'clawback', day: null, by: 'Ada', why: 'mail' }
    const landing = {
      kind: 'counter-decision' as const,
      source: 'pub',
      request: {},
      fetchedAtMs: book.later(6),
      httpStatus: null,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify(decision)),
    }
    const { id } = await book.rig.bookRow()
    for (const _ of ['landed', 'landed again']) {
      await book.rig.database.kysely.transaction().execute((trx) => landBatch(trx, id, [landing]))
    }
    await book.read(1200, 60, '133.50')
    expect(await storyOf(book.rig, 'pub', 'counter:earnings')).toEqual([
      'clawback 30.00000000 on 2026-03-02',
      'earn 1.00000000 on 2026-03-03',
    ])
    expect(await quarantined(book.rig)).toEqual([])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('can be decided after later ones: what they wait for is booked on its own day', async () => {
    const book = await play(await fresh(), LIMIT)
    await opening(book)
    await book.read(1100, 55, '132.50')
    const [held] = await book.held()
    await book.read(1200, 60, '164.50')
    expect((await book.held()).map(({ role }) => role)).toEqual(['waiting', 'fall'])
    const decided = await book.accept('clawback', held === undefined ? {} : { of: held })
    expect(decided.entries.map(({ date, kind, amount }) => [date, kind, amount])).toEqual([
      ['2026-03-02', 'clawback', units('30.00')],
      ['2026-03-03', 'earn', units('32.00')],
    ])
    const changed = await book.accept('other-account', held === undefined ? {} : { of: held })
    expect(changed.entries.map(({ date, kind, amount }) => [date, kind, amount])).toEqual([
      ['2026-03-02', 'clawback', -units('30.00')],
    ])
    expect(changed.entries[0]?.memo).toMatch(
      /^reverses what was booked of reading \d+\.1 \(30\.00\); nothing of it stands now$/,
    )
    const report = await book.read(1300, 65, '165.00')
    expect(differencesOf(report)['pub']).toBe('0.00000000')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('takes a word that fits, and the same word once', async () => {
    const book = await play(await fresh(), LIMIT)
    await opening(book)
    await book.read(1100, 55, '132.50')
    const [held] = await book.held()
    if (held === undefined) throw new Error('nothing is held')
    const landed = async () => (await book.rig.database.kysely.selectFrom('log_record').select('kind').execute()).length
    const before = await landed()
    await expect(book.accept('spike-ok')).rejects.toMatchObject({ code: 'DECISION_DOES_NOT_FIT', exitCode: 2 })
    await expect(book.accept('clawback', { day: '2026-03-09' })).rejects.toMatchObject({ code: 'DAY_LATER' })
    await expect(book.accept('reset', { day: '2026-02-09' })).rejects.toMatchObject({ code: 'DAY_NOT_FOR_DECISION' })
    const unknown = { ...held, place: { batch: 999, item: 1 } }
    await expect(book.accept('clawback', { of: unknown })).rejects.toMatchObject({ code: 'READING_UNKNOWN' })
    expect(await landed()).toBe(before)
    await book.accept('clawback')
    await expect(book.accept('clawback', { of: held })).rejects.toMatchObject({
      code: 'READING_DECIDED',
      message: expect.stringMatching(/decided already: clawback, by Ada on 2026-03-03T12:05/),
    })
  })
})

describeOnSqlite('an advertiser', (fresh) => {
  it('has the mirror of the table: a large credit waits, is accepted, and gives back to the wallet', async () => {
    const book = await play(await fresh(), {}, 'ads')
    await book.rig.importEvidence(
      nightMs(0),
      payments('2026-03-01,ads,opening-balance,250,USD,,', '2026-03-01,ads,opening-counter,400.00,USD,,'),
    )
    await book.read(9000, 90, '400.00')
    await book.read(9100, 91, '300.00')
    expect(await openCodes(book.rig)).toContain('ads COUNTER_DECREASE counter')
    await book.accept('clawback')
    expect(await storyOf(book.rig, 'ads', 'counter:spent')).toEqual(['spend-credit 100.00000000 on 2026-03-02'])
    expect(await balanceOf(book.rig, '1300:ads')).toBe(units('350.00'))
    expect(await balanceOf(book.rig, '5090:ads')).toBe(-units('100.00'))
    const report = await book.read(9200, 92, '310.00')
    expect(differencesOf(report)['ads']).toBe('0.00000000')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('cannot show what is unpaid', async () => {
    const book = await play(await fresh(), {}, 'ads')
    await book.read(9000, 90, '400.00')
    await expect(book.mode('unpaid')).rejects.toMatchObject({ code: 'MODE_NOT_FOR_SOURCE' })
  })
})
