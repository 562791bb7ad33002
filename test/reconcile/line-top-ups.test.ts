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

  it.each([
    ['card', '-103.00', '110.00', '3.00'],
    ['wire', '-104.00', '110.00', '4.00'],
    ['none', '-104.00', '114.00', undefined],
  ])('is less the fee that its rule names: %s', async (fee, line, wallet, taken) => {
    const fees = "fees: [{ name: card, percent: '3' }, { name: wire, flat: '4.00' }]"
    const rule = `rules: [{ contains: NETPANEL, means: top-up, source: panel, fee: ${fee} }]`
    const book = await moneyBook(await fresh(), CARD.replace(/fees: .*/, fees).replace(/rules: .*/, rule))
    await book.evidence(OPENING)
    await book.bank('card', `2026-03-03,NETPANEL,${line}`)
    const balances = await book.balances()
    expect(balances).toMatchObject({ '2200:card': line, '1310:panel': wallet })
    expect(balances['6100'] ?? balances['6110']).toBe(taken)
    expect(await book.exceptions()).toEqual([])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
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

const UNRULED = '2026-03-03,FUNDS TO NP LTD,-103.00'
const SAID = { decide: 'top-up', line: 1, of: 'panel', gross: null } as const
const AD = `      - { name: ads, type: payelancer, role: advertiser, baseUrl: 'http://127.0.0.1:9', apiKey: { env: KEY_PUB }, currency: USD, timeZone: UTC }
`
const EURO = `      - { name: euro, type: bank, currency: EUR, code: '1001' }
`
const TWO_FEES = CARD.replace(' }]\n', " }, { name: wire, flat: '4.00' }]\n").replace(
  'contains: NETPANEL',
  'contains: NOBODY',
)

describeOnSqlite('a line that a person says is a top-up', (fresh) => {
  it('is booked as one that a rule calls so, with the fee that its account states', async () => {
    const said = await moneyBook(await fresh(), CARD)
    await said.evidence(OPENING)
    await said.bank('card', UNRULED)
    await said.decide(SAID)
    expect(await said.balances()).toEqual({
      '1310:panel': '110.00',
      '2200:card': '-103.00',
      '3900': '-10.00',
      '6100': '3.00',
    })
    expect(await said.matches()).toEqual(['decision active line 1 -103.00, item 1 -100.00'])
    expect(await said.exceptions()).toEqual([])
    const ruled = await moneyBook(await fresh(), CARD)
    await ruled.evidence(OPENING)
    await ruled.bank('card', '2026-03-03,NETPANEL,-103.00')
    expect(await said.balances()).toEqual(await ruled.balances())
    const topUps = { object: 'top-up:line-1', rule: 'T1', effective_date: '2026-03-03', amount: 100_00000000n }
    for (const { rig } of [said, ruled]) {
      const { kysely } = rig.database
      const columns = ['object', 'rule', 'effective_date', 'amount'] as const
      expect(await kysely.selectFrom('txn').select(columns).where('kind', '=', 'top-up').execute()).toEqual([topUps])
    }
    await said.reconcile()
    expect(await said.balances()).toEqual(await ruled.balances())
    await expectReplays(said.rig, await opened(newSqliteUrl()))
  })

  it('is said once: the same word again is refused', async () => {
    const book = await moneyBook(await fresh())
    await book.bank('bank', UNRULED)
    await book.decide(SAID)
    await expect(book.decide(SAID)).rejects.toThrow('line 1 is settled already')
    expect(await book.balances()).toEqual({ '1000:bank': '-103.00', '1310:panel': '103.00' })
  })

  it('is of an ad wallet too, whose minimum is looked at', async () => {
    const book = await moneyBook(await fresh(), '', AD)
    await book.bank('bank', '2026-03-03,ADS,-20.00')
    await book.decide({ ...SAID, of: 'ads' })
    expect(await book.balances()).toEqual({ '1000:bank': '-20.00', '1300:ads': '20.00' })
    expect(await book.exceptions()).toEqual(['BELOW_MINIMUM top-up:line-1'])
  })

  it('is as much as is said, where two fees may be in it', async () => {
    const book = await moneyBook(await fresh(), TWO_FEES)
    await book.bank('card', UNRULED)
    await expect(book.decide(SAID)).rejects.toThrow(
      'which fee of card is in it (surcharge, wire) is not known; say with --gross what came into panel',
    )
    await book.decide({ ...SAID, gross: '99.00' })
    expect(await book.balances()).toEqual({ '1310:panel': '99.00', '2200:card': '-103.00', '6100': '4.00' })
  })

  it('is in the currency of its wallet, where the line is in another', async () => {
    const book = await moneyBook(await fresh(), EURO)
    await book.bank('euro', UNRULED)
    await expect(book.decide(SAID)).rejects.toThrow('the line is in EUR; say with --gross how much USD came into panel')
    await book.decide({ ...SAID, gross: '110.00' })
    expect(await book.matches()).toEqual(['decision active line 1 -103.00, item 1 -110.00'])
    expect(await book.balances()).toEqual({ '1070': '-110.00', '1310:panel': '110.00' })
    expect(await book.exceptions()).toEqual(['CURRENCY line:1'])
  })

  it('is what a row states later, once', async () => {
    const book = await moneyBook(await fresh())
    await book.bank('bank', UNRULED)
    await book.decide(SAID)
    await book.evidence('2026-03-02,panel,top-up,103.00,USD,INV-1,')
    await book.reconcile()
    expect(await book.balances()).toEqual({ '1000:bank': '-103.00', '1310:panel': '103.00' })
  })

  it('is taken back with its match, and may be said again of another wallet', async () => {
    const book = await moneyBook(await fresh(), '', AD)
    await book.bank('bank', UNRULED)
    await book.decide(SAID)
    await book.decide({ decide: 'unmatch', match: 1 })
    await book.reconcile()
    expect(await book.balances()).toEqual({})
    expect(await book.dispositions()).toEqual(['1 open'])
    await book.decide({ ...SAID, of: 'ads', gross: '100.00' })
    expect(await book.balances()).toEqual({ '1000:bank': '-103.00', '1300:ads': '100.00', '6100': '3.00' })
    await book.decide({ decide: 'unmatch', match: 2 })
    await book.decide(SAID)
    expect(await book.balances()).toEqual({ '1000:bank': '-103.00', '1310:panel': '103.00' })
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it.each([
    ['of a source that is none', { ...SAID, of: 'netpanel' }, 'no panel or ad account "netpanel" to top up'],
    ['of a publisher', { ...SAID, of: 'pub' }, 'no panel or ad account "pub" to top up'],
    ['of money that arrives', { ...SAID, line: 2 }, 'money that arrives is no top-up'],
    [
      'of more than the line',
      { ...SAID, gross: '103.01' },
      'the line takes 103.00 in all, less than a top-up of 103.01',
    ],
    ['of nothing', { ...SAID, gross: '0.00' }, 'a top-up is more than nothing'],
    [
      'of what is expected',
      { ...SAID, gross: '40.00' },
      'top-up:INV-1 of 40.00 USD is expected already: tieout reconcile match',
    ],
  ])('is refused: %s', async (_what, decision, reason) => {
    const book = await moneyBook(await fresh())
    await book.evidence('2026-03-02,panel,top-up,40.00,USD,INV-1,')
    await book.bank('bank', UNRULED, '2026-03-03,NP LTD GIVES BACK,7.00')
    const before = await book.balances()
    await expect(book.decide(decision)).rejects.toThrow(reason)
    expect(await book.balances()).toEqual(before)
  })

  it('is refused of a line of which a part is matched', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence('2026-03-02,panel,top-up,40.00,USD,INV-1,')
    await book.bank('bank', UNRULED)
    await book.decide({ decide: 'match', lines: [1], items: [1], residual: 'open' })
    await expect(book.decide(SAID)).rejects.toThrow('a part of line 1 is matched already: unmatch that first')
  })

  it('is asked of two people where it is much', async () => {
    const two = "    journals: { differentApprover: true }\n    exceptions: { reviewAbove: '25.00' }\n"
    const book = await moneyBook(await fresh(), two)
    await book.bank('bank', UNRULED)
    await book.decide(SAID)
    expect(await book.dispositions()).toEqual(['1 open'])
    expect(await book.balances()).toEqual({})
    await book.decide({ ...SAID, by: 'Bo' })
    expect(await book.balances()).toEqual({ '1000:bank': '-103.00', '1310:panel': '103.00' })
  })
})
