/** T1: a line that a rule calls a top-up is one, whether or not a row states it, before or after. */
import { expect, it } from 'vitest'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays } from '../pipeline/counters-support.ts'
import { moneyBook } from './money-book.ts'

const OPENING = '2026-03-01,panel,opening-balance,10.00,USD,,'
const LINE = '2026-03-03,NETPANEL CARD,-25.00'
const CARD = `      - name: card
        type: card
        currency: USD
        code: '2200'
        fees: [{ name: surcharge, percent: '3' }]
        rules: [{ contains: NETPANEL, means: top-up, source: panel }]
`

describeOnSqlite('a line that a rule says is a top-up', (fresh) => {
  it('is booked and settled by itself, and traced to its rule', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(OPENING)
    await book.bank('bank', LINE)
    expect(await book.matches()).toEqual(['exact active line 1 -25.00, item 1 -25.00'])
    expect(await book.balances()).toMatchObject({ '1000:bank': '-25.00', '1310:panel': '35.00' })
    expect(await book.exceptions()).toEqual([])
    const rules = await book.rig.database.kysely
      .selectFrom('txn')
      .select(['object', 'rule'])
      .where('kind', '=', 'top-up')
      .execute()
    expect(rules).toEqual([{ object: 'top-up:line-1', rule: 'T1' }])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('is what a row states later, once, and another row is another top-up', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(OPENING)
    await book.bank('bank', LINE)
    await book.evidence('2026-03-02,panel,top-up,25.00,USD,INV-1,')
    await book.reconcile()
    expect(await book.balances()).toMatchObject({ '1000:bank': '-25.00', '1310:panel': '35.00' })
    await book.evidence('2026-03-02,panel,top-up,25.00,USD,INV-2,')
    await book.reconcile()
    expect(await book.balances()).toMatchObject({ '1000:bank': '-25.00', '1310:panel': '60.00' })
    // Stated again and corrected, it stays the same top-up.
    await book.evidence('2026-03-02,panel,top-up,26.00,USD,INV-1,')
    await book.reconcile()
    expect(await book.balances()).toMatchObject({ '1000:bank': '-25.00', '1310:panel': '61.00' })
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('is one of two equal ones, each of which a row may state', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(OPENING)
    await book.bank('bank', LINE, '2026-03-04,NETPANEL CARD,-25.00')
    // The same days once more: a line counts once over overlapping files.
    await book.bank('bank', LINE, '2026-03-04,NETPANEL CARD,-25.00', '2026-03-05,MONTHLY FEE,-4.00')
    expect(await book.balances()).toMatchObject({ '1000:bank': '-54.00', '1310:panel': '60.00' })
    await book.evidence('2026-03-02,panel,top-up,25.00,USD,INV-1,', '2026-03-03,panel,top-up,25.00,USD,INV-2,')
    await book.reconcile()
    expect(await book.balances()).toMatchObject({ '1000:bank': '-54.00', '1310:panel': '60.00' })
    expect(await book.exceptions()).toEqual([])
  })

  it('is not booked beside one that is stated, on whatever day', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(OPENING, '2026-02-20,panel,top-up,25.00,USD,INV-1,')
    await book.bank('bank', LINE, '2026-03-04,NETPANEL CARD,-25.00')
    expect(await book.balances()).toMatchObject({ '1310:panel': '60.00', '1000:bank': '-25.00' })
    expect(await book.dispositions()).toEqual(['1 open', '2 matched'])
  })

  it('is less the fee that its account states', async () => {
    const book = await moneyBook(await fresh(), CARD)
    await book.evidence(OPENING)
    await book.bank('card', '2026-03-03,NETPANEL,-103.00')
    expect(await book.balances()).toMatchObject({ '2200:card': '-103.00', '1310:panel': '110.00', '6100': '3.00' })
  })

  it('says what is not known where the account states two fees, and a row tells it', async () => {
    const book = await moneyBook(await fresh(), CARD.replace(' }]\n', " }, { name: wire, flat: '4.00' }]\n"))
    await book.evidence(OPENING)
    await book.bank('card', '2026-02-20,NETPANEL,-103.00')
    await book.reconcile()
    const detail = await book.rig.database.kysely
      .selectFrom('exception')
      .select('detail')
      .where('code', '=', 'LINE_UNMATCHED')
      .executeTakeFirstOrThrow()
    expect(detail.detail).toContain('a rule calls it a top-up of panel, and which fee of card is in it is not known')
    await book.evidence('2026-02-20,panel,top-up,100.00,USD,INV-1,')
    await book.reconcile()
    expect(await book.exceptions()).toEqual([])
    expect(await book.balances()).toMatchObject({ '2200:card': '-103.00', '6100': '3.00' })
  })

  it('is taken back with its match, and not booked again', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(OPENING)
    await book.bank('bank', LINE)
    await book.decide({ decide: 'unmatch', match: 1 })
    await book.reconcile()
    expect(await book.balances()).toEqual({ '1310:panel': '10.00', '3900': '-10.00' })
    expect(await book.dispositions()).toEqual(['1 open'])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('is not taken by an equal line that a person says is none', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(OPENING)
    await book.bank('bank', LINE)
    await book.decide({ decide: 'unmatch', match: 1 })
    await book.bank('bank', LINE, '2026-03-04,NETPANEL CARD,-25.00')
    expect(await book.matches()).toContain('exact active line 2 -25.00, item 2 -25.00')
    expect(await book.dispositions()).toEqual(['1 open', '2 matched'])
  })

  it('stays where a row states it and the match is taken back', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(OPENING)
    await book.bank('bank', LINE)
    await book.evidence('2026-03-02,panel,top-up,25.00,USD,INV-1,')
    await book.decide({ decide: 'unmatch', match: 1 })
    expect(await book.balances()).toMatchObject({ '1310:panel': '35.00' })
    expect(await book.balances()).not.toHaveProperty(['1000:bank'])
  })
})
