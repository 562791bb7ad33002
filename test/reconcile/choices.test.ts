/** What `explain` offers for lines, items and matches, with the entries each choice would make: the same as the decision makes. */
import { expect, it } from 'vitest'
import { decidedLines } from '../../src/cli/views/reconcile.ts'
import { linesOf } from '../../src/cli/views/exception-dossier.ts'
import { exceptionAbout } from '../../src/reconcile/exceptions.ts'
import { exceptionDossier } from '../../src/pipeline/exception-dossier.ts'
import { decideMatch } from '../../src/pipeline/reconcile/decide.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook, type MoneyBook } from './money-book.ts'

const LATE_MS = Date.UTC(2026, 4, 1, 12)

async function dossierOf({ rig }: MoneyBook, source: string, code: string, object: string) {
  const { kysely } = rig.database
  const book = await rig.bookRow()
  const found = await exceptionAbout(kysely, book.id, { source, code, object })
  return found === null ? null : exceptionDossier(kysely, book, found.number, LATE_MS)
}

async function choicesOf(...about: Parameters<typeof dossierOf>): Promise<readonly string[]> {
  const dossier = await dossierOf(...about)
  return (dossier?.choices ?? []).flatMap(({ command, refused, entries }) => [
    (refused === null ? command : `${command}: ${refused}`).replace(
      `tieout decide E-${dossier?.exception.number} `,
      '',
    ),
    ...linesOf(entries),
  ])
}

/** "match, payout, …": what `show` and `resolve` list. */
async function wordsOf(...about: Parameters<typeof dossierOf>): Promise<string | undefined> {
  return (await dossierOf(...about))?.words.join(', ')
}

/** Lines and items alone. */
function partners(choices: readonly string[]): readonly string[] {
  return choices.filter((choice) => choice.startsWith('match '))
}

const TWO_NETWORKS = [
  `      - name: second
        type: bank
        currency: USD
        code: '1001'
        rules: [{ contains: OTHERNET, means: payout, source: other }]
`,
  `      - { name: other, type: payelancer, role: publisher, baseUrl: 'http://127.0.0.1:9', apiKey: { env: KEY_PUB }, currency: USD, timeZone: UTC, counterMode: lifetime, payouts: { schedule: stated } }
`,
] as const

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
      'payout --of pub',
      '2026-03-05 Dr 1110:pub 149.00',
      '2026-03-05 Cr 1100:pub 149.00',
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
  it('offers only lines and items that could be the same money, those first that something ties', async () => {
    const book = await moneyBook(await fresh(), ...TWO_NETWORKS)
    await book.evidence(
      '2026-03-01,pub,opening-balance,600.00,USD,,',
      '2026-03-01,other,opening-balance,600.00,USD,,',
      '2026-03-04,pub,payout,150.00,USD,PO-1,',
      '2026-03-04,other,payout,155.00,USD,PO-2,',
    )
    // Before its days, of the other network, going out, and for another wallet.
    await book.bank('bank', '2026-02-02,LONG BEFORE,150.10', '2026-03-05,GOES,-150.00', '2026-03-05,NETPANEL,-9.00')
    await book.bank('second', '2026-03-05,OTHERNET,149.50')
    await book.bank('bank', '2026-03-06,WHO KNOWS,149.00', '2026-03-06,FROM PUB,120.00')
    await book.decide({ decide: 'settle', line: 5, meaning: 'suspense' })
    await book.bank('bank', '2026-03-07,WHO ELSE,148.00')
    await book.reconcile('2026-04-30')
    const about = ['pub', 'PAYOUT_OVERDUE', 'payout:PO-1'] as const
    expect(partners(await choicesOf(book, ...about))).toEqual(['match --line 6', 'match --line 7'])
    expect(partners(await choicesOf(book, 'bank', 'LINE_UNMATCHED', 'line:7'))).toEqual([
      'match --item 2',
      'match --item 1',
    ])
    expect(partners(await choicesOf(book, 'bank', 'LINE_UNMATCHED', 'line:1'))).toEqual([])
    // Whom a person separated is not offered again.
    await book.decide({ decide: 'match', lines: [7], items: [2], residual: 'open' })
    await book.decide({ decide: 'unmatch', match: (await book.matches()).length })
    await book.reconcile('2026-04-30')
    expect(partners(await choicesOf(book, ...about))).toEqual(['match --line 6'])
  })

  it('lists only the words that fit now', async () => {
    const book = await moneyBook(await fresh())
    await book.bank('bank', '2026-03-05,COMES,149.00', '2026-03-05,GOES,-25.00')
    await book.reconcile('2026-04-30')
    const alone = (direction: string) => `processor-fee, fee-tax, bank-charge, ${direction}, suspense, 6110`
    const [comes, goes] = (['line:1', 'line:2'] as const).map((line) => ['bank', 'LINE_UNMATCHED', line] as const)
    if (comes === undefined || goes === undefined) throw new Error('two lines')
    expect(await wordsOf(book, ...comes)).toBe(`payout, ${alone('income')}, ignore, write-off`)
    expect(await wordsOf(book, ...goes)).toBe(`top-up, ${alone('transfer-out')}, ignore, write-off`)
    await book.evidence('2026-03-01,pub,opening-balance,600.00,USD,,', '2026-03-04,pub,payout,149.00,USD,PO-1,')
    await book.evidence('2026-03-04,pub,payout,50.00,USD,PO-2,')
    await book.reconcile('2026-04-30')
    expect(await wordsOf(book, ...comes)).toBe(`match, confirm, reject, payout, ${alone('income')}, ignore, write-off`)
    expect(await wordsOf(book, ...goes)).not.toContain('match')
    const late = ['pub', 'PAYOUT_OVERDUE', 'payout:PO-2'] as const
    expect(await wordsOf(book, ...late)).toBe('match, write-off')
    await book.decide({ decide: 'match', lines: [1], items: [2], residual: 'open' })
    await book.reconcile('2026-04-30')
    expect(await wordsOf(book, ...comes)).toContain('write-off, unmatch')
    await book.decide({ decide: 'ignore', line: 1 })
    await book.evidence('2026-03-04,pub,payout,30.00,USD,PO-3,')
    await book.reconcile('2026-04-30')
    expect(await wordsOf(book, 'pub', 'PAYOUT_OVERDUE', 'payout:PO-3')).toBe('write-off')
  })
})
