/**
 * Whose the lines of a statement file are: files of several accounts are told apart by their numbers, an
 * account's number is remembered from its first file, and a file comes into no account of another kind. A replay decides the same.
 */
import { expect, it } from 'vitest'
import { describeOnSqlite } from '../support/databases.ts'
import {
  BOTH,
  FORMATS,
  MOVED,
  type Moved,
  NOTHING,
  ONE,
  THREE,
  TWO,
  bring,
  configOf,
  expectSameAfterReplay,
  linesOf,
  mt940Of,
  ofxOf,
  refusal,
  rigOf,
} from './statement-support.ts'

describeOnSqlite('a file of several accounts', (fresh) => {
  it.each(FORMATS)('goes into each of its accounts with one command: %s', async (_name, render) => {
    const rig = rigOf(await fresh(), configOf({ checking: ONE, savings: TWO }))
    const files = await bring(rig, 'both.txt', render(MOVED), [])
    expect(files.map(({ account, stored }) => `${account} ${stored.lines}`)).toEqual(['checking 2', 'savings 1'])
    expect(await linesOf(rig)).toEqual(BOTH)
    const again = await bring(rig, 'again.txt', render(MOVED), [])
    expect(again.map(({ alreadyImported }) => alreadyImported)).toEqual([true, true])
    await expectSameAfterReplay(rig)
  })

  it.each(FORMATS)('gives an account its own lines alone: %s', async (_name, render) => {
    const rig = rigOf(await fresh(), configOf({ checking: ONE }))
    const [file] = await bring(rig, 'both.txt', render(MOVED))
    expect(await linesOf(rig)).toEqual(BOTH.slice(0, 2))
    expect(file?.parsed.remarks).toContain(
      "Not imported here, as it is another account's: account …7892, 1 line, 70.00 in, 0.00 out (EUR).",
    )
  })

  it.each(FORMATS)('is asked about where no number is known: %s', async (_name, render) => {
    const rig = rigOf(await fresh(), configOf())
    const asked = await refusal(bring(rig, 'both.txt', render(MOVED)))
    expect(asked).toBe(
      'STATEMENT_ACCOUNTS: both.txt holds 2 accounts: …5030 (2 lines), …7892 (1 line), and nobody has said yet which number "checking" has. ' +
        'Say it once: --account checking=NUMBER (its last four digits will do), or number: of the account in tieout.yaml.',
    )
    expect(await linesOf(rig)).toEqual([])
    await bring(rig, 'both.txt', render(MOVED), [{ name: 'checking', number: '5030' }])
    expect(await linesOf(rig)).toEqual(BOTH.slice(0, 2))
    // It is known from then on.
    await bring(
      rig,
      'next.txt',
      render([
        [ONE, '2026-03-09', '-1.00'],
        [TWO, '2026-03-09', '2.00'],
      ]),
    )
    expect((await linesOf(rig)).filter((line) => line.includes('03-09'))).toEqual(['checking 2026-03-09 -1.00'])
    await expectSameAfterReplay(rig)
  })

  it('goes into the accounts that were named with their numbers, and into no others', async () => {
    const rig = rigOf(await fresh(), configOf())
    const third: Moved = [...MOVED, [THREE, '2026-03-05', '9.00']]
    await bring(rig, 'three.ofx', ofxOf(third), [
      { name: 'checking', number: ONE },
      { name: 'savings', number: TWO },
    ])
    expect(await linesOf(rig)).toEqual(BOTH)
    expect(await refusal(bring(rig, 'more.ofx', ofxOf([...third, [THREE, '2026-03-06', '1.00']]), []))).toBe(
      'STATEMENT_ACCOUNTS: more.ofx holds 3 accounts: …5030 (2 lines, "checking"), …7892 (1 line, "savings"), …2606 (2 lines), and no account of the book is known to be …2606. Nothing was imported. ' +
        'Say whose it is: --account NAME=NUMBER for each account of the file, or number: of the account in tieout.yaml; or take only one with --account NAME.',
    )
    expect(await linesOf(rig)).toEqual(BOTH)
  })

  it('in whose CSV a column called Account may be the own one or that of the other side is read as a person says', async () => {
    const rig = rigOf(await fresh(), configOf({ checking: ONE, savings: TWO }))
    const rows = (balances: readonly string[]): string =>
      [
        'Account,Date,Amount,Balance',
        ...[
          [ONE, '2026-03-02', '-5.00'],
          [TWO, '2026-03-03', '70.00'],
          [ONE, '2026-03-04', '12.50'],
          [TWO, '2026-03-05', '-1.00'],
        ].map((cells, at) => [...cells, balances[at]].join(',')),
        '',
      ].join('\n')
    const own = rows(['95.00', '570.00', '107.50', '569.00'])
    const account = (names: readonly string[]) => ({
      said: { ...NOTHING, columns: { roles: { account: names }, sign: null } },
    })
    expect(await refusal(bring(rig, 'own.csv', own, []))).toContain(
      'STATEMENT_COLUMNS: own.csv: the column "Account" may be the account each line belongs to, or the other side\'s. Say --columns "account=Account"',
    )
    await bring(rig, 'own.csv', own, [], account(['Account']))
    expect(await linesOf(rig)).toEqual([...BOTH, 'savings 2026-03-05 -1.00'].toSorted())
    // The other side's: the balance follows over all lines.
    const other = rows(['95.00', '165.00', '177.50', '176.50'])
    const [file] = await bring(rig, 'other.csv', other, 'paypal', { format: 'bank-csv', ...account([]) })
    expect(file?.stored.lines).toBe(4)
  })
})

