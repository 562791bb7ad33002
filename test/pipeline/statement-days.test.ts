/** S4 over files: a day that one shows whole and of which none shows all lines is one item, until it is settled. */
import { expect, it } from 'vitest'
import { listFiles } from '../../src/evidence/statements/files.ts'
import { decideMatch } from '../../src/pipeline/reconcile/decide.ts'
import { undoStatementFile } from '../../src/pipeline/statements/undo.ts'
import { listExceptions } from '../../src/reconcile/exceptions.ts'
import { resolve } from '../exceptions/support.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs, type Rig } from './harness.ts'
import { bring, configOf, linesOf, rigOf } from './statement-support.ts'

/** Rows are "03-01 -5.00 coffee". */
function csv(...rows: readonly string[]): string {
  const lines = rows.map((row) => row.split(' ')).map(([day, amount, text]) => `2026-${day},${amount},${text}`)
  return ['Date,Amount,Description', ...lines, ''].join('\n')
}

async function openDays(rig: Rig): Promise<readonly string[]> {
  const open = await listExceptions(rig.database.kysely, (await rig.bookRow()).id, { status: 'open' })
  return open.map(({ code, object }) => `${code} ${object}`).filter((each) => each.includes(' day:'))
}

describeOnSqlite('a day that two files show whole and differently', (fresh) => {
  const A = csv('03-01 -1.00 tea', '03-02 -5.00 rent', '03-02 -2.00 cup', '03-03 -1.00 tea')
  const B = csv('03-01 -1.00 tea', '03-02 -5.01 rent', '03-02 -2.00 cup', '03-03 -1.00 tea')
  const DAY = ['STATEMENT_DIFFERS day:EUR:2026-03-02']

  async function both(): Promise<Rig> {
    const rig = rigOf(await fresh(), configOf())
    await bring(rig, 'a.csv', A)
    expect(await bring(rig, 'b.csv', B)).toMatchObject([{ stored: { fresh: 1, known: 3 } }])
    return rig
  }

  it('counts each line and asks once, naming them', async () => {
    const rig = await both()
    expect(await openDays(rig)).toEqual(DAY)
    expect(await linesOf(rig)).toHaveLength(5)
    const [open] = await listExceptions(rig.database.kysely, (await rig.bookRow()).id, { code: 'STATEMENT_DIFFERS' })
    expect(open).toMatchObject({
      amount: 1_001_000_000n,
      detail: expect.stringMatching(/line 2 \(-5\.00\), line 5 \(-5\.01\)/),
    })
    // Shown again, or by less of the same, it is the same question.
    await bring(rig, 'c.csv', csv('03-01 -1.00 tea', '03-02 -5.01 rent', '03-03 -1.00 tea'))
    expect(await openDays(rig)).toEqual(DAY)
  })

  it('is settled by a file that shows all its lines', async () => {
    const rig = await both()
    await bring(rig, 'all.csv', csv('03-02 -5.00 rent', '03-02 -5.01 rent', '03-02 -2.00 cup'))
    expect(await openDays(rig)).toEqual([])
    expect(await linesOf(rig)).toHaveLength(5)
  })

  it('is settled when the line that was replaced is ignored, and not by ignoring another', async () => {
    const rig = await both()
    const request = { config: rig.config, book: rig.book, env: rig.env }
    const ignore = (line: number) =>
      decideMatch(rig.environment(nightMs(30)), request, { decide: 'ignore', line, by: 'Ann', why: 'misprint' })
    await ignore(1)
    expect(await openDays(rig)).toEqual(DAY)
    await ignore(2)
    expect(await openDays(rig)).toEqual([])
  })

  it('is asked about again when what settled it is taken back', async () => {
    const rig = await both()
    const request = { config: rig.config, book: rig.book, env: rig.env }
    await bring(rig, 'all.csv', csv('03-02 -5.00 rent', '03-02 -5.01 rent', '03-02 -2.00 cup'))
    const files = await listFiles(rig.database.kysely, (await rig.bookRow()).id)
    const file = files.find(({ name }) => name === 'all.csv')?.sha256 ?? ''
    await undoStatementFile(rig.environment(nightMs(31)), request, { file, by: 'Ann', why: 'not ours' })
    expect(await openDays(rig)).toEqual(DAY)
    const word = { by: 'Ann', why: 'misprint' }
    const ignored = await decideMatch(rig.environment(nightMs(31)), request, { decide: 'ignore', line: 2, ...word })
    expect(await openDays(rig)).toEqual([])
    const match = Number(ignored.number)
    await decideMatch(rig.environment(nightMs(32)), request, { decide: 'unmatch', match, ...word })
    expect(await openDays(rig)).toEqual(DAY)
  })

  it('is settled when one of the files is taken back', async () => {
    const rig = await both()
    const request = { config: rig.config, book: rig.book, env: rig.env }
    const files = await listFiles(rig.database.kysely, (await rig.bookRow()).id)
    const file = files.find(({ name }) => name === 'a.csv')?.sha256 ?? ''
    await undoStatementFile(rig.environment(nightMs(31)), request, { file, by: 'Ann', why: 'corrected since' })
    expect(await openDays(rig)).toEqual([])
  })

  it('is settled by a person who says that all are right', async () => {
    const rig = await both()
    await resolve(rig, 31, 'STATEMENT_DIFFERS', 'accept', {})
    expect(await openDays(rig)).toEqual([])
    expect(await linesOf(rig)).toHaveLength(5)
  })
})
