/** The catalogue of each day. */
import { expect, it } from 'vitest'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs, type Rig } from './harness.ts'
import { openCodes, quarantined } from './reads.ts'
import { scriptedBook } from './scripted-book.ts'

const SERVICE = { service: '1', name: 'Followers', type: 'Default', rate: '0.90', min: '50', max: '10000' }

async function rates(rig: Rig) {
  const rows = await rig.database.kysely
    .selectFrom('service_rate')
    .selectAll()
    .orderBy('service')
    .orderBy('first_seen_ms')
    .execute()
  return rows.map((row) => ({
    service: row.service,
    rate: row.rate,
    from: Number(row.first_seen_ms),
    to: row.last_seen_ms === null ? null : Number(row.last_seen_ms),
  }))
}

describeOnSqlite('the catalogue', (fresh) => {
  it('is asked once a day, and a row is kept only for what changed', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    let asked = 0
    const list = [SERVICE, { ...SERVICE, service: '2', rate: '8' }]
    Object.defineProperty(vendors, 'services', { get: () => ((asked += 1), list) })
    await rig.night(nightMs(1))
    await rig.night(nightMs(1) + 3_600_000)
    expect(asked).toBe(1)
    list[1] = { ...SERVICE, service: '3', rate: '1' }
    list[0] = { ...SERVICE, rate: '0.95' }
    await rig.night(nightMs(2))
    await rig.night(nightMs(3))
    expect(asked).toBe(3)
    const [one, two, three] = (await rates(rig)).map(({ from }) => from)
    expect(await rates(rig)).toEqual([
      { service: '1', rate: 90_000_000n, from: one, to: one },
      { service: '1', rate: 95_000_000n, from: two, to: null },
      { service: '2', rate: 800_000_000n, from: one, to: one },
      { service: '3', rate: 100_000_000n, from: two, to: null },
    ])
    expect(three).toBe(one)
  })

  it('that cannot be read changes nothing, and says so until it can', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    vendors.services = [SERVICE, { service: '2', rate: '' }, { ...SERVICE }]
    await rig.night(nightMs(1))
    expect((await quarantined(rig)).map(({ reason }) => reason)).toEqual([
      expect.stringContaining('rate of service 2'),
      expect.stringContaining('more than once'),
    ])
    vendors.services = { status: 'success', data: 'Empty Data' }
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toContain('panel ANSWER_UNREAD catalogue')
    expect((await quarantined(rig)).at(-1)?.reason).toBe('The panel says that its catalogue is empty: "Empty Data".')
    expect((await rates(rig)).map(({ to }) => to)).toEqual([null])
    vendors.services = [SERVICE]
    await rig.night(nightMs(3))
    expect(await openCodes(rig)).not.toContain('panel ANSWER_UNREAD catalogue')
  })
})