describeOnSqlite("an account's number", (fresh) => {
  it('is remembered from its first file, and the file of another is refused', async () => {
    const rig = rigOf(await fresh(), configOf())
    await bring(rig, 'march.ofx', ofxOf([[ONE, '2026-03-02', '-5.00']]))
    await bring(rig, 'other.ofx', ofxOf([[TWO, '2026-03-02', '70.00']]), 'savings')
    expect(await refusal(bring(rig, 'april.ofx', ofxOf([[TWO, '2026-04-02', '1.00']])))).toBe(
      'STATEMENT_OTHER_ACCOUNT: april.ofx is the statement of account …7892 (1 line, "savings"), and not of "checking" (…5030). ' +
        'Import it with --account savings, or correct number: in tieout.yaml.',
    )
    // In another format, written another way.
    await bring(rig, 'april.sta', mt940Of([['50010517/0137075030', '2026-04-02', '-1.00']]))
    expect(await linesOf(rig)).toHaveLength(3)
    // By their numbers alone, each finds its own.
    await bring(rig, 'may.sta', mt940Of([[TWO, '2026-05-02', '8.00']]), [])
    expect(await linesOf(rig)).toContain('savings 2026-05-02 8.00')
    await expectSameAfterReplay(rig)
  })

  it("is another's where that one is known to have it, at the first file already", async () => {
    const rig = rigOf(await fresh(), configOf({ savings: TWO }))
    expect(await refusal(bring(rig, 'first.ofx', ofxOf([[TWO, '2026-03-02', '1.00']])))).toContain(
      'Import it with --account savings',
    )
    expect(await linesOf(rig)).toEqual([])
  })

  it('may be shown by its last digits, if only one account can be meant', async () => {
    const rig = rigOf(await fresh(), configOf({ checking: ONE, savings: `DE77${'9'.repeat(14)}5030` }))
    const asked = await refusal(bring(rig, 'masked.ofx', ofxOf([['****5030', '2026-03-02', '1.00']]), []))
    expect(asked).toContain('account …5030 may be "checking" or "savings"')
    const other = rigOf(await fresh(), configOf({ checking: ONE, savings: TWO }))
    await bring(other, 'masked.ofx', ofxOf([['****5030', '2026-03-02', '1.00']]), [])
    expect(await linesOf(other)).toEqual(['checking 2026-03-02 1.00'])
  })

  it('is needed where nobody names the account', async () => {
    const rig = rigOf(await fresh(), configOf({ checking: ONE, savings: TWO }))
    const plain = 'Date,Debit,Credit,Text\n2026-03-02,5.00,,x\n'
    expect(await refusal(bring(rig, 'plain.csv', plain, []))).toBe(
      'STATEMENT_ACCOUNTS: plain.csv does not name its account, so it cannot be told whose it is. Name its account: --account NAME.',
    )
  })
})

describeOnSqlite('a file of another kind', (fresh) => {
  const ORDERS =
    'Date,Type,Description,Amount,Balance\n2026-03-02,Payment,Standing order 4711 rent,-5.00,95.00\n2026-03-03,Deposit,Order 88 refund,12.50,107.50\n'
  const PAYPAL =
    '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address","To Email Address","Transaction ID","Balance"\n' +
    '"20/03/2026","10:00:00","UTC","A","Payment","Completed","EUR","5.00","0.00","5.00","a@b.c","d@e.f","1AB23456CD789012E","5.00"\n'

  it("is a bank's where its text speaks of orders", async () => {
    const rig = rigOf(await fresh(), configOf())
    const [file] = await bring(rig, 'orders.csv', ORDERS)
    expect(file?.parsed.format).toBe('bank-csv')
  })

  it("is refused: PayPal's in a bank account, and any in a panel", async () => {
    const rig = rigOf(await fresh(), configOf())
    expect(await refusal(bring(rig, 'paypal.csv', PAYPAL))).toContain(
      'is a download from PayPal, and "checking" is a bank account',
    )
    expect(await refusal(bring(rig, 'bank.ofx', ofxOf([[ONE, '2026-03-02', '1.00']]), 'panel'))).toContain(
      'has no account "panel"',
    )
    expect(await linesOf(rig)).toEqual([])
  })

  it('has the columns that were named, or says that it cannot', async () => {
    const rig = rigOf(await fresh(), configOf())
    const said = {
      ...NOTHING,
      columns: { roles: { description: ['Name'] }, sign: 'in-positive' as const },
      dateOrder: 'dmy' as const,
    }
    const named = {
      ...said,
      columns: {
        ...said.columns,
        roles: { amount: ['Net'], description: ['Name'], status: [], currency: ['Currency'] },
      },
    }
    const [file] = await bring(rig, 'paypal.csv', PAYPAL, 'paypal', { said: named })
    expect(file?.parsed.format).toBe('bank-csv')
    const unused = 'STATEMENT_OPTION_UNUSED: bank.ofx'
    expect(await refusal(bring(rig, 'bank.ofx', ofxOf(MOVED), 'checking', { said }))).toContain(
      unused.replace(': bank.ofx', ': --columns cannot be used for bank.ofx'),
    )
    expect(
      await refusal(bring(rig, 'p.csv', `${PAYPAL}\n`, 'paypal', { said: named, format: 'paypal-csv' })),
    ).toContain('--columns cannot be used for p.csv')
    const balance = { ...NOTHING, balance: 'before' as const }
    expect(await refusal(bring(rig, 'bank.ofx', ofxOf(MOVED), 'checking', { said: balance }))).toContain(
      '--balance cannot be used',
    )
  })
})
