/** A page asked for as of a day. */
import { expect, it } from 'vitest'
import { loadMappings } from '../../src/config/mappings.ts'
import { nightPage, type NightPage } from '../../src/pipeline/report/page.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs } from '../pipeline/harness.ts'
import { sandboxBook, smallWorld, type SandboxBook } from '../pipeline/sandbox-book.ts'

/** After everything that the tests do. */
const NOW_MS = nightMs(20)

async function pageOf({ rig }: SandboxBook): Promise<NightPage> {
  const { kysely } = rig.database
  return nightPage(kysely, await rig.bookRow(), rig.book, loadMappings(), {
    night: null,
    knownAtMs: null,
    nowMs: NOW_MS,
  })
}

describeOnSqlite('a page as of a day', (fresh) => {
  it('counts only days up to it', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 11, ordersPerDay: 15 }))
    await book.night(1)
    const { night } = await pageOf(book)
    await book.night(2)
    const { rig } = book
    const request = { night: null, knownAtMs: null, asOf: night, nowMs: NOW_MS }
    const page = await nightPage(rig.database.kysely, await rig.bookRow(), rig.book, loadMappings(), request)
    const all = await pageOf(book)
    const later = await rig.database.kysely
      .selectFrom('txn')
      .innerJoin('posting', (join) => join.onRef('posting.book', '=', 'txn.book').onRef('posting.seq', '=', 'txn.seq'))
      .innerJoin('account', (join) =>
        join.onRef('account.book', '=', 'posting.book').onRef('account.id', '=', 'posting.account'),
      )
      .select(['posting.amount', 'account.key'])
      .where('txn.effective_date', '>', night)
      .execute()
    for (const { account, closing, vendor } of page.controls) {
      const after = later.filter(({ key }) => key === account).reduce((sum, { amount }) => sum + amount, 0n)
      const whole = all.controls.find((line) => line.account === account)?.closing ?? 0n
      expect(closing + after, account).toBe(whole)
      expect(vendor).toBeNull()
    }
  })
})
