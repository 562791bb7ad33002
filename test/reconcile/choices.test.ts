/** What `exceptions show` offers for lines, items and matches, with the entries each choice would make: the same as the decision makes. */
import { expect, it } from 'vitest'
import { decidedLines } from '../../src/cli/views/reconcile.ts'
import { linesOf } from '../../src/cli/views/exception-dossier.ts'
import { exceptionAbout } from '../../src/reconcile/exceptions.ts'
import { exceptionDossier } from '../../src/pipeline/exception-dossier.ts'
import { decideMatch } from '../../src/pipeline/reconcile/decide.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook, type MoneyBook } from './money-book.ts'

const LATE_MS = Date.UTC(2026, 4, 1, 12)

async function choicesOf({ rig }: MoneyBook, source: string, code: string, object: string): Promise<readonly string[]> {
  const { kysely } = rig.database
  const book = await rig.bookRow()
  const found = await exceptionAbout(kysely, book.id, { source, code, object })
  const dossier = found === null ? null : await exceptionDossier(kysely, book, found.number, LATE_MS)
  return (dossier?.choices ?? []).flatMap(({ command, refused, entries }) => [
    (refused === null ? command : `${command}: ${refused}`).replace(
      `tieout exceptions resolve E-${found?.number} --as `,
      '',
    ),
    ...linesOf(entries),
  ])
}

describeOnSqlite('what an exception offers', (fresh) => {
  it('names every decision with its entries', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(
      '2026-03-01,pub,opening-balance,600.00,USD,,',
      '2026-03-04,pub,payout,150.00,USD,PO-1,',
      '2026-03-04,panel,top-up,25.00,USD,T-1,',
    )
    await book.bank('bank', '2026-03-05,NOBODY KNOWS,149.00')
    await book.reconcile('2026-04-30')
    expect(await choicesOf(book, 'bank', 'LINE_UNMATCHED', 'line:1')).toEqual([
      'match --item 2',
      '2026-03-05 Dr 1000:bank 149.00',
      '2026-03-05 Cr 1110:pub 149.00',
      'income',
      '2026-03-05 Dr 1000:bank 149.00',
      '2026-03-05 Cr 4800 149.00',
      'suspense',
      '2026-03-05 Dr 1000:bank 149.00',
      '2026-03-05 Cr 1900 149.00',
      'ignore',
      'write-off',
      '2026-03-05 Dr 1000:bank 149.00',
      '2026-03-05 Cr 6950 149.00',
    ])
    expect(await choicesOf(book, 'pub', 'PAYOUT_OVERDUE', 'payout:PO-1')).toEqual([
      'match --line 1',
      '2026-03-05 Dr 1000:bank 149.00',
      '2026-03-05 Cr 1110:pub 149.00',
      'write-off',
      '2026-05-01 Dr 6950 150.00',
      '2026-05-01 Cr 1110:pub 150.00',
    ])
    const topUp = ['2026-05-01 Dr 1070 25.00', '2026-05-01 Cr 6950 25.00']
    expect(await choicesOf(book, 'panel', 'TOP_UP_MISSING', 'top-up:T-1')).toEqual(['write-off', ...topUp])
    const { rig } = book
    const request = { config: rig.config, book: rig.book, env: rig.env }
    const word = { by: 'Ann', why: 'a gift', day: '2026-05-01' }
    const given = await decideMatch(rig.environment(LATE_MS), request, { decide: 'write-off', item: 1, ...word })
    expect(decidedLines(given)).toEqual([
      'Match 1 is active: 1 transaction posted.',
      ...topUp.map((line) => `  ${line}`),
      '  A gain: money that no account of these books paid. Right only if nobody is owed it.',
    ])
    await book.decide({ decide: 'match', lines: [1], items: [2], residual: 'open' })
    await book.evidence('2026-03-04,pub,payout,140.00,USD,PO-1,')
    await book.reconcile('2026-04-30')
    expect(await choicesOf(book, 'pub', 'LINE_UNMATCHED', 'over-matched:payout:PO-1')).toEqual([
      'unmatch',
      '2026-03-05 Dr 1110:pub 149.00',
      '2026-03-05 Cr 1000:bank 149.00',
    ])
  })
  it('names the wallets that money which leaves may be for', async () => {
    const book = await moneyBook(await fresh())
    await book.bank('bank', '2026-03-05,NOBODY KNOWS,-25.00')
    await book.reconcile('2026-04-30')
    const choices = await choicesOf(book, 'bank', 'LINE_UNMATCHED', 'line:1')
    expect(choices.slice(0, 5)).toEqual([
      'top-up --of panel',
      '2026-03-05 Dr 1310:panel 25.00',
      '2026-03-05 Cr 1070 25.00',
      '2026-03-05 Dr 1070 25.00',
      '2026-03-05 Cr 1000:bank 25.00',
    ])
  })
})
