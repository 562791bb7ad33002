/** An account keeps the profile of its first CSV, and a file that was read the wrong way round has a way out. */
import { expect, it } from 'vitest'
import { formatMoney } from '../../src/domain/money/money.ts'
import { readLines } from '../../src/evidence/statements/lines.ts'
import { undoStatementFile } from '../../src/pipeline/statements/undo.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs, type Rig } from './harness.ts'
import { bring, configOf, expectSameAfterReplay, linesOf, NOTHING, refusal, rigOf } from './statement-support.ts'

/** Newest first, and each balance is the one before its line, which a person says once. */
const MONTH = [
  'Date,Amount,Balance,Text',
  '2026-03-09,7.00,80.00,c',
  '2026-03-05,-30.00,50.00,b',
  '2026-03-02,50.00,100.00,a',
  '',
].join('\n')
const BEFORE = { said: { ...NOTHING, balance: 'before' } } as const
const NEXT_DAY = 'Date,Amount,Balance,Text\n2026-03-10,4.00,73.00,d\n'

const said = (sign: 'in-positive' | 'out-positive') => ({ said: { ...NOTHING, columns: { roles: {}, sign } } })

async function undo(rig: Rig, file: string): Promise<void> {
  const request = { config: rig.config, book: rig.book, env: rig.env }
  await undoStatementFile(rig.environment(nightMs(31)), request, { file, by: 'Ann', why: 'read the wrong way round' })
}

describeOnSqlite("an account's profile", (fresh) => {
  it("reads its next file, and is another account's not at all", async () => {
    const rig = rigOf(await fresh(), configOf())
    expect(await refusal(bring(rig, 'march.csv', MONTH))).toMatch(/^STATEMENT_PROFILE: .*--balance before/)
    await bring(rig, 'march.csv', MONTH, 'checking', BEFORE)
    await bring(rig, 'day.csv', NEXT_DAY)
    await bring(rig, 'day.csv', NEXT_DAY, 'savings')
    expect(await linesOf(rig)).toEqual([
      'checking 2026-03-02 -50.00',
      'checking 2026-03-05 30.00',
      'checking 2026-03-09 -7.00',
      'checking 2026-03-10 -4.00',
      'savings 2026-03-10 4.00',
    ])
    await expectSameAfterReplay(rig)
  })

  it('refuses a file that contradicts it, and becomes what a person says of that one', async () => {
    const rig = rigOf(await fresh(), configOf())
    await bring(rig, 'one.csv', 'Date,Amount,Balance,Text\n2026-03-02,-5.00,105.00,e\n')
    const second =
      'Date,Amount,Balance,Text\n2026-03-03,-4.00,109.00,f\n2026-03-04,2.00,107.00,g\n2026-03-05,-1.00,108.00,h\n'
    expect(await refusal(bring(rig, 'two.csv', second))).toMatch(
      /^STATEMENT_PROFILE: two\.csv: its balances do not follow as the account's profile reads it \(line 2: 4\.00 out on 2026-03-03\)\. Line 3 /,
    )
    await bring(rig, 'two.csv', second, 'checking', said('out-positive'))
    const third =
      'Date,Amount,Balance,Text\n2026-03-06,-4.00,112.00,i\n2026-03-07,-2.00,114.00,j\n2026-03-08,1.00,113.00,k\n'
    await bring(rig, 'three.csv', third)
    expect(await linesOf(rig)).toContain('checking 2026-03-07 2.00')
    await expectSameAfterReplay(rig)
  })

  it('is forgotten with the file it came from', async () => {
    const rig = rigOf(await fresh(), configOf())
    const [file] = await bring(rig, 'day.csv', NEXT_DAY, 'checking', said('out-positive'))
    await undo(rig, file?.sha256 ?? '')
    await bring(rig, 'later.csv', NEXT_DAY.replace('03-10', '03-11'))
    expect(await linesOf(rig)).toContain('checking 2026-03-11 4.00')
  })
})

describeOnSqlite('a file that was read the wrong way round', (fresh) => {
  const CARD = 'Date,Amount,Text\n2026-03-02,5.00,a\n2026-03-03,-12.00,b\n'

  it('is not read again from the same bytes, and the way out that is named works', async () => {
    const rig = rigOf(await fresh(), configOf())
    await bring(rig, 'card.csv', CARD, 'checking', said('in-positive'))
    const [again] = await bring(rig, 'card.csv', CARD, 'checking', said('in-positive'))
    expect(again?.alreadyImported).toBe(true)
    const refused = await refusal(bring(rig, 'card.csv', CARD, 'checking', said('out-positive')))
    const [, file = ''] =
      /^STATEMENT_READ_OTHERWISE: card\.csv .* tieout statements undo ([0-9a-f]+) --by/.exec(refused) ?? []
    await undo(rig, file)
    await bring(rig, 'card.csv', CARD, 'checking', said('out-positive'))
    const counted = await readLines(rig.database.kysely, (await rig.bookRow()).id, { counted: true })
    expect(counted.map(({ date, amount }) => `${date} ${formatMoney(amount)}`)).toEqual([
      '2026-03-02 -5.00',
      '2026-03-03 12.00',
    ])
    await expectSameAfterReplay(rig)
  })
})
