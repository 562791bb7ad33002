/** What the doctor says about the mapping of a connected target, from one that may be delivered by to one nobody has seen. */
import { expect, it } from 'vitest'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { checkDelivery } from '../../src/pipeline/doctor/delivery-checks.ts'
import { acceptMapping } from '../../src/targets/mapping/versions.ts'
import { emulators, prepare, type Emulated } from '../delivery/emulated-book.ts'

async function look({ config }: Emulated, database: Database | null): Promise<readonly string[]> {
  const found = await checkDelivery({
    config,
    env: {},
    nowMs: 0,
    database,
    databaseError: null,
    databaseFolder: null,
    probes: [],
    freeBytes: () => 0,
    signal: new AbortController().signal,
  })
  return found.map(({ verdict, about, says }) => `${verdict} ${about}: ${says}`)
}

it('a mapping that was accepted may be delivered by, until it is not what was accepted any more', async () => {
  const emulated = await emulators()
  const database = await openDatabase(await (await prepare('sqlite', 1)).copy())
  try {
    const good = ['quickbooks', 'xero'].map((name) => `ok acme-ads/${name}: its mapping is complete and accepted`)
    expect(await look(emulated, database)).toEqual(good)
    const by = { by: 'ann', nowMs: 1 }
    await database.kysely
      .transaction()
      .execute((trx) => acceptMapping(trx, { book: 1n, target: 'xero' }, ['account a = 1'], by))
    const [quickbooks, xero] = await look(emulated, database)
    expect(quickbooks).toBe(good[0])
    expect(xero).toMatch(/^warn acme-ads\/xero: The mapping to xero has \d+ lines that are not as ann accepted them/)
    await database.kysely
      .updateTable('connection')
      .set({ status: 'disconnected', access_token: null, refresh_token: null })
      .where('target', '=', 'xero')
      .execute()
    expect(await look(emulated, database)).toEqual([good[0]])
  } finally {
    await database.close()
  }
})

it('a mapping is not looked for without a database', async () => {
  expect(await look(await emulators(), null)).toEqual([])
})
