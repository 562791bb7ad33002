/** Kill -9 during a backfill, while the vendors live on in another process, and during the import of a large history. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { createRandom } from '../../src/sandbox/world/random.ts'
import { orderHistoryCsv } from '../../src/sandbox/world/downloads.ts'
import { newFolder, newSqliteUrl } from '../support/databases.ts'
import { configText, nightMs } from './harness.ts'
import { killedAgainAndAgain, runChild, verdictOn } from './killing.ts'
import { keyOf, sandboxBook, sandboxSources, smallWorld } from './sandbox-book.ts'

describe('a backfill that is killed', () => {
  it('goes on where it stood and ends with the same books', async () => {
    const options = smallWorld({ seed: 4, ordersPerDay: 80 })
    const scratch = await openDatabase(':memory:')
    const { rig, world, sandbox, live } = await sandboxBook(scratch, options)
    await live(4)
    const config = join(rig.folder, 'tieout.yaml')
    writeFileSync(config, configText(sandboxSources(options, sandbox.url)))
    const env = Object.fromEntries(
      sandboxSources(options, '').map(({ name }) => [`KEY_${name.toUpperCase()}`, keyOf(options, name)]),
    )
    const work = { kind: 'backfill' as const, from: '2026-03-01', to: '2026-03-04' }
    const job = { config, nowMs: nightMs(4), work }
    const undisturbed = newSqliteUrl()
    const { statements } = await runChild({ ...job, database: undisturbed, killAt: null }, env)
    const expected = await verdictOn(undisturbed, config)
    expect(expected.findings).toEqual([])
    const database = newSqliteUrl()
    await killedAgainAndAgain(
      { ...job, database },
      { random: createRandom(3, 'kill'), statements: Math.floor(statements / 2), kills: 3, env },
    )
    expect(await verdictOn(database, config)).toEqual(expected)
    expect(orderHistoryCsv(world, 'netpanel').split('\n').length).toBeGreaterThan(100)
    await scratch.close()
  }, 60_000)
})

describe('an import that is killed', () => {
  it('registers every order of a large history once', async () => {
    const folder = newFolder()
    const config = join(folder, 'tieout.yaml')
    writeFileSync(config, configText([{ name: 'panel', kind: 'panel', url: 'https://panel.example/api/v2' }]))
    const file = join(folder, 'history.csv')
    const rows = Array.from({ length: 15_000 }, (_, index) => {
      const id = 1_000_000 - index
      return `${id},2026-02-${String((index % 28) + 1).padStart(2, '0')} 10:00:00,,0.${String(id % 100_000).padStart(5, '0')},0,1000,1,Completed,0`
    })
    writeFileSync(file, ['ID,Date,Link,Charge,Start count,Quantity,Service,Status,Remains', ...rows, ''].join('\n'))
    const env = { KEY_PANEL: 'a-key-of-the-tests' }
    const job = { config, nowMs: nightMs(1), work: { kind: 'import' as const, file, source: 'panel' } }
    const undisturbed = newSqliteUrl()
    const { statements } = await runChild({ ...job, database: undisturbed, killAt: null }, env)
    const database = newSqliteUrl()
    await killedAgainAndAgain(
      { ...job, database },
      { random: createRandom(5, 'kill'), statements: Math.floor(statements / 2), kills: 3, env },
    )
    expect(await registryOf(database)).toEqual(await registryOf(undisturbed))
    expect((await registryOf(database)).orders).toBe(15_000n)
  }, 60_000)
})

async function registryOf(
  url: string,
): Promise<{ readonly orders: bigint; readonly listed: bigint; readonly files: bigint }> {
  const { kysely, close } = await openDatabase(url)
  try {
    const row = await kysely
      .selectFrom('panel_order')
      .select(({ fn }) => [fn.countAll<bigint>().as('orders'), fn.sum<bigint>('listed_charge').as('listed')])
      .executeTakeFirstOrThrow()
    const files = await kysely
      .selectFrom('imported_file')
      .select(({ fn }) => fn.countAll<bigint>().as('files'))
      .executeTakeFirstOrThrow()
    return { ...row, ...files }
  } finally {
    await close()
  }
}
