/** Whom orders were for and which category their services are in, and what that makes of a journal's lines. */
import { describe, expect, it } from 'vitest'
import { loadMappings } from '../../src/config/mappings.ts'
import type { DimensionRule, TargetMapping } from '../../src/domain/journals/target-mapping.ts'
import { tagOrderIds } from '../../src/pipeline/imports.ts'
import { replayBook } from '../../src/pipeline/replay.ts'
import { dimensionSums } from '../../src/targets/mapping/dimension-sums.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { nightMs, type Rig } from './harness.ts'
import { history, payments, scriptedBook } from './scripted-book.ts'

const SERVICE = { name: 'x', type: 'Default', rate: '1.00', min: '1', max: '10000' }
const { chart, delivery } = loadMappings()

function rule(from: DimensionRule['from']): DimensionRule {
  return { name: 'class', from, values: new Map(), fallback: null, accounts: null }
}

const both: TargetMapping = { ...delivery.quickbooks, dimensions: [rule('service'), rule('client')] }

async function tagged(database: Parameters<typeof scriptedBook>[0]): Promise<Rig> {
  const { rig, vendors } = await scriptedBook(database)
  vendors.services = [
    { ...SERVICE, service: '1', category: 'Followers' },
    { ...SERVICE, service: '2', category: 'Views' },
    { ...SERVICE, service: '3' },
  ]
  const row = (id: number, service: string): string =>
    `${id},2026-03-02 12:00:00,l,1.00,0,1000,${service},In progress,1000`
  const csv = history(row(1, '1'), row(2, '1'), row(3, '2'), row(4, '3'), row(5, '77'))
  await rig.importEvidence(nightMs(2) - 2000, payments('2026-02-01,panel,opening-balance,100,USD,,'))
  await rig.importOrders(nightMs(2) - 1000, 'panel', csv)
  for (const id of ['1', '2', '3', '4', '5']) vendors.orders.set(id, { status: 'In progress', charge: `1.0000${id}` })
  await tag(rig, 'acme', ['2', '3', '9'])
  await rig.night(nightMs(2))
  return rig
}

function tag(rig: Rig, client: string | null, ids: readonly string[]) {
  const request = { config: rig.config, book: rig.book, env: rig.env }
  return tagOrderIds(rig.environment(nightMs(2) - 500), request, 'panel', { client, ids, by: 'ann' })
}

async function sumsOf(rig: Rig, mapping: TargetMapping) {
  const { kysely } = rig.database
  const book = await rig.bookRow()
  const last = await kysely.selectFrom('txn').select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirstOrThrow()
  const range = { day: '2026-03-02', currency: 'USD', fromSequence: 1n, toSequence: last.seq }
  return dimensionSums(kysely, book.id, { ...range, accounts: ['1310:panel', '5100:panel'] }, { mapping, chart })
}

describeOnSqlite('the orders of a journal', (fresh) => {
  it('are summed by category and client, exactly, and nothing is asked when no rule needs it', async () => {
    const rig = await tagged(await fresh())
    const sums = await sumsOf(rig, both)
    expect([...sums.keys()]).toEqual(['5100:panel'])
    expect(sums.get('5100:panel')).toEqual([
      { service: 'Followers', client: 'acme', exact: 100_002_000n },
      { service: 'Followers', client: null, exact: 100_001_000n },
      { service: 'Views', client: 'acme', exact: 100_003_000n },
      { service: null, client: null, exact: 200_009_000n },
    ])
    const bySource = { ...delivery.quickbooks, dimensions: [rule('source')] }
    expect((await sumsOf(rig, bySource)).size).toBe(0)
  })

  it('can be tagged anew and untagged, and say how many that changed', async () => {
    const rig = await tagged(await fresh())
    expect(await tag(rig, 'beta', ['1', '2', '2'])).toEqual({ changed: 2n, unchanged: 0n })
    expect(await tag(rig, 'beta', ['1'])).toEqual({ changed: 0n, unchanged: 1n })
    expect(await tag(rig, null, ['1', '3'])).toEqual({ changed: 2n, unchanged: 0n })
    const clients = (await sumsOf(rig, both)).get('5100:panel')?.map(({ client, exact }) => [client, exact])
    expect(clients).toEqual([
      ['beta', 100_002_000n],
      [null, 100_001_000n],
      [null, 100_003_000n],
      [null, 200_009_000n],
    ])
  })

  it('come out the same from a replay of the landing', async () => {
    const rig = await tagged(await fresh())
    const into = await opened(newSqliteUrl())
    const options = { nowMs: nightMs(3), signal: new AbortController().signal, onBatch: () => undefined }
    const from = { kysely: rig.database.kysely, book: await rig.bookRow() }
    expect(await replayBook(from, into, rig.book, options)).toMatchObject({ isSame: true })
    for (const table of ['order_client', 'service_category'] as const) {
      const [ours, theirs] = await Promise.all(
        [rig.database, into].map(({ kysely }) => kysely.selectFrom(table).selectAll().execute()),
      )
      expect(theirs).toEqual(ours)
      expect(ours?.length).toBeGreaterThan(1)
    }
  })
})

describe('the package mapping', () => {
  it('divides nothing by itself', () => {
    expect([delivery.quickbooks.dimensions, delivery.xero.dimensions]).toEqual([[], []])
  })
})
