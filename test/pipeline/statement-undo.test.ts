/** A statement file is taken back whole: as if it had never been imported, with who did it and why, and once. */
import { expect, it } from 'vitest'
import { formatMoney } from '../../src/domain/money/money.ts'
import { activeLegs } from '../../src/evidence/read-matches.ts'
import { readLines } from '../../src/evidence/statements/lines.ts'
import { decideMatch } from '../../src/pipeline/reconcile/decide.ts'
import { describeOnSqlite, newPostgresUrl, opened } from '../support/databases.ts'
import { nightMs, type Rig } from './harness.ts'
import { bring, configOf, mt940Of, NOTHING, ONE, refusal, rigOf } from './statement-support.ts'
import { expectSameAfterReplay } from './statement-support.ts'
import { hashOf, open, undo } from './undo-support.ts'

const MARCH =
  'Date,Amount,Balance,Text\n2026-03-02,-5.00,95.00,a\n2026-03-03,12.00,107.00,b\n2026-03-09,-7.00,100.00,c\n'
/** Shows the last day of March's lines again. */
const LATER =
  'Date,Amount,Balance,Text\n2026-03-09,-7.00,100.00,c\n2026-03-20,1.50,101.50,d\n2026-03-21,-0.50,101.00,e\n'

/** "2026-03-02 -5.00 open" of what counts. */
async function counting(rig: Rig): Promise<readonly string[]> {
  const lines = await readLines(rig.database.kysely, (await rig.bookRow()).id, { counted: true })
  return lines.map(({ date, amount, disposition }) => `${date} ${formatMoney(amount)} ${disposition}`)
}

/** What the transactions of lines come to, by object and kind, without those that come to nothing. */
async function booked(rig: Rig): Promise<readonly string[]> {
  const rows = await rig.database.kysely
    .selectFrom('txn')
    .select(['object', 'kind'])
    .select(({ fn }) => fn.sum<bigint>('amount').as('amount'))
    .where('book', '=', (await rig.bookRow()).id)
    .where('object', 'like', 'line:%')
    .groupBy(['object', 'kind'])
    .orderBy('object')
    .execute()
  return rows.filter(({ amount }) => amount !== 0n).map(({ object, kind }) => `${object} ${kind}`)
}

async function settle(rig: Rig, line: number): Promise<void> {
  const request = { config: rig.config, book: rig.book, env: rig.env }
  const decision = { decide: 'settle', line, meaning: 'written-off', by: 'Ann', why: 'rent' } as const
  await decideMatch(rig.environment(nightMs(30)), request, decision)
}

