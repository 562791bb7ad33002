/** What is in quarantine waits until a good answer of the same thing or a person ends it, and a replay decides the same. */
import { describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { countWaitingAt, listQuarantined, rowNameOf } from '../../src/evidence/quarantine.ts'
import { lastLandedBatch } from '../../src/log/landing.ts'
import { attempt, isUnreadable } from '../../src/pipeline/process/set-aside.ts'
import { decideException } from '../../src/pipeline/exception-decisions.ts'
import { balanceOf, exceptionsOf, openCodes } from '../pipeline/reads.ts'
import { payments } from '../pipeline/scripted-book.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { nested, poisonedBook, statsOf, type PoisonedBook } from './poisoned-book.ts'

const BAD = '2026-03-01,panel,top-up,dear,USD,T-2,'
const NOBODY = '2026-03-01,other,top-up,7.00,USD,T-3,'
const GOOD = '2026-03-01,panel,top-up,5.00,USD,T-1,'

async function waiting({ rig }: Pick<PoisonedBook, 'rig'>): Promise<readonly string[]> {
  const { id } = await rig.bookRow()
  const rows = await listQuarantined(rig.database.kysely, id, { show: 'waiting' })
  return rows.map((row) => `${rowNameOf(row)} ${row.source} ${row.object}`)
}

async function importEvidence({ rig, laterMs }: PoisonedBook, ...rows: readonly string[]): Promise<string> {
  await rig.importEvidence(laterMs(), payments(...rows))
  // The name of the file is landed after its rows.
  return String((await lastLandedBatch(rig.database.kysely, (await rig.bookRow()).id)) - 1)
}

async function atNight(database: Database, book: PoisonedBook): Promise<number> {
  const { id } = await book.rig.bookRow()
  return countWaitingAt(database.kysely, id, await lastLandedBatch(database.kysely, id))
}

const row = (name: string) => {
  const [batch = 0, item = 0, line = null] = name.split('.').map(Number)
  return { batch, item, line }
}

async function acknowledge(book: PoisonedBook, source: string): Promise<void> {
  const told = (await exceptionsOf(book.rig)).find((each) => each.status === 'open' && each.source === source)
  const request = { config: book.rig.config, book: book.rig.book, env: book.rig.env }
  const nothing = { amount: null, reference: null, date: null, earned: null, reading: null, line: null }
  const word = { decide: 'resolve', as: 'acknowledge', ...nothing, by: 'Ann', why: 'stated anew' } as const
  await decideException(book.rig.environment(book.laterMs()), request, told?.number ?? 0, word)
}

describeOnSqlite('a row in quarantine', (fresh) => {
  it('of a file waits on every later report, under an exception, until a person says that it is known', async () => {
    const database = await fresh()
    const book = await poisonedBook(database)
    const batch = await importEvidence(book, GOOD, BAD, NOBODY)
    expect(await waiting(book)).toEqual([
      `${batch}.1.4  evidence-1.csv line 4, column source`,
      `${batch}.1.3 panel evidence-1.csv line 3, column amount`,
    ])
    const told = ['FILE_UNREAD', 'quarantine:'].join(' ')
    expect(await openCodes(book.rig)).toEqual([` ${told}${batch}.1`, `panel ${told}${batch}.1`])
    // Neither other answers nor a corrected file speak of it.
    await book.process({ kind: 'payelancer-stats', source: 'pub', body: statsOf('"10.00"') })
    await importEvidence(book, BAD.replace('dear', '3.00'))
    expect([await atNight(database, book), (await waiting(book)).length]).toEqual([2, 2])
    await acknowledge(book, 'panel')
    expect(await openCodes(book.rig)).toEqual([` ${told}${batch}.1`])
    await expect(book.decide({ rows: [row(`${batch}.1.3`)] })).rejects.toThrow(
      `Row ${batch}.1.3 does not wait any more: it was acknowledged, by Ann.`,
    )
    await acknowledge(book, '')
    expect([await waiting(book), await openCodes(book.rig)]).toEqual([[], []])
    expect(await balanceOf(book.rig, '1310:panel')).toBe(800_000_000n)
    expect(await book.replaysTo(await fresh())).toBe(true)
  })

  it('is read again by the settings in force, and only the rows that waited', async () => {
    const database = await fresh()
    const before = await poisonedBook(database)
    const batch = await importEvidence(before, GOOD, NOBODY, BAD)
    const book = await poisonedBook(database, { panels: ['other'], after: 10 })
    const retried = await book.decide({ rows: [row(`${batch}.1`)] })
    expect([retried.rows.length, retried.posted]).toEqual([2, 1])
    const [left, ...none] = retried.unread
    expect(none).toEqual([])
    expect(left).toMatchObject({ object: 'evidence-1.csv line 4, column amount', reason: '"dear" is not an amount' })
    expect(await balanceOf(book.rig, '1310:other')).toBe(700_000_000n)
    expect(await balanceOf(book.rig, '1310:panel')).toBe(500_000_000n)
    if (left === undefined) throw new Error('one row is left')
    // What cannot be read again either leads on to the same bytes.
    const again = await book.decide({ rows: [left] })
    expect(again).toMatchObject({ posted: 0, unread: [{ line: 4, reason: '"dear" is not an amount' }] })
    expect((await openCodes(book.rig)).filter((code) => code.includes('quarantine:'))).toHaveLength(1)
    await acknowledge(book, 'panel')
    expect([await waiting(book), await openCodes(book.rig)]).toEqual([[], []])
    expect(await book.replaysTo(await fresh())).toBe(true)
  })

  it('of an answer beyond a limit is read again once the limit was raised, and counts when it was taken', async () => {
    const database = await fresh()
    const strict = await poisonedBook(database, { bookMore: '    reading: { maxDepth: 8 }\n' })
    await strict.process({ kind: 'payelancer-stats', source: 'pub', body: statsOf('"10.00"') })
    await strict.process({ kind: 'payelancer-stats', source: 'pub', body: statsOf('"12.50"', `,"x":${nested(9)}`) })
    const [name = ''] = await waiting(strict)
    expect(name).toMatch(/ pub counter$/)
    const place = row(name.split(' ')[0] ?? '')
    const still = await strict.decide({ rows: [place] })
    expect(still.unread).toMatchObject([
      { object: 'counter', reason: expect.stringContaining('nested more than 8 deep') },
    ])
    const book = await poisonedBook(database, { after: 20 })
    expect(await book.decide({ rows: still.unread })).toMatchObject({ posted: 1, unread: [] })
    expect([await waiting(book), await openCodes(book.rig)]).toEqual([[], []])
    expect(await balanceOf(book.rig, '1100:pub')).toBe(250_000_000n)
    expect(await book.replaysTo(await fresh())).toBe(true)
  })

  it('of an answer is superseded by the next good one, and the newest bad one alone waits', async () => {
    const database = await fresh()
    const book = await poisonedBook(database)
    const balance = { kind: 'panel-balance', source: 'panel', request: { action: 'balance', moment: 'after' } } as const
    const status = {
      kind: 'panel-statuses',
      source: 'panel',
      request: { action: 'multiStatus', orders: ['1', '2'], purpose: 'poll' },
    } as const
    await book.process(
      { ...balance, body: '{' },
      { ...status, body: '{"1":{"status":"Completed"},"2":{"charge":"x"}}' },
    )
    await book.process({ ...balance, body: '[' }, { ...status, body: nested(70) })
    expect((await waiting(book)).map((each) => each.replace(/^\S+ /, ''))).toEqual([
      'panel 2 orders',
      'panel wallet',
      'panel order:2',
    ])
    const [orders = ''] = await waiting(book)
    await expect(book.decide({ rows: [row(orders.split(' ')[0] ?? '')] })).rejects.toMatchObject({
      code: 'ROW_NOT_READABLE',
      hint: expect.stringContaining('tieout sync --source panel'),
    })
    const good = '{"status":"Completed","charge":"1.00","remains":"0","currency":"USD"}'
    await book.process({ ...balance, request: { action: 'balance', moment: 'before' }, body: '{"balance":"5.00"}' })
    await book.process({ ...status, body: `{"1":${good},"2":${good}}` })
    expect(await waiting(book)).toEqual([])
  })

  it('ends with the exception that tells of it', async () => {
    const database = await fresh()
    const book = await poisonedBook(database)
    await importEvidence(book, BAD)
    await acknowledge(book, 'panel')
    expect([await waiting(book), await openCodes(book.rig)]).toEqual([[], []])
  })
})

describeOnSqlite('an item whose reader says that it cannot be read', (fresh) => {
  it('is set aside alone, and the rest of its batch is booked', async () => {
    const database = await fresh()
    const book = await poisonedBook(database)
    const stats = { kind: 'payelancer-stats', source: 'pub' } as const
    await book.process({ ...stats, body: statsOf('"10.00"') })
    const rates = { kind: 'rates', source: '', body: 'date,from,to,rate\n2026-03-01,EUR,USD,much\n' } as const
    const result = await book.process(rates, { ...stats, body: statsOf('"12.50"') })
    expect(result).toMatchObject({ posted: 1, totals: { rows: { in: 2n, quarantined: 1n, posted: 1n } } })
    expect((await waiting(book)).map((each) => each.replace(/^\S+ /, ''))).toEqual([' rates'])
    expect(await balanceOf(book.rig, '1100:pub')).toBe(250_000_000n)
    expect(await book.replaysTo(await fresh())).toBe(true)
  })
})

describeOnSqlite('a figure that no column holds', (fresh) => {
  it('beside what is booked sets its item aside', async () => {
    const database = await fresh()
    const book = await poisonedBook(database)
    const topUp = (amount: string, reference: string) => `2026-03-01,panel,top-up,${amount},USD,${reference},`
    for (const reference of ['a', 'b', 'c']) await importEvidence(book, topUp('46000000000.00', reference))
    await importEvidence(book, topUp('5.00', 'd'))
    expect((await waiting(book)).map((each) => each.replace(/^\S+ /, ''))).toEqual([' evidence-file'])
    expect(await balanceOf(book.rig, '1310:panel')).toBe(9_200_000_000_500_000_000n)
    expect(await book.replaysTo(await fresh())).toBe(true)
  })
})

describe('what stops the run', () => {
  it.each([new TypeError('x is undefined'), new RangeError('Maximum call stack size exceeded'), new Error('bug')])(
    'is every mistake that is no ReadError: %s',
    async (error) => {
      expect(isUnreadable(error)).toBe(false)
      const { kysely } = await openDatabase('sqlite::memory:')
      const failing = kysely.transaction().execute((trx) =>
        attempt(trx, () => {
          throw error
        }),
      )
      await expect(failing).rejects.toThrow(error.message)
      await kysely.destroy()
    },
  )
})
