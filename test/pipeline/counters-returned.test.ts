/** A payout that came back and stands in the unpaid balance again: no earnings, whoever told of it and whenever. */
import { describe, expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { listVerdicts } from '../../src/evidence/counter-verdicts.ts'
import { formatMoney } from '../../src/domain/money/money.ts'
import { rollForward } from '../../src/reconcile/roll-forward.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays } from './counters-support.ts'
import { nightMs } from './harness.ts'
import { dayOf, itemLine, money, paidPlay, type PaidPlay } from './payouts-support.ts'
import { exceptionsOf, openCodes } from './reads.ts'
import { payments } from './scripted-book.ts'

/** Nothing becomes due by itself, and no rise is a spike. */
const STATED = '{ schedule: stated, minimum: "50" }'

/**
 * 12.00 a day on top of 200.00 unpaid; 168.00 are paid out during the day that night `paid` closes, and stand in the
 * balance again on the day that night `back` closes.
 */
interface World {
  readonly paid: number
  readonly back: number
}

const LATER: World = { paid: 9, back: 12 }
/** With two rises before the payout: what is usual is not known. */
const EARLY: World = { paid: 3, back: 5 }

function balance({ paid, back }: World, night: number): string {
  return `${200 + 12 * (night - 1) - (night >= paid ? 168 : 0) + (night >= back ? 168 : 0)}.00`
}

async function live(book: PaidPlay, world: World, from: number, to: number): Promise<void> {
  for (let night = from; night <= to; night += 1) await book.earn(night, balance(world, night))
}

/** Until the night before the payout comes back: stated by a file, its line imported where it has one. */
async function paidOut(database: Database, world: World, arrived: string | null, counter?: string): Promise<PaidPlay> {
  const book = await paidPlay(database, STATED, counter)
  const rows = ['2026-03-01,pub,opening-counter,200.00,USD,,', '2026-03-01,pub,opening-balance,200.00,USD,,']
  await book.rig.importEvidence(nightMs(0), payments(...rows))
  await live(book, world, 1, 1)
  await book.mode('unpaid')
  await live(book, world, 2, world.paid - 1)
  await book.rig.importEvidence(
    nightMs(world.paid - 1) + 2,
    payments(`${dayOf(world.paid)},pub,payout,168.00,USD,PP-1,`),
  )
  await live(book, world, world.paid, world.paid)
  if (arrived !== null) await book.statement(world.paid, `${dayOf(world.paid)},PAYELANCER PAYOUT,${arrived}`)
  await live(book, world, world.paid + 1, world.back - 1)
  return book
}

const returnedRow = (day: string, amount = '168.00') =>
  payments(`${day},pub,payout-returned,${amount},USD,PP-1,refused by the bank`)

async function earnedPerDay({ rig }: PaidPlay): Promise<readonly string[]> {
  const rows = await listVerdicts(rig.database.kysely, (await rig.bookRow()).id, {})
  return rows.toReversed().flatMap(({ change, status }) => (status === 'baseline' ? [] : [formatMoney(change)]))
}

async function difference({ rig }: PaidPlay): Promise<string> {
  const { kysely } = rig.database
  const { id } = await rig.bookRow()
  const source = await kysely.selectFrom('source').select('id').where('name', '=', 'pub').executeTakeFirstOrThrow()
  const control = {
    kind: 'publisher',
    source: 'pub',
    sourceId: source.id,
    account: '1100:pub',
    currency: 'USD',
  } as const
  return formatMoney((await rollForward(kysely, id, control)).difference ?? -1n)
}

async function counterCodes(book: PaidPlay): Promise<readonly string[]> {
  return (await openCodes(book.rig)).filter((code) => code.includes('COUNTER'))
}

async function said(book: PaidPlay, object: string): Promise<string> {
  return (await exceptionsOf(book.rig)).find((each) => each.object === object)?.detail ?? ''
}

/** All that was earned in so many nights after the first, and all of it owed again. */
async function expectTrue(book: PaidPlay, nights: number, owed = 200 + 12 * nights): Promise<void> {
  expect(await counterCodes(book)).toEqual([])
  expect(new Set((await earnedPerDay(book)).slice(1))).toEqual(new Set(['12.00']))
  expect(await money(book.rig, '4000:pub')).toBe(`-${12 * nights}.00`)
  expect([await money(book.rig, '1100:pub'), await money(book.rig, '1110:pub')]).toEqual([`${owed}.00`, '0.00'])
  expect(await difference(book)).toBe('0.00')
  await expectReplays(book.rig, await opened(newSqliteUrl()))
}

describeOnSqlite('a returned payout that the unpaid balance gets back', (fresh) => {
  it('is no earnings when a file states it before the rise', async () => {
    const book = await paidOut(await fresh(), LATER, null)
    await book.rig.importEvidence(nightMs(11) + 2, returnedRow('2026-03-11'))
    // Owed again, and not in the balance yet.
    expect(await difference(book)).toBe('-168.00')
    await live(book, LATER, 12, 14)
    await expectTrue(book, 13)
  })

  it('is taken out of what was booked when a file states it after the rise', async () => {
    const book = await paidOut(await fresh(), LATER, null)
    await live(book, LATER, 12, 14)
    expect(await money(book.rig, '4000:pub')).toBe(`-${12 * 13 + 168}.00`)
    await book.rig.importEvidence(nightMs(14) + 2, returnedRow('2026-03-14'))
    await expectTrue(book, 13)
  })

  it('is no earnings when a line takes back what a line had brought, imported after the rise', async () => {
    const book = await paidOut(await fresh(), LATER, '168.00')
    await live(book, LATER, 12, 13)
    await book.statement(13, '2026-03-11,PAYELANCER PAYOUT RETURNED,-168.00')
    expect(await itemLine(book.rig, 'pub', 'payout:PP-1:return')).toBe('payout-return -168.00 settled, -168.00 matched')
    await expectTrue(book, 12)
    // The line is none: the rise is what it was, and told.
    await book.decide(13, { decide: 'unmatch', match: 2 })
    expect(await money(book.rig, '4000:pub')).toBe(`-${12 * 12 + 168}.00`)
    expect(await money(book.rig, '1100:pub')).toBe(`${200 + 12 * 12}.00`)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('is released by what states it where the spike rule has held it', async () => {
    const book = await paidOut(await fresh(), LATER, null, '{}')
    await live(book, LATER, 12, 13)
    expect(await counterCodes(book)).toContain('pub COUNTER_SPIKE counter')
    await book.rig.importEvidence(nightMs(13) + 2, returnedRow('2026-03-12'))
    await expectTrue(book, 12)
  })

  it('is asked about while fewer than five rises tell what is usual, and decided by one word', async () => {
    const book = await paidOut(await fresh(), EARLY, null)
    await book.rig.importEvidence(nightMs(4) + 2, returnedRow('2026-03-05'))
    await live(book, EARLY, 5, 5)
    expect(await counterCodes(book)).toEqual(['pub COUNTER_UNPAID counter'])
    expect(await said(book, 'counter')).toMatch(
      /the counter rose by 180\.00: it may be the returned payout PP-1 of 168\.00 with 12\.00 earned besides, or all earned\. When it came back: tieout counters accept \d+\.1 --as payout-returned; when all was earned: --as spike-ok$/,
    )
    expect(await money(book.rig, '4000:pub')).toBe('-36.00')
    await book.accept('payout-returned')
    await live(book, EARLY, 6, 7)
    await expectTrue(book, 6)
  })
})

describe('a rise near a payout that has not arrived, which nothing states to have come back', () => {
  it('is booked by the rules and told, until a row states it', async () => {
    const book = await paidOut(await opened(newSqliteUrl()), LATER, null)
    await live(book, LATER, 12, 13)
    expect(await money(book.rig, '4000:pub')).toBe(`-${12 * 12 + 168}.00`)
    expect(await counterCodes(book)).toEqual(['pub COUNTER_UNPAID payout:PP-1'])
    const told = await said(book, 'payout:PP-1')
    expect(told).toMatch(
      /^the rise of 180\.00 on 2026-03-12 \(reading \d+\.1\) is near the payout PP-1 of 168\.00, which no line has settled: /,
    )
    const row = /import a row "([^"]+)"/.exec(told)?.[1] ?? ''
    await book.rig.importEvidence(nightMs(13) + 2, payments(row))
    await expectTrue(book, 12)
  })

  it('is told while too few rises tell what is usual, too', async () => {
    const book = await paidOut(await opened(newSqliteUrl()), EARLY, null)
    await live(book, EARLY, 5, 5)
    expect(await counterCodes(book)).toEqual(['pub COUNTER_UNPAID payout:PP-1'])
  })

  it('is not told of a payout that has arrived, and no more once it has', async () => {
    const arrived = await paidOut(await opened(newSqliteUrl()), LATER, '168.00')
    await live(arrived, LATER, 12, 12)
    expect(await counterCodes(arrived)).toEqual([])
    const book = await paidOut(await opened(newSqliteUrl()), LATER, null)
    await live(book, LATER, 12, 12)
    await book.statement(12, '2026-03-10,PAYELANCER PAYOUT,168.00')
    await live(book, LATER, 13, 13)
    expect(await counterCodes(book)).toEqual([])
  })
})

describeOnSqlite('a line that takes back what had arrived of a payout, less its fee', (fresh) => {
  it('is its return: as much is owed again, and the fee stays an expense', async () => {
    const book = await paidOut(await fresh(), LATER, '164.64')
    expect(await money(book.rig, '6100')).toBe('3.36')
    await book.statement(11, '2026-03-11,PAYELANCER PAYOUT RETURNED,-164.64')
    expect(await itemLine(book.rig, 'pub', 'payout:PP-1:return')).toBe('payout-return -164.64 settled, -164.64 matched')
    expect(await openCodes(book.rig)).toContain('pub PAYOUT_RETURNED payout:PP-1')
    // 200.00 and ten days of 12.00, less the 3.36 that nobody gives back.
    expect(await money(book.rig, '1100:pub')).toBe('316.64')
    expect([await money(book.rig, '6100'), await money(book.rig, '1050:paypal')]).toEqual(['3.36', '0.00'])
    expect(await money(book.rig, '1110:pub')).toBe('0.00')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })
})

describe('a returned line of which more than one payout may be meant', () => {
  it('waits for a person', async () => {
    const book = await paidOut(await opened(newSqliteUrl()), LATER, '164.64')
    await book.rig.importEvidence(nightMs(11) + 2, payments('2026-03-10,pub,payout,164.64,USD,PP-2,'))
    await book.statement(11, '2026-03-10,PAYELANCER PAYOUT,164.64')
    await book.statement(12, '2026-03-12,PAYELANCER PAYOUT RETURNED,-164.64')
    expect(await itemLine(book.rig, 'pub', 'payout:PP-1:return')).toBe('none')
    expect(await itemLine(book.rig, 'pub', 'payout:PP-2:return')).toBe('none')
  })
})
