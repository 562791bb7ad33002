/** The proofs of money accounts and clearing accounts: silent over a clean book, and each planted error found. */
import { expect, it } from 'vitest'
import { sql } from 'kysely'
import { replayBook } from '../../src/pipeline/replay.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { dropTriggers } from '../support/unguarded.ts'
import { moneyBook, NOON_MS, type MoneyBook } from '../reconcile/money-book.ts'
import { cash, clearing, importBalanced, proofsOf } from './proven-book.ts'

const OPENINGS = ['2026-03-01,pub,opening-balance,600.00,USD,,', '2026-03-01,bank,opening-balance,1000.00,USD,,']
const PAYOUT = '2026-03-04,pub,payout,150.00,USD,PO-1,'
const TOP_UP = '2026-03-05,panel,top-up,40.00,USD,INV-7,'
const MARCH = [
  '2026-03-05,PAYELANCER PAYOUT,150.00,1150.00',
  '2026-03-06,MONTHLY FEE,-4.00,1146.00',
  '2026-03-06,NETPANEL INV-7,-40.00,1106.00',
]
const SILENT = 'unexplained 0.00'
const OWN = /STATEMENT_DIFFERS/

async function ownExceptions(book: MoneyBook): Promise<readonly string[]> {
  return (await book.exceptions()).filter((each) => OWN.test(each))
}

describeOnSqlite('the proofs of a money book', (fresh) => {
  it('say nothing of a clean book, on any night', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(...OPENINGS, PAYOUT, TOP_UP, '2026-03-07,pub,payout,60.00,USD,PO-2,')
    await importBalanced(book.rig, NOON_MS, 'bank', ...MARCH)
    const proofs = await proofsOf(book.rig)
    expect(cash(proofs)).toEqual([`bank 2026-03: 1000.00 150.00 44.00 1106.00, ${SILENT}`])
    expect(clearing(proofs)).toEqual([
      '1110:pub USD 60.00 = open 60.00, difference 0.00',
      '1070 USD 0.00 = open 0.00, difference 0.00',
    ])
    expect(await ownExceptions(book)).toEqual([])
    await book.reconcile('2026-03-20')
    expect(await ownExceptions(book)).toEqual([])
  })

  it('list what is on the statement and not in the books, with nothing left over', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(...OPENINGS)
    await importBalanced(book.rig, NOON_MS, 'bank', ...MARCH.slice(0, 2), '2026-03-09,OWNER DRAW,-20.00,1126.00')
    expect(cash(await proofsOf(book.rig))).toEqual([
      `bank 2026-03: 1000.00 150.00 24.00 1126.00, ${SILENT}; line:1 not-booked; line:3 not-booked`,
    ])
    expect(await ownExceptions(book)).toEqual([])
  })

  it('miss a file between two statements, name the amount, and are content once it comes', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(...OPENINGS, PAYOUT)
    await importBalanced(book.rig, NOON_MS, 'bank', ...MARCH.slice(0, 2))
    await importBalanced(book.rig, NOON_MS, 'bank', '2026-04-02,MONTHLY FEE,-4.00,1112.00')
    const [, april] = cash(await proofsOf(book.rig))
    expect(april).toBe('bank 2026-04: 1146.00 0.00 4.00 1112.00, unexplained -30.00')
    expect(await ownExceptions(book)).toEqual(['STATEMENT_DIFFERS cash:2026-04:USD'])
    await importBalanced(book.rig, NOON_MS, 'bank', '2026-03-20,MONTHLY FEE,-30.00,1116.00')
    expect(await ownExceptions(book)).toEqual([])
    expect((await proofsOf(book.rig, '2026-03')).cash.flatMap(({ months }) => months)).toHaveLength(1)
  })

  it('miss an opening balance that nobody has booked', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence('2026-03-01,pub,opening-balance,600.00,USD,,', PAYOUT)
    await importBalanced(book.rig, NOON_MS, 'bank', ...MARCH.slice(0, 2))
    expect(await ownExceptions(book)).toEqual(['STATEMENT_DIFFERS cash:2026-03:USD'])
    await book.evidence('2026-03-01,bank,opening-balance,1000.00,USD,,')
    await book.reconcile()
    expect(await ownExceptions(book)).toEqual([])
  })

  it('find a clearing account that is not what is open on it', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(...OPENINGS, PAYOUT, '2026-03-07,pub,payout,61.00,USD,PO-2,')
    await book.reconcile()
    expect(await ownExceptions(book)).toEqual([])
    // As a mistake of the program would leave it: the item is withdrawn, its posting stands.
    await dropTriggers(book.rig.database.kysely, 'open_item')
    await sql`update open_item set amount = 0, status = 'withdrawn' where object = 'payout:PO-2'`.execute(
      book.rig.database.kysely,
    )
    await book.reconcile()
    expect(await ownExceptions(book)).toEqual(['STATEMENT_DIFFERS account:1110:pub:USD'])
  })

  it('come out the same when the landing is replayed', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(...OPENINGS, PAYOUT, TOP_UP)
    await importBalanced(book.rig, NOON_MS, 'bank', ...MARCH.slice(0, 2))
    await importBalanced(book.rig, NOON_MS, 'bank', '2026-04-02,MONTHLY FEE,-4.00,1112.00')
    const from = { kysely: book.rig.database.kysely, book: await book.rig.bookRow() }
    const into = await opened(newSqliteUrl())
    const options = { nowMs: NOON_MS, signal: new AbortController().signal, onBatch: () => undefined }
    expect((await replayBook(from, into, book.rig.book, options)).isSame).toBe(true)
    const rows = (db: typeof from.kysely) => db.selectFrom('exception').selectAll().orderBy('number').execute()
    expect(await rows(into.kysely)).toEqual(await rows(from.kysely))
  })
})
