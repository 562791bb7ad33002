/** A book for nights that lose their database, and everything such a night leaves, to compare with an undisturbed one. */
import { openDatabase } from '../../src/db/database.ts'
import { nightMs, type Rig } from './harness.ts'
import { fingerprintsOf } from './reads.ts'
import { payments, scriptedBook, stats, type ScriptedBook } from './scripted-book.ts'

export interface Prepared {
  readonly book: ScriptedBook
  readonly url: string
}

/** A book with one night behind it and something to post in the next. Nothing is connected to its database. */
export async function prepareNight(url: string): Promise<Prepared> {
  const database = await openDatabase(url)
  const book = await scriptedBook(database)
  const { rig, vendors } = book
  await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
  await rig.addOrders(nightMs(1), 'panel', ['1', '2', '3'])
  for (const id of ['1', '2', '3']) vendors.orders.set(id, { status: 'In progress', charge: '1.00' })
  vendors.balance = '97.00'
  await rig.night(nightMs(1))
  vendors.orders.set('2', { status: 'Partial', charge: '0.60', remains: '4' })
  vendors.balance = '97.40'
  vendors.publisher = stats('publisher', 2000, 60, '172.75')
  await database.close()
  return { book, url }
}

/** No transaction or journal may be there twice or be missing. What was asked twice was landed twice, which is no matter. */
export async function booksLeftBy({ database, ...rig }: Rig) {
  const { kysely } = database
  // One whose last answer was lost is found finished, and looked through once more.
  const runs = kysely.selectFrom('run').select(['kind', 'status', 'arguments']).distinct()
  const { digest } = await fingerprintsOf({ database, ...rig })
  return {
    digest,
    runs: await runs.orderBy('arguments').orderBy('kind').orderBy('status').execute(),
    journals: await kysely.selectFrom('journal').select(['document', 'status']).orderBy('id').execute(),
    leases: await kysely.selectFrom('lease').selectAll().execute(),
  }
}