describeOnSqlite('a statement file that is taken back', (fresh) => {
  it('frees what its lines were matched with, reverses them, and is imported again and counts once', async () => {
    const rig = rigOf(await fresh(), configOf())
    await bring(rig, 'march.csv', MARCH)
    await settle(rig, 1)
    await settle(rig, 2)
    expect(await booked(rig)).toHaveLength(2)
    const done = await undo(rig, (await hashOf(rig, 'march.csv')).slice(0, 12))
    expect(done.files).toMatchObject([{ name: 'march.csv', accountName: 'checking', lines: 3n, undone_by: 'Ann' }])
    expect(done.posted).toBe(2)
    expect(await counting(rig)).toEqual([])
    expect(await booked(rig)).toEqual([])
    expect(await activeLegs(rig.database.kysely, (await rig.bookRow()).id, 'line', [1n, 2n, 3n])).toEqual([])
    expect(await open(rig)).toEqual([])
    await expectSameAfterReplay(rig)
    await bring(rig, 'march.csv', MARCH)
    expect(await counting(rig)).toEqual(['2026-03-02 -5.00 open', '2026-03-03 12.00 open', '2026-03-09 -7.00 open'])
    await expectSameAfterReplay(rig)
  })

  it('leaves lines that another file shows, with what they are matched with', async () => {
    const rig = rigOf(await fresh(), configOf())
    await bring(rig, 'march.csv', MARCH)
    await bring(rig, 'later.csv', LATER)
    await settle(rig, 3)
    await undo(rig, await hashOf(rig, 'march.csv'))
    expect(await counting(rig)).toEqual(['2026-03-09 -7.00 matched', '2026-03-20 1.50 open', '2026-03-21 -0.50 open'])
    await bring(rig, 'march.csv', MARCH)
    expect(await counting(rig)).toHaveLength(5)
    expect(await counting(rig)).toContain('2026-03-09 -7.00 matched')
    await expectSameAfterReplay(rig)
  })

  it('of another format leaves shared lines in the words of the file that stays', async () => {
    const rig = rigOf(await fresh(), configOf({ checking: ONE }))
    const moved = [
      [ONE, '2026-03-02', '-5.00'],
      [ONE, '2026-03-03', '12.00'],
      [ONE, '2026-03-09', '-7.00'],
    ] as const
    await bring(rig, 'march.sta', mt940Of(moved))
    await bring(rig, 'march.csv', MARCH)
    expect(await counting(rig)).toHaveLength(3)
    await undo(rig, await hashOf(rig, 'march.sta'))
    await bring(rig, 'again.csv', `${MARCH}2026-03-10,1.00,101.00,d\n`)
    expect(await counting(rig)).toHaveLength(4)
    const lines = await readLines(rig.database.kysely, (await rig.bookRow()).id, { counted: true })
    expect(lines.map(({ description }) => description)).toEqual(['a', 'b', 'c', 'd'])
    await expectSameAfterReplay(rig)
  })

  it('brings gaps and files that do not add up to light again', async () => {
    const rig = rigOf(await fresh(), configOf())
    const wrong = MARCH.replace('107.00', '106.00')
    await bring(rig, 'wrong.csv', wrong, 'checking', { said: { ...NOTHING, balance: 'after' } })
    const before = await open(rig)
    expect(before).toContainEqual(expect.stringMatching(/^STATEMENT_DIFFERS/))
    await bring(rig, 'march.csv', MARCH)
    expect(await open(rig)).not.toContainEqual(expect.stringMatching(/^STATEMENT_DIFFERS statement:/))
    await bring(rig, 'april.csv', 'Date,Amount,Balance,Text\n2026-04-02,-5.00,85.00,f\n2026-04-03,1.00,86.00,g\n')
    expect(await open(rig)).toContainEqual(expect.stringMatching(/^STATEMENT_GAP/))
    await undo(rig, await hashOf(rig, 'april.csv'))
    expect(await open(rig)).not.toContainEqual(expect.stringMatching(/^STATEMENT_GAP/))
    await undo(rig, await hashOf(rig, 'march.csv'))
    expect(await open(rig)).toContainEqual(expect.stringMatching(/^STATEMENT_DIFFERS/))
    await undo(rig, await hashOf(rig, 'wrong.csv'))
    expect(await open(rig)).toEqual([])
    await expectSameAfterReplay(rig)
  })

  it('is mended and imported, also with another word on how it is read', async () => {
    const rig = rigOf(await fresh(), configOf())
    const said = (sign: 'in-positive' | 'out-positive') => ({ said: { ...NOTHING, columns: { roles: {}, sign } } })
    const card = 'Date,Amount,Text\n2026-03-02,5.00,a\n2026-03-03,-12.00,b\n'
    await bring(rig, 'card.csv', card, 'checking', said('in-positive'))
    await undo(rig, await hashOf(rig, 'card.csv'))
    await bring(rig, 'card.csv', card, 'checking', said('out-positive'))
    expect(await counting(rig)).toEqual(['2026-03-02 -5.00 open', '2026-03-03 12.00 open'])
    await expectSameAfterReplay(rig)
  })

  it('keeps identical lines apart, however many files of them go and come', async () => {
    const rig = rigOf(await fresh(), configOf())
    const days =
      'Date,Amount,Text\n2026-03-01,1.00,x\n2026-03-02,-5.00,coffee\n2026-03-02,-5.00,coffee\n2026-03-03,1.00,y\n'
    await bring(rig, 'two.csv', days)
    const three = days.replace('2026-03-03', '2026-03-02,-5.00,coffee\n2026-03-03')
    await bring(rig, 'three.csv', three)
    await undo(rig, await hashOf(rig, 'two.csv'))
    expect(await counting(rig)).toHaveLength(5)
    await undo(rig, await hashOf(rig, 'three.csv'))
    await bring(rig, 'two.csv', days)
    await bring(rig, 'three.csv', three)
    expect(await counting(rig)).toHaveLength(5)
    await expectSameAfterReplay(rig)
  })

  it('is taken back once, and one that nobody imported never', async () => {
    const rig = rigOf(await fresh(), configOf())
    await bring(rig, 'march.csv', MARCH)
    const hash = await hashOf(rig, 'march.csv')
    await undo(rig, hash)
    expect(await refusal(undo(rig, hash.slice(0, 8)))).toMatch(
      /^STATEMENT_UNDONE: march\.csv was taken back on 20\d\d-\d\d-\d\d by Ann: wrong account/,
    )
    expect(await refusal(undo(rig, 'abcdef01'))).toMatch(/^STATEMENT_UNKNOWN: /)
  })
})

