/** Kill -9 during a scan of ids, while the panel lives on in another process: the scan goes on and the books agree. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { createRandom } from '../../src/sandbox/world/random.ts'
import { describeEmptyUrls, newSqliteUrl } from '../support/databases.ts'
import { configText, nightMs } from './harness.ts'
import { killedAgainAndAgain, runChild, verdictOn } from './killing.ts'
import { keyOf, sandboxBook, sandboxSources, smallWorld } from './sandbox-book.ts'

describeEmptyUrls('a scan that is killed', (freshUrl) => {
  it('goes on where it stood and finds the same orders, none of them left unasked', async () => {
    const options = smallWorld({ seed: 6, ordersPerDay: 60 })
    const scratch = await openDatabase(':memory:')
    const { rig, world, sandbox, live } = await sandboxBook(scratch, options)
    await live(3)
    const ids = [...(world.panels.get('netpanel')?.orders.keys() ?? [])].map(Number)
    const [first, last] = [Math.min(...ids), Math.max(...ids)]
    const sources = sandboxSources(options, sandbox.url).map((source) =>
      source.kind === 'panel' ? { ...source, more: 'scanRequestsPerMinute: 60000' } : source,
    )
    const config = join(rig.folder, 'tieout.yaml')
    // Without the inbox: all orders are to be found by the scan.
    writeFileSync(config, configText(sources).replace('    inbox: ./inbox\n', ''))
    const env = Object.fromEntries(sources.map(({ name }) => [`KEY_${name.toUpperCase()}`, keyOf(options, name)]))
    const work = { kind: 'scan' as const, source: 'netpanel', day: '2026-03-01', first, last }
    const job = { config, nowMs: nightMs(3), work }
    const undisturbed = newSqliteUrl()
    const { statements } = await runChild({ ...job, database: undisturbed, killAt: null }, env)
    const expected = await verdictOn(undisturbed, config)
    expect(expected.findings).toEqual([])
    const database = await freshUrl()
    await killedAgainAndAgain(
      { ...job, database },
      { random: createRandom(8, 'kill'), statements: Math.floor(statements / 2), kills: 3, env },
    )
    expect(await verdictOn(database, config)).toEqual(expected)
    expect(await settled(database)).toEqual(await settled(undisturbed))
    expect((await settled(database)).orders.map(Number)).toEqual(expect.arrayContaining(ids))
    await scratch.close()
  }, 60_000)
})

async function settled(url: string) {
  const { kysely, close } = await openDatabase(url)
  try {
    const orders = await kysely.selectFrom('panel_order').select('order_id').orderBy('order_id').execute()
    return {
      orders: orders.map((row) => row.order_id),
      unasked: await kysely.selectFrom('order_unasked').selectAll().execute(),
    }
  } finally {
    await close()
  }
}
