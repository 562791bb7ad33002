/** What no statement shows is named, whatever other accounts the book has, and whether or not all of them are imported. */
import { expect, it } from 'vitest'
import { nightMs } from '../pipeline/harness.ts'
import { openCodes } from '../pipeline/reads.ts'
import { paidPlay } from '../pipeline/payouts-support.ts'
import { payments } from '../pipeline/scripted-book.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook } from './money-book.ts'

const RUPEES = `      - { name: rzp, type: razorpay, currency: INR, code: '1055' }\n`
const TOP_UP = '2026-03-02,panel,top-up,100.00,USD,INV-1,'
const OVERDUE = 'TOP_UP_MISSING top-up:INV-1'

describeOnSqlite('a top-up that no statement shows', (fresh) => {
  it('is overdue once every account of its currency is covered, and no other is waited for', async () => {
    const book = await moneyBook(await fresh(), RUPEES)
    await book.evidence(TOP_UP)
    await book.bank('bank', '2026-03-01,INTEREST,0.10', '2026-03-09,MONTHLY FEE,-4.00')
    await book.reconcile()
    expect(await book.exceptions()).not.toContain(OVERDUE)
    await book.bank('paypal', '2026-03-01,INTEREST,0.11', '2026-03-09,INTEREST,0.12')
    await book.reconcile()
    expect(await book.exceptions()).toContain(OVERDUE)
  })

  it('is overdue after a month, also when nobody imports the statement that should show it', async () => {
    const book = await paidPlay(await fresh())
    const overdue = async (): Promise<boolean> => (await openCodes(book.rig)).includes(`panel ${OVERDUE}`)
    await book.rig.importEvidence(nightMs(1), payments(TOP_UP, '2026-01-05,panel,top-up,25.00,USD,INV-0,'))
    await book.reconcile(40)
    expect(await overdue()).toBe(false)
    await book.statement(41, '2026-03-01,INTEREST,0.10', '2026-03-03,INTEREST,0.12')
    await book.reconcile(41)
    expect(await overdue()).toBe(true)
    expect(await openCodes(book.rig)).not.toContain('panel TOP_UP_MISSING top-up:INV-0')
  })
})
