/** The difference of two pages of one night: the earlier page and the difference make the later one. */
import { expect, it } from 'vitest'
import { loadMappings } from '../../src/config/mappings.ts'
import { diffPages } from '../../src/pipeline/report/diff.ts'
import { nightPage, type NightPage } from '../../src/pipeline/report/page.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { sandboxBook, smallWorld, type SandboxBook } from '../pipeline/sandbox-book.ts'

const FIGURES = ['opening', 'in', 'out', 'adjusted', 'closing'] as const

async function pageOf({ rig }: SandboxBook, night: string | null, knownAtMs: number | null): Promise<NightPage> {
  const { kysely } = rig.database
  return nightPage(kysely, await rig.bookRow(), rig.book, loadMappings(), { night, knownAtMs })
}

describeOnSqlite('the difference of two pages', (fresh) => {
  it('added to the earlier page gives the later one, figure by figure, for every pair of times', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 11, ordersPerDay: 15 }))
    const ends: number[] = []
    for (let night = 1; night <= 3; night += 1) {
      await book.night(night)
      ends.push((await pageOf(book, null, null)).knownAtMs)
    }
    const [first = 0] = ends
    const { night } = await pageOf(book, null, first)
    const pages: NightPage[] = []
    for (const end of ends) pages.push(await pageOf(book, night, end))
    for (const [index, from] of pages.entries()) {
      for (const to of pages.slice(index)) {
        const row = await book.rig.bookRow()
        const diff = await diffPages(book.rig.database.kysely, row, from, to)
        const changes = new Map(diff.controls.map((each) => [`${each.account} ${each.currency}`, each.change]))
        const before = new Map(from.controls.map((line) => [`${line.account} ${line.currency}`, line]))
        for (const line of to.controls) {
          const key = `${line.account} ${line.currency}`
          for (const figure of FIGURES) {
            const sum = (before.get(key)?.[figure] ?? 0n) + (changes.get(key)?.[figure] ?? 0n)
            expect(sum, `${key} ${figure}`).toBe(line[figure])
          }
        }
        const posted = diff.posted.reduce((sum, { count }) => sum + count, 0)
        expect(posted).toBe(to.chain.sequence - from.chain.sequence)
        expect(diff.isEmpty).toBe(from === to)
      }
    }
  })

  it('is refused when the times are the wrong way round', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 11, ordersPerDay: 5 }))
    await book.night(1)
    const page = await pageOf(book, null, null)
    const earlier = { ...page, knownAtMs: page.knownAtMs - 1 }
    const { kysely } = book.rig.database
    await expect(diffPages(kysely, await book.rig.bookRow(), page, earlier)).rejects.toThrow('before the first')
  })

  it('counts only days up to the one asked for, when a page is asked as of it', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 11, ordersPerDay: 15 }))
    await book.night(1)
    const { night } = await pageOf(book, null, null)
    await book.night(2)
    const { rig } = book
    const request = { night: null, knownAtMs: null, asOf: night }
    const page = await nightPage(rig.database.kysely, await rig.bookRow(), rig.book, loadMappings(), request)
    const all = await pageOf(book, null, null)
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
