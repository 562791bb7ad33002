/** A book that paid and was paid before it had money accounts: what no statement can show is expected no more, and named. */
import { expect, it } from 'vitest'
import { loadMappings } from '../../src/config/mappings.ts'
import { formatMoney } from '../../src/domain/money/money.ts'
import { proveClearing } from '../../src/pipeline/proofs/clearing.ts'
import { scopeOfBook } from '../../src/pipeline/proofs/scope.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs, type Rig } from './harness.ts'
import { openCodes } from './reads.ts'
import { itemLine, itemOf, money, paidPlay } from './payouts-support.ts'
import { payments, scriptedBook } from './scripted-book.ts'

const STATED = '{ schedule: stated, minimum: "50" }'

async function clearing(rig: Rig): Promise<readonly string[]> {
  const { rules } = loadMappings()
  const proofs = await proveClearing(await scopeOfBook(rig.database.kysely, await rig.bookRow(), rig.book, rules))
  return proofs
    .filter(({ ledger }) => ledger !== 0n)
    .map(({ account, ledger, open, before, difference }) => {
      const [holds, opened, early] = [ledger, open, before].map((each) => formatMoney(each))
      return `${account} ${holds}: open ${opened}, before ${early}, differs ${difference}`
    })
}

describeOnSqlite('a book from before it had money accounts', (fresh) => {
  it('keeps what it had, expects none of it, and still takes a late line', async () => {
    const database = await fresh()
    const { rig: old } = await scriptedBook(database)
    await old.importEvidence(
      nightMs(0),
      payments(
        '2026-03-01,pub,opening-balance,200.00,USD,,',
        '2026-03-02,panel,top-up,25.00,USD,INV-1,',
        '2026-03-03,pub,payout,60.00,USD,PP-1,',
      ),
    )
    const book = await paidPlay(database, STATED)
    await book.reconcile(30)
    expect(await openCodes(book.rig)).toContain('pub PAYOUT_OVERDUE payout:PP-1')
    await book.statement(31, '2026-03-28,INTEREST,0.12', '2026-03-31,INTEREST,0.12')
    await book.reconcile(40)
    expect((await openCodes(book.rig)).filter((code) => /OVERDUE|CLEARING/.test(code))).toEqual([])
    expect(await clearing(book.rig)).toEqual([
      '1110:pub 60.00: open 0.00, before 60.00, differs 0',
      '1070 -25.00: open 0.00, before -25.00, differs 0',
    ])
    await book.statement(41, '2026-04-02,PAYELANCER PP-1,60.00')
    const item = await itemOf(book.rig, 'pub', 'payout:PP-1')
    await book.decide(41, { decide: 'match', lines: [3], items: [Number(item?.id)], residual: 'open' })
    expect(await itemLine(book.rig, 'pub', 'payout:PP-1')).toBe('payout 60.00 settled, 60.00 matched')
    expect([await money(book.rig, '1110:pub'), await money(book.rig, '1070')]).toEqual(['0.00', '-25.00'])
  })
})
