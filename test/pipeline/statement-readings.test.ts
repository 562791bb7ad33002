/** What balances proved for an account is remembered, and a file that was read the wrong way round has a way out. */
import { expect, it } from 'vitest'
import { formatMoney } from '../../src/domain/money/money.ts'
import { readLines } from '../../src/evidence/statements/lines.ts'
import { undoStatementFile } from '../../src/pipeline/statements/undo.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs } from './harness.ts'
import { payments } from './scripted-book.ts'
import {
  NOTHING,
  ONE,
  bring,
  configOf,
  expectSameAfterReplay,
  linesOf,
  mt940Of,
  refusal,
  rigOf,
} from './statement-support.ts'

/** A card's download: what was spent is positive, newest first, and each balance is the one before its line. */
const MONTH = [
  'Date,Amount,Balance,Text',
  '2026-03-09,7.00,80.00,c',
  '2026-03-05,-30.00,50.00,b',
  '2026-03-02,50.00,100.00,a',
  '',
].join('\n')
const NEXT_DAY = 'Date,Amount,Balance,Text\n2026-03-10,4.00,73.00,d\n'

describeOnSqlite('what balances proved for an account', (fresh) => {
  it('reads its day with one line, also in the inbox', async () => {
    const rig = rigOf(await fresh(), configOf())
    await bring(rig, 'march.csv', MONTH)
    const [file] = await bring(rig, 'day.csv', NEXT_DAY)
    expect(await linesOf(rig)).toEqual([
      'checking 2026-03-02 -50.00',
      'checking 2026-03-05 30.00',
      'checking 2026-03-09 -7.00',
      'checking 2026-03-10 -4.00',
    ])
    expect(file?.parsed.sections[0]).toMatchObject({
      opening: { amount: 7_300_000_000n },
      closing: { amount: 6_900_000_000n },
    })
    await expectSameAfterReplay(rig)
  })

  it('is not taken over by an account with other columns, and a contradiction is asked about', async () => {
    const rig = rigOf(await fresh(), configOf())
    await bring(rig, 'march.csv', MONTH)
    await bring(rig, 'day.csv', NEXT_DAY, 'savings')
    expect(await linesOf(rig)).toContain('savings 2026-03-10 4.00')
    const turned = 'Date,Amount,Balance,Text\n2026-04-02,-5.00,95.00,e\n2026-04-03,12.00,107.00,f\n'
    expect(await refusal(bring(rig, 'april.csv', turned))).toContain(
      'contradicts the earlier files of this account with the same columns: in those positive amounts went out, each line has the balance before it',
    )
    const said = { ...NOTHING, columns: { roles: {}, sign: 'in-positive' as const }, balance: 'after' as const }
    await bring(rig, 'april.csv', turned, 'checking', { said })
    expect(await linesOf(rig)).toContain('checking 2026-04-02 -5.00')
  })

  it.each([
    ['100.00', 'checking 2026-03-02 -5.00'],
    ['107.00', 'checking 2026-03-02 5.00'],
    ['60.00', 'checking 2026-03-02 -5.00'],
  ])('goes after what the account is stated to have opened with: %s', async (opening, line) => {
    const rig = rigOf(await fresh(), configOf())
    const day = 'Date,Amount,Balance,Text\n2026-03-02,-5.00,95.00,e\n2026-03-02,12.00,107.00,f\n'
    await rig.importEvidence(
      nightMs(1),
      payments(`2026-03-01,checking,opening-balance,${opening},EUR,,`, '2026-03-01,savings,opening-balance,1.00,EUR,,'),
    )
    await bring(rig, 'day.csv', day)
    expect(await linesOf(rig)).toContain(line)
    // Stated otherwise later: what was imported stays as it was read.
    await rig.importEvidence(nightMs(2), payments('2026-03-01,checking,opening-balance,-3.00,EUR,,'))
    await expectSameAfterReplay(rig)
  })

  it('asks where the second file contradicts a first line whose minus was taken for money out', async () => {
    const rig = rigOf(await fresh(), configOf())
    const one = 'Date,Amount,Balance,Text\n2026-03-02,-5.00,105.00,e\n'
    await bring(rig, 'one.csv', one)
    const second =
      'Date,Amount,Balance,Text\n2026-03-03,-4.00,109.00,f\n2026-03-04,2.00,107.00,g\n2026-03-05,-1.00,108.00,h\n'
    expect(await refusal(bring(rig, 'two.csv', second))).toBe(
      'STATEMENT_SEVERAL_READINGS: two.csv: its balances prove that positive amounts went out, but one.csv of this account, with the same columns, was read the other way round, as no balance told. ' +
        'Compare one line with the bank. If two.csv is right, say --columns "sign=out-positive", take the other back with tieout statements undo HASH --by NAME --why TEXT (tieout statements list shows its hash), and import it again. If not, it may be of another account, or damaged.',
    )
    const said = { ...NOTHING, columns: { roles: {}, sign: 'out-positive' as const } }
    await bring(rig, 'two.csv', second, 'checking', { said })
    const usual =
      'Date,Amount,Balance,Text\n2026-03-06,-4.00,112.00,i\n2026-03-07,-2.00,114.00,j\n2026-03-08,1.00,113.00,k\n'
    await bring(rig, 'three.csv', usual)
    expect(await linesOf(rig)).toContain('checking 2026-03-07 2.00')
    await expectSameAfterReplay(rig)
  })

  it('decides a day whose readings both tie by what the month before closed with', async () => {
    const rig = rigOf(await fresh(), configOf({ checking: ONE }))
    await bring(rig, 'march.sta', mt940Of([[ONE, '2026-03-02', '-5.00']]))
    const day = 'Date,Amount,Balance,Text\n2026-04-02,-5.00,90.00,e\n2026-04-02,12.00,102.00,f\n'
    await bring(rig, 'day.csv', day)
    expect(await linesOf(rig)).toContain('checking 2026-04-02 -5.00')
    await expectSameAfterReplay(rig)
  })
})

describeOnSqlite('a file that was read the wrong way round', (fresh) => {
  const CARD = 'Date,Amount,Text\n2026-03-02,5.00,a\n2026-03-03,-12.00,b\n'
  const said = (sign: 'in-positive' | 'out-positive') => ({ said: { ...NOTHING, columns: { roles: {}, sign } } })

  it('is not read again from the same bytes, and the way out that is named works', async () => {
    const rig = rigOf(await fresh(), configOf())
    await bring(rig, 'card.csv', CARD, 'checking', said('in-positive'))
    const [again] = await bring(rig, 'card.csv', CARD, 'checking', said('in-positive'))
    expect(again?.alreadyImported).toBe(true)
    const refused = await refusal(bring(rig, 'card.csv', CARD, 'checking', said('out-positive')))
    const [, file = ''] =
      /^STATEMENT_READ_OTHERWISE: card\.csv .* tieout statements undo ([0-9a-f]+) --by/.exec(refused) ?? []
    const request = { config: rig.config, book: rig.book, env: rig.env }
    await undoStatementFile(rig.environment(nightMs(31)), request, { file, by: 'Ann', why: 'read the wrong way round' })
    await bring(rig, 'card.csv', CARD, 'checking', said('out-positive'))
    const counted = await readLines(rig.database.kysely, (await rig.bookRow()).id, { counted: true })
    expect(counted.map(({ date, amount }) => `${date} ${formatMoney(amount)}`)).toEqual([
      '2026-03-02 -5.00',
      '2026-03-03 12.00',
    ])
    await expectSameAfterReplay(rig)
  })
})
