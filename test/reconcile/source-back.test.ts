/** What was posted of a source that the settings lacked for a while is expected once it is back. */
import { expect, it } from 'vitest'
import { withBookRun } from '../../src/pipeline/book-run.ts'
import { reconcileNight } from '../../src/pipeline/reconcile/night.ts'
import type { Rig } from '../pipeline/harness.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook, NOON_MS } from './money-book.ts'

async function items({ database }: Rig): Promise<readonly string[]> {
  const rows = await database.kysely.selectFrom('open_item').select(['source', 'object']).orderBy('id').execute()
  return rows.map(({ source, object }) => `${source} ${object}`)
}

/** A reconciliation by settings that lack a source. */
async function reconcileWithout({ config, env, environment, ...rig }: Rig, source: string): Promise<void> {
  const book = { ...rig.book, sources: rig.book.sources.filter(({ name }) => name !== source) }
  await withBookRun(environment(NOON_MS), { config, book, env }, 'reconcile', {}, (context) =>
    reconcileNight(context, '2026-03-09', 'test'),
  )
}

describeOnSqlite('a source that was out of the settings', (fresh) => {
  it('has its top-ups expected once it is back', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence('2026-03-04,panel,top-up,30.00,USD,INV-1,')
    expect(await items(book.rig)).toEqual([])
    await reconcileWithout(book.rig, 'panel')
    expect(await items(book.rig)).toEqual([])
    await book.evidence('2026-03-05,pub,opening-balance,200.00,USD,,', '2026-03-05,pub,payout,150.00,USD,PO-1,')
    await reconcileWithout(book.rig, 'panel')
    expect(await items(book.rig)).toEqual(['pub payout:PO-1'])
    await book.reconcile()
    expect(await items(book.rig)).toEqual(['pub payout:PO-1', 'panel top-up:INV-1'])
    expect((await book.reconcile()).posted).toBe(0)
    expect(await items(book.rig)).toHaveLength(2)
  })
})
