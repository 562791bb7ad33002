/** What goes with a statement file that is taken back: what waits about its lines, what was proposed of them, what they explained. */
import { expect, it } from 'vitest'
import { listFiles } from '../../src/evidence/statements/files.ts'
import { moneyBook } from '../reconcile/money-book.ts'
import { razorpayCsv } from '../reconcile/razorpay-csv.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs, type Rig } from './harness.ts'
import { money, paidPlay } from './payouts-support.ts'
import { payments } from './scripted-book.ts'
import { bring, configOf, NOTHING, rigOf } from './statement-support.ts'
import { expectSameAfterReplay } from './statement-support.ts'
import { hashOf, open, undo, undoAlone } from './undo-support.ts'

/** The file imported last, whatever its name, and nothing beside it: what the next reconciliation would mend must stand at once. */
async function undoLast(rig: Rig, accountName: string, atMs?: number): Promise<void> {
  const last = (await listFiles(rig.database.kysely, (await rig.bookRow()).id)).at(-1)
  await undoAlone(rig, { accountName, sha256: last?.sha256 ?? '' }, atMs)
}

describeOnSqlite('with a file that is taken back', (fresh) => {
  it.each(['first.csv', 'second.csv'])(
    'the doubt about a line that two files word differently goes: %s',
    async (file) => {
      const rig = rigOf(await fresh(), configOf())
      await bring(
        rig,
        'first.csv',
        'Date,Amount,Text\n2026-03-01,-1.00,tea\n2026-03-02,-5.00,coffee\n2026-03-02,-2.00,bun\n',
      )
      await bring(rig, 'second.csv', 'Date,Amount,Text\n2026-03-02,-5.00,cafe\n2026-03-03,1.00,tea\n')
      expect(await open(rig)).toContain('STATEMENT_DIFFERS overlap:EUR:2026-03-02')
      await undo(rig, await hashOf(rig, file))
      expect(await open(rig)).not.toContain('STATEMENT_DIFFERS overlap:EUR:2026-03-02')
      await expectSameAfterReplay(rig)
    },
  )

  it('what waited about its lines goes', async () => {
    const { rig, ...book } = await moneyBook(await fresh())
    await book.bank('bank', '2026-03-05,NOBODY KNOWS,149.00')
    await book.reconcile('2026-03-30')
    expect(await open(rig)).toContain('LINE_UNMATCHED line:1')
    await undoLast(rig, 'bank')
    expect(await open(rig)).toEqual([])
    await expectSameAfterReplay(rig)
  })

  it('what waited about a line that only it shows goes', async () => {
    const rig = rigOf(await fresh(), configOf())
    const days = (more: string) =>
      `Date,Amount,Balance,Text\n2026-03-02,-5.00,95.00,a\n2026-03-03,12.00,107.00,b\n${more}2026-03-09,-7.00,100.00,c\n`
    const balance = { said: { ...NOTHING, balance: 'after' as const } }
    await bring(rig, 'right.csv', days(''), 'checking', balance)
    await bring(rig, 'wrong.csv', days('2026-03-04,-1.00,107.00,x\n'), 'checking', balance)
    expect(await open(rig)).toContain('STATEMENT_DIFFERS line:4')
    await undo(rig, await hashOf(rig, 'wrong.csv'))
    expect(await open(rig)).not.toContain('STATEMENT_DIFFERS line:4')
    await expectSameAfterReplay(rig)
  })

  it('what was proposed for its lines goes, and the items are free for other lines', async () => {
    const { rig, ...book } = await moneyBook(await fresh())
    await book.evidence('2026-03-01,pub,opening-balance,600.00,USD,,', '2026-03-04,pub,payout,149.00,USD,PO-1,')
    await book.bank('bank', '2026-03-05,NOBODY KNOWS,149.00')
    expect(await book.matches()).toEqual(['exact proposed line 1 149.00, item 1 149.00'])
    await undoLast(rig, 'bank')
    expect(await book.matches()).toEqual([])
    await expect(book.decide({ decide: 'confirm', match: 1 })).rejects.toThrow('there is no match 1')
    await book.bank('bank', '2026-03-06,FROM PUB,149.00')
    expect(await book.matches()).toEqual(['exact active line 2 149.00, item 1 149.00'])
    await expectSameAfterReplay(rig)
  })

  it('what its line explained of a counter waits again', async () => {
    const { rig, ...book } = await paidPlay(await fresh(), '{ schedule: stated, minimum: "50" }', 'unpaid')
    const rows = ['2026-03-01,pub,opening-counter,162.50,USD,,', '2026-03-01,pub,opening-balance,162.50,USD,,']
    await rig.importEvidence(nightMs(0), payments(...rows))
    await book.earn(1, '165.50')
    await book.earn(2, '18.50')
    await book.statement(3, '2026-03-03,PAYELANCER PAYOUT,150.00')
    await book.decide(3, { decide: 'payout', line: 1, of: 'pub', gross: '150.00' })
    expect([await money(rig, '1050:paypal'), await money(rig, '1100:pub')]).toEqual(['150.00', '18.50'])
    await undoLast(rig, 'paypal', nightMs(4))
    // The counter fell by 147.00, and nothing says why any more.
    expect([await money(rig, '1050:paypal'), await money(rig, '1100:pub')]).toEqual(['0.00', '165.50'])
    await expectSameAfterReplay(rig)
  })

  it('a settlement that its list alone showed is asked for again, until its rows go too', async () => {
    const rzp = `      - { name: rzp, type: razorpay, currency: INR, code: '1055' }\n`
    const { rig, ...book } = await moneyBook(await fresh(), rzp)
    const gap = 'STATEMENT_GAP settlement:setl_AAAAAAAAAAAAAA'
    const at = Date.UTC(2026, 2, 2, 6) / 1000
    const row = {
      entity_id: 'pay_00000000000001',
      type: 'payment',
      debit: 0,
      credit: 97_100,
      amount: 100_000,
      fee: 2900,
      tax: 442,
    }
    const left = {
      settled: true,
      created_at: at,
      settled_at: at + 86_400,
      settlement_id: 'setl_AAAAAAAAAAAAAA',
      settlement_utr: null,
    }
    const recon = razorpayCsv([{ ...row, currency: 'INR', on_hold: false, ...left, order_id: 'order_1' }])
    const list = {
      id: 'setl_AAAAAAAAAAAAAA',
      amount: 97_100,
      status: 'processed',
      fees: 0,
      tax: 0,
      utr: '1568176960vxp0rj',
      created_at: at + 86_400,
    }
    await book.statement('rzp', 'razorpay-csv', 'recon.csv', recon)
    await book.statement('rzp', 'razorpay-csv', 'list.csv', razorpayCsv([list]))
    expect(await open(rig)).not.toContain(gap)
    await undo(rig, await hashOf(rig, 'list.csv'))
    expect(await open(rig)).toContain(gap)
    await undo(rig, await hashOf(rig, 'recon.csv'))
    expect(await open(rig)).not.toContain(gap)
    await expectSameAfterReplay(rig)
  })
})