it('is taken back on PostgreSQL as on SQLite', async () => {
  const rig = rigOf(await opened(await newPostgresUrl()), configOf())
  await bring(rig, 'march.csv', MARCH)
  await bring(rig, 'later.csv', LATER)
  await settle(rig, 1)
  await undo(rig, await hashOf(rig, 'march.csv'))
  expect(await counting(rig)).toEqual(['2026-03-09 -7.00 open', '2026-03-20 1.50 open', '2026-03-21 -0.50 open'])
  await bring(rig, 'march.csv', MARCH)
  expect(await counting(rig)).toHaveLength(5)
  await expectSameAfterReplay(rig)
})

describeOnSqlite('a transfer between two accounts of which one side is taken back', (fresh) => {
  const OUT = 'Date,Amount,Balance,Text\n2026-03-02,-5.00,95.00,a\n2026-03-03,-50.00,45.00,to savings\n'
  const IN = 'Date,Amount,Balance,Text\n2026-03-04,50.00,150.00,from checking\n2026-03-05,1.00,151.00,b\n'

  async function matched(): Promise<Rig> {
    const rig = rigOf(await fresh(), configOf())
    await bring(rig, 'out.csv', OUT)
    await bring(rig, 'in.csv', IN, 'savings')
    const request = { config: rig.config, book: rig.book, env: rig.env }
    const decide = (decision: Parameters<typeof decideMatch>[2]) =>
      decideMatch(rig.environment(nightMs(30)), request, decision)
    await decide({ decide: 'settle', line: 2, meaning: 'transfer-out', by: 'Ann', why: 'own account' })
    const item = await itemOf(rig)
    await decide({ decide: 'match', lines: [3], items: [Number(item.id)], residual: 'open', by: 'Ann', why: 'arrived' })
    expect(await itemOf(rig)).toMatchObject({ status: 'settled' })
    return rig
  }

  async function itemOf(rig: Rig) {
    const book = (await rig.bookRow()).id
    const query = rig.database.kysely.selectFrom('open_item').selectAll().where('book', '=', book)
    return query.where('kind', '=', 'transfer').executeTakeFirstOrThrow()
  }

  it('expects the money again when its arrival goes', async () => {
    const rig = await matched()
    await undo(rig, await hashOf(rig, 'in.csv'))
    expect(await itemOf(rig)).toMatchObject({ status: 'open', matched: 0n, amount: 5_000_000_000n })
    expect(await booked(rig)).toEqual(['line:2 transfer-out'])
    await expectSameAfterReplay(rig)
  })

  it('leaves the arrival matched when what left goes, and says that nothing is behind it', async () => {
    const rig = await matched()
    await undo(rig, await hashOf(rig, 'out.csv'))
    expect(await counting(rig)).toEqual(['2026-03-04 50.00 matched', '2026-03-05 1.00 open'])
    expect(await open(rig)).toContainEqual(expect.stringMatching(/^LINE_UNMATCHED over-matched:/))
    await expectSameAfterReplay(rig)
  })
})
