/** Statement lines against what the books expect, from imported files to postings. */
import { listExceptions } from '../../src/reconcile/exceptions.ts'
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { chainHead } from '../../src/ledger/digest.ts'
import { listSteps } from '../../src/pipeline/runs.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook, type MoneyBook } from './money-book.ts'

const OPENING = '2026-03-01,pub,opening-balance,600.00,USD,,'
const PAYOUT = '2026-03-04,pub,payout,150.00,USD,PO-1,'
const LINE = '2026-03-05,PAYELANCER PAYOUT,150.00'

/** Both rules are in the text; the first counts. */
const SECOND = `      - name: second
        type: bank
        currency: USD
        code: '1001'
        rules:
          - { contains: TO BANK, means: transfer, account: bank }
          - { contains: PAYPAL, means: transfer, account: paypal }
`

describeOnSqlite('a reconciliation', (fresh) => {
  it('settles a payout by its only line, and posts nothing the second time', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence('2026-03-01,pub,opening-balance,200.00,USD,,', PAYOUT)
    await book.bank('bank', LINE, '2026-03-06,MONTHLY FEE,-4.00')
    expect(await book.matches()).toEqual(['rule active line 2 -4.00', 'exact active line 1 150.00, item 1 150.00'])
    expect(await book.balances()).toEqual({
      '1000:bank': '146.00',
      '1100:pub': '50.00',
      '3900': '-200.00',
      '6110': '4.00',
    })
    expect((await book.reconcile()).posted).toBe(0)
    expect(await book.matches()).toHaveLength(2)
    expect(await book.exceptions()).toEqual([])
  })

  it('books what PayPal keeps of a payout as its fee', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(OPENING, PAYOUT)
    await book.bank('paypal', '2026-03-05,PAYELANCER PAYOUT,147.00')
    expect(await book.matches()).toEqual(['fee active line 1 147.00, item 1 150.00'])
    expect(await book.balances()).toMatchObject({ '1050:paypal': '147.00', '6100': '3.00' })
    expect(await book.balances()).not.toHaveProperty(['1110:pub'])
  })

  it('only proposes what the amount alone speaks for, and books it once a person confirms', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(OPENING, PAYOUT)
    await book.bank('bank', '2026-03-05,CUSTOMER X,150.00')
    expect(await book.matches()).toEqual(['exact proposed line 1 150.00, item 1 150.00'])
    expect(await book.balances()).not.toHaveProperty(['1000:bank'])
    await book.decide({ decide: 'confirm', match: 1 })
    expect(await book.matches()).toEqual(['exact active line 1 150.00, item 1 150.00'])
    expect(await book.balances()).toMatchObject({ '1000:bank': '150.00' })
  })

  it('counts every line it looked at, and every proof, in the control totals of its steps', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(OPENING, PAYOUT)
    await book.bank('bank', LINE, '2026-03-05,WHAT IS THIS,7.00', '2026-03-06,MONTHLY FEE,-4.00')
    await book.reconcile('2026-03-19')
    const { kysely } = book.rig.database
    const run = await kysely
      .selectFrom('run')
      .select(['id', 'book'])
      .where('kind', '=', 'reconcile')
      .executeTakeFirstOrThrow()
    const steps = await listSteps(kysely, { book: run.book, id: Number(run.id), kind: 'reconcile', resumed: false })
    const totals = new Map(steps.map((each) => [each.step, each.totals]))
    const none = { posted: 0n, unchanged: 0n, quarantined: 0n, excepted: 0n }
    // The payout's line and the fee were settled by the reconciliation after the import; the third is past its window.
    expect(totals.get('reconcile')).toEqual({
      rows: { ...none, in: 1n, excepted: 1n },
      money: { USD: { ...none, in: 7_00000000n, excepted: 7_00000000n } },
    })
    const proofs = totals.get('proofs')
    expect(proofs?.rows.in).toBeGreaterThan(0n)
    expect(proofs === undefined ? 0n : proofs.rows.unchanged + proofs.rows.excepted).toBe(proofs?.rows.in)
  })

  it('leaves lines that are not the book’s out of it', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(OPENING)
    await book.bank('bank', '2026-03-05,OWNER DRAW,-20.00')
    expect(await book.dispositions()).toEqual(['1 ignored'])
    expect(await book.balances()).not.toHaveProperty(['1000:bank'])
  })

  it('names what nothing explains, and closes it when a person says what it is', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(OPENING, PAYOUT)
    await book.bank('bank', LINE, '2026-03-05,WHAT IS THIS,7.00', '2026-03-05,ADOBE,-59.99')
    await book.reconcile('2026-03-19')
    expect(await book.exceptions()).toContain('LINE_UNMATCHED line:2')
    expect(await evidenceKind(book.rig.database, 'LINE_UNMATCHED')).toBe('statement')
    await book.decide({ decide: 'settle', line: 2, meaning: 'income' })
    // M1: any account of the ledger can be what a line is.
    await book.decide({ decide: 'settle', line: 3, meaning: 'account:6100' })
    expect(await book.exceptions()).toEqual([])
    expect(await book.balances()).toMatchObject({ '4800': '-7.00', '6100': '59.99' })
  })

  it('settles as much of what was due as a short line brings, and tells of both', async () => {
    const rules = 'rules: [{ contains: PAYELANCER, means: payout, source: pub }]'
    const book = await moneyBook(
      await fresh(),
      `      - { name: second, type: bank, currency: USD, code: '1001', ${rules} }\n`,
    )
    await book.evidence(OPENING, PAYOUT)
    await book.bank('second', '2026-03-05,PAYELANCER PAYOUT,148.00')
    expect(await book.matches()).toEqual(['part active line 1 148.00, item 1 148.00'])
    expect(await book.balances()).toMatchObject({ '1001:second': '148.00', '1110:pub': '2.00' })
    const told = (await listExceptions(book.rig.database.kysely, (await book.rig.bookRow()).id, {})).filter(
      ({ code }) => code === 'PAYOUT_DIFFERS',
    )
    expect(told.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^line 1 brought 148\.00 of payout:PO-1 of 150\.00 USD; 2\.00 is still due: wait for it/),
    ])
    await book.decide({ decide: 'unmatch', match: 1 })
    await book.decide({ decide: 'match', lines: [1], items: [1], residual: 'fee' })
    expect(await book.balances()).toMatchObject({ '1001:second': '148.00', '6110': '2.00' })
    expect(await book.exceptions()).toEqual([])
  })

  it('keeps a person’s word against every later run', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(OPENING, PAYOUT)
    await book.bank('bank', LINE)
    await book.decide({ decide: 'unmatch', match: 1 })
    expect(await book.balances()).not.toHaveProperty(['1000:bank'])
    await book.reconcile()
    expect(await book.dispositions()).toEqual(['1 open'])
    await book.decide({ decide: 'ignore', line: 1 })
    await book.evidence('2026-03-05,pub,payout,150.00,USD,PO-9,')
    await book.reconcile()
    expect(await book.dispositions()).toEqual(['1 ignored'])
  })

  it('says of a line whose own item a person separated that nothing explains it, and why', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(OPENING, '2026-03-01,pub,payout,150.00,USD,PO-900100,')
    await book.bank('bank', '2026-03-05,PAYELANCER PO-900100,150.00')
    await book.decide({ decide: 'unmatch', match: 1 })
    await book.reconcile('2026-03-19')
    const said = book.rig.database.kysely.selectFrom('exception').select('detail').where('object', '=', 'line:1')
    expect(await said.where('status', '=', 'open').execute()).toMatchObject([
      { detail: expect.stringMatching(/^nothing in the books .* A person separated it from item 1$/v) },
    ])
  })

  it('expects what leaves an account where the rule that spoke of it says, however the bank spaces its text', async () => {
    const book = await moneyBook(await fresh(), SECOND)
    await book.evidence(OPENING)
    await book.bank('second', '2026-03-05,TO  BANK  PAYPAL,-50.00')
    const items = await book.rig.database.kysely.selectFrom('open_item').select(['kind', 'account']).execute()
    expect(items).toEqual([{ kind: 'transfer', account: 'bank' }])
  })

  it('settles a part by hand, then the rest, and writes off what never comes', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(OPENING, PAYOUT)
    await book.bank('bank', '2026-03-05,FIRST PART,100.00', '2026-03-08,SECOND PART,45.00')
    await book.decide({ decide: 'match', lines: [1], items: [1], residual: 'open' })
    expect(await book.balances()).toMatchObject({ '1000:bank': '100.00', '1110:pub': '50.00' })
    await book.decide({ decide: 'match', lines: [2], items: [1], residual: 'open' })
    await book.decide({ decide: 'write-off', item: 1, day: '2026-03-09' })
    expect(await book.balances()).toMatchObject({ '1000:bank': '145.00', '6950': '5.00' })
    expect(await book.balances()).not.toHaveProperty(['1110:pub'])
    await book.decide({ decide: 'unmatch', match: 3 })
    expect(await book.balances()).toMatchObject({ '1110:pub': '5.00' })
  })

  it.each([
    [{ decide: 'match', lines: [9], items: [1], residual: 'open' }, 'there is no line 9'],
    [{ decide: 'match', lines: [1], items: [9], residual: 'open' }, 'there is no open item 9'],
    [{ decide: 'match', lines: [2], items: [1], residual: 'open' }, 'money in and money out'],
    [{ decide: 'match', lines: [3], items: [1], residual: 'fee' }, 'differ by'],
    [{ decide: 'match', lines: [1, 1], items: [1], residual: 'open' }, 'named twice'],
    [{ decide: 'unmatch', match: 7 }, 'there is no match 7'],
    [{ decide: 'confirm', match: 1 }, 'match 1 is active, not proposed'],
  ] as const)('refuses %j before anything is landed', async (decision, words) => {
    const book = await moneyBook(await fresh())
    await book.evidence(OPENING, PAYOUT)
    await book.bank(
      'bank',
      '2026-03-05,A,100.00',
      '2026-03-05,B,-100.00',
      '2026-03-05,C,170.00',
      '2026-03-05,MONTHLY FEE,-1.00',
    )
    const landed = await landings(book.rig.database)
    await expect(book.decide(decision as never)).rejects.toThrow(words)
    expect(await landings(book.rig.database)).toBe(landed)
  })
})

