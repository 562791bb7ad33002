/** Counters from HTTP to postings: what is posted, what waits, what a person's word makes of it, and what comes late. */
import { expect, it } from 'vitest'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays, play, type Play } from './counters-support.ts'
import { balanceOf, differencesOf, openCodes, transactionsOf } from './reads.ts'

const UNPAID = { publisherMore: 'counterMode: unpaid' }
const LIFETIME = { publisherMore: 'counterMode: lifetime' }

function units(text: string): bigint {
  return BigInt(text.replace('.', '')) * 1_000_000n
}

/** Usual nights of 10.00 a day from 160.00 on. */
async function usual(book: Play, through: number): Promise<void> {
  for (let night = 1; night <= through; night += 1) await book.read(night, `${150 + 10 * night}.00`)
}

async function names(book: Play): Promise<readonly string[]> {
  const { kysely } = book.rig.database
  const rows = await kysely
    .selectFrom('counter_reading')
    .select(['batch', 'item'])
    .where('origin', '=', 'api')
    .orderBy('batch')
    .execute()
  return rows.map(({ batch, item }) => `${batch}.${item}`)
}

describeOnSqlite('a counter', (fresh) => {
  it('posts what it rose by on the day that ended, and nothing of what came before', async () => {
    const book = await play(await fresh(), LIFETIME)
    await usual(book, 4)
    expect(await book.days()).toEqual(['03-02 10.00', '03-03 10.00', '03-04 10.00'])
    expect((await transactionsOf(book.rig, 'pub')).map(({ rule }) => rule)).toEqual(['C1', 'C1', 'C1'])
    expect(book.rig.warnings).toContain('pub: counting begins with this reading; nothing before it is booked')
  })

  it('that was not read for days posts one entry, split at the month, and tells it', async () => {
    const book = await play(await fresh(), LIFETIME)
    await book.read(30, '100.00')
    const report = await book.read(33, '130.00')
    expect(await book.days()).toEqual(['03-31 10.00', '04-02 20.00'])
    const memos = (await transactionsOf(book.rig, 'pub')).map(({ memo }) => memo)
    expect(memos[0]).toBe('covers 2026-03-31..2026-04-02; by days, 2026-03-31..2026-03-31')
    expect(differencesOf(report)['pub']).toBe('0.00000000')
    expect(book.rig.warnings).toContainEqual(
      expect.stringMatching(/^pub: no reading between 2026-03-31 and 2026-04-02/),
    )
  })

  it('of an advertiser spends from the wallet, and a credit waits to be called one', async () => {
    const book = await play(await fresh(), {}, 'ads')
    await book.read(1, '400.00')
    await book.read(2, '417.63')
    await book.read(3, '416.63')
    expect(await book.items()).toEqual([expect.stringMatching(/^counter: the amount fell: .*clawback -1\.00/)])
    await book.answer('clawback')
    expect(await book.days()).toEqual(['03-02 17.63', '03-03 -1.00'])
    expect(await balanceOf(book.rig, '1300:ads')).toBe(units('-16.63'))
  })

  const fallen = async (book: Play) => {
    await usual(book, 4)
    for (const [night, amount] of [
      [5, '40.00'],
      [6, '48.00'],
      [7, '57.00'],
      [8, '68.00'],
    ] as const)
      await book.read(night, amount)
  }

  it.each([
    ['clawback', {}, ['03-05 -150.00', '03-06 8.00', '03-07 9.00', '03-08 11.00']],
    ['reset', { earned: units('4.00') }, ['03-05 4.00', '03-06 8.00', '03-07 9.00', '03-08 11.00']],
    ['other-account', {}, ['03-06 8.00', '03-07 9.00', '03-08 11.00']],
  ] as const)('posts nothing while a reading is held, and as %s what follows', async (as, more, expected) => {
    const book = await play(await fresh(), LIFETIME)
    await fallen(book)
    expect(await book.days()).toEqual(['03-02 10.00', '03-03 10.00', '03-04 10.00'])
    expect(await book.items()).toHaveLength(1)
    await book.answer(as, more)
    expect((await book.days()).slice(3)).toEqual(expected)
    expect(await book.items()).toEqual([])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('may be answered otherwise later: what the first word posted is taken back on its days', async () => {
    const book = await play(await fresh(), LIFETIME)
    await fallen(book)
    await book.answer('clawback')
    const reading = (await names(book))[4] ?? ''
    await book.answer('reset', { reading, earned: units('4.00') })
    expect((await book.days()).slice(3)).toEqual(['03-05 4.00', '03-06 8.00', '03-07 9.00', '03-08 11.00'])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('goes on from the last right reading when several were wrong', async () => {
    const book = await play(await fresh(), LIFETIME)
    await usual(book, 4)
    await book.read(5, '40.00')
    await book.read(6, '41.00')
    await book.read(7, '222.00')
    await book.answer('wrong', { reading: (await names(book))[5] ?? '' })
    expect((await book.days()).slice(3)).toEqual(['03-07 32.00'])
  })

  it('refuses a word that cannot fit, with nothing kept', async () => {
    const book = await play(await fresh(), LIFETIME)
    await fallen(book)
    await expect(book.answer('payout')).rejects.toMatchObject({ code: 'RESOLUTION_DOES_NOT_FIT' })
    await expect(book.answer('right')).rejects.toThrow('the amount fell; say clawback, payout or reset')
    await expect(book.answer('wrong', { earned: 1n })).rejects.toThrow('leave --earned out')
    await expect(book.answer('clawback', { reading: '999.1' })).rejects.toThrow('the counter has no reading 999.1')
    expect(await book.items()).toHaveLength(1)
  })
})

describeOnSqlite('a counter of what is unpaid', (fresh) => {
  it('opens the receivable with its first reading, and takes a payout on record for its fall', async () => {
    const book = await play(await fresh(), UNPAID)
    await usual(book, 4)
    await book.state('2026-03-05|payout,190.00,USD,PP-1,')
    const report = await book.read(5, '12.00')
    expect((await book.days()).at(-1)).toBe('03-05 12.00')
    expect(await balanceOf(book.rig, '1100:pub')).toBe(units('12.00'))
    expect(await balanceOf(book.rig, '1110:pub')).toBe(units('190.00'))
    expect(differencesOf(report)['pub']).toBe('0.00000000')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('waits a week for the payout of a fall before it asks, and needs nobody when its row comes', async () => {
    const book = await play(await fresh(), UNPAID)
    await usual(book, 4)
    for (let night = 5; night <= 11; night += 1) await book.read(night, `${night * 10 - 38}.00`)
    expect(await book.items()).toEqual([])
    await book.read(12, '82.00')
    expect(await book.items()).toEqual([expect.stringMatching(/^counter: the amount fell: 190\.00 before, 12\.00 USD/)])
    await book.state('2026-03-05|payout,187.00,USD,PP-1,', '2026-03-05|payout-fee,3.00,USD,PP-1,')
    expect(await book.items()).toEqual([])
    expect((await book.days()).slice(3, 5)).toEqual(['03-05 12.00', '03-06 10.00'])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('books the payout a person says a fall was, and the row that states it later corrects it', async () => {
    const book = await play(await fresh(), UNPAID)
    await usual(book, 4)
    for (let night = 5; night <= 12; night += 1) await book.read(night, `${night * 10 - 38}.00`)
    await book.answer('payout', { earned: units('11.00') })
    expect(await balanceOf(book.rig, '1110:pub')).toBe(units('189.00'))
    expect(await balanceOf(book.rig, '1100:pub')).toBe(units('82.00'))
    await book.state('2026-03-06|payout,190.00,USD,PP-1,')
    const report = await book.read(13, '92.00')
    expect(await balanceOf(book.rig, '1110:pub')).toBe(units('190.00'))
    expect((await book.days())[3]).toBe('03-05 12.00')
    expect(differencesOf(report)['pub']).toBe('0.00000000')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('takes a rise for the payout that came back, which earned nothing', async () => {
    const book = await play(await fresh(), UNPAID)
    await usual(book, 4)
    await book.state('2026-03-05|payout,190.00,USD,PP-1,')
    await book.read(5, '12.00')
    await book.state('2026-03-06|payout-returned,190.00,USD,PP-1,')
    const report = await book.read(6, '214.00')
    expect((await book.days()).slice(-2)).toEqual(['03-05 12.00', '03-06 12.00'])
    expect(differencesOf(report)['pub']).toBe('0.00000000')
  })

  it('asks for a stated payout that no fall shows for a week', async () => {
    const book = await play(await fresh(), UNPAID)
    await usual(book, 3)
    await book.state('2026-03-03|payout,60.00,USD,PP-1,')
    for (let night = 4; night <= 9; night += 1) await book.read(night, `${150 + 10 * night}.00`)
    expect(await book.items()).toEqual([])
    await book.read(10, '250.00')
    expect(await book.items()).toEqual([
      expect.stringMatching(/^payout:PP-1: no fall of the counter shows the payout PP-1 of 60\.00 USD on 2026-03-03/),
    ])
  })
})

describeOnSqlite('what files state of a counter', (fresh) => {
  it('asks whether the counter falls when it pays, once a payout is on record and nobody has said', async () => {
    const book = await play(await fresh())
    await usual(book, 2)
    await book.state('2026-03-02|payout,60.00,USD,PP-1,')
    expect(await book.items()).toEqual([
      expect.stringMatching(/^counter-mode: the payout PP-1 is on record.*counterMode/),
    ])
  })

  it('divides what it moved by over the days it names, and never changes the sum', async () => {
    const book = await play(await fresh(), LIFETIME)
    await usual(book, 2)
    await book.read(6, '200.00')
    expect((await book.days()).slice(1)).toEqual(['03-06 30.00'])
    await book.state('2026-03-04|day-earned,12.50,USD,,', '2026-03-02|day-earned,9.00,USD,,')
    expect((await book.days()).slice(0)).toEqual(['03-02 10.00', '03-04 12.50', '03-06 17.50'])
    expect(await book.items()).toEqual([
      expect.stringMatching(
        /^counter-day:2026-03-02: the counter moved by 1\.00 USD more than a file states for 2026-03-02/,
      ),
    ])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('books days before counting began, and gives them to a reading that covers them later', async () => {
    const book = await play(await fresh(), LIFETIME)
    await book.state('2026-02-27|day-earned,5.00,USD,,', '2026-02-26|day-earned,4.00,USD,,')
    await usual(book, 2)
    expect(await book.days()).toEqual(['02-26 4.00', '02-27 5.00', '03-02 10.00'])
    await book.state('2026-02-27|opening-counter,150.00,USD,,')
    expect(await book.days()).toEqual(['02-26 4.00', '02-27 5.00', '02-28 2.50', '03-01 2.50', '03-02 10.00'])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('works all out anew from an opening that is stated later', async () => {
    const book = await play(await fresh(), UNPAID)
    await usual(book, 3)
    expect(await balanceOf(book.rig, '3900')).toBe(units('-160.00'))
    await book.state('2026-03-01|opening-counter,152.00,USD,,')
    expect(await book.days()).toEqual(['03-01 8.00', '03-02 10.00', '03-03 10.00'])
    expect(await balanceOf(book.rig, '3900')).toBe(units('-152.00'))
    expect(await balanceOf(book.rig, '1100:pub')).toBe(units('180.00'))
    await book.state('2026-03-03|opening-counter,1.00,USD,,')
    expect(await openCodes(book.rig)).toContainEqual(expect.stringContaining('FILE_UNREAD'))
  })
})