/** What kind of landed bytes the open exception names. */
async function evidenceKind({ kysely }: Database, code: string): Promise<string | undefined> {
  const row = await kysely
    .selectFrom('exception as e')
    .innerJoin('log_record as l', (join) =>
      join
        .onRef('l.book', '=', 'e.book')
        .onRef('l.batch', '=', 'e.evidence_batch')
        .onRef('l.item', '=', 'e.evidence_item'),
    )
    .select('l.kind')
    .where('e.code', '=', code)
    .where('e.status', '=', 'open')
    .executeTakeFirst()
  return row?.kind
}

async function landings({ kysely }: Database): Promise<number> {
  return (await kysely.selectFrom('log_record').select('batch').execute()).length
}

/** Of every order. */

describeOnSqlite('the order of the evidence', (fresh) => {
  const LINES = [LINE, '2026-03-06,PAYELANCER PAYOUT,98.00', '2026-03-06,NETPANEL 7,-40.00']
  const ROWS = [PAYOUT, '2026-03-05,pub,payout,100.00,USD,PO-2,', '2026-03-05,panel,top-up,40.00,USD,INV-7,']
  const steps: readonly ((book: MoneyBook) => Promise<unknown>)[] = [
    (book) => book.evidence(ROWS[0] ?? '', ROWS[2] ?? ''),
    (book) => book.evidence(ROWS[1] ?? ''),
    (book) => book.bank('paypal', ...LINES.slice(0, 2)),
    (book) => book.bank('bank', ...LINES.slice(2)),
  ]

  it.each([[[0, 1, 2, 3]], [[3, 2, 1, 0]], [[3, 1, 0, 2]], [[1, 3, 2, 0]]])(
    'makes no difference: %j',
    async (order) => {
      const book = await moneyBook(await fresh())
      await book.evidence(OPENING)
      for (const step of order) {
        await steps[step]?.(book)
        await book.reconcile()
      }
      expect(await book.balances()).toEqual({
        '1000:bank': '-40.00',
        '1050:paypal': '248.00',
        '1100:pub': '350.00',
        '1310:panel': '40.00',
        '3900': '-600.00',
        '6100': '2.00',
      })
      const active = (await book.matches())
        .filter((each) => each.includes('active'))
        .map((each) => each.replaceAll(/(line|item) \d+/g, '$1'))
      expect(active.sort()).toEqual([
        'exact active line -40.00, item -40.00',
        'exact active line 150.00, item 150.00',
        'fee active line 98.00, item 100.00',
      ])
      const head = await chainHead(book.rig.database.kysely, await book.rig.bookRow())
      await book.reconcile()
      expect(await chainHead(book.rig.database.kysely, await book.rig.bookRow())).toEqual(head)
    },
  )
})
