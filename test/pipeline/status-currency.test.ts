/** A panel whose statuses name another currency than its wallet: only a setting says that the name is wrong. */
import { expect, it } from 'vitest'
import { checkStatusCurrencies } from '../../src/pipeline/doctor/currency-checks.ts'
import type { Patient } from '../../src/pipeline/doctor/check.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { expectSameAfterReplay } from '../exceptions/support.ts'
import { newRig, nightMs, rigOn, type Rig } from './harness.ts'
import { differencesOf, openCodes, ordersOf } from './reads.ts'
import { payments, scriptedBook, type ScriptedBook } from './scripted-book.ts'
import type { Database } from '../../src/db/database.ts'

const IDS = Array.from({ length: 120 }, (_, index) => String(index + 1))

/** 120 orders of 0.50, named INR; 40.00 of 100.00 are left. */
async function mislabelled(database: Database, panelMore?: string): Promise<ScriptedBook> {
  const book = await scriptedBook(database, panelMore === undefined ? {} : { panelMore })
  await book.rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
  await book.rig.addOrders(nightMs(1), 'panel', IDS)
  for (const id of IDS) book.vendors.orders.set(id, { status: 'In progress', charge: '0.50', currency: 'INR' })
  book.vendors.balance = '40.00'
  return book
}

/** The same book, folder and vendors with another line in the panel's configuration. */
function configured(rig: Rig, panelMore: string): Rig {
  const [pub, ads, panel] = rig.config.books[0]?.sources ?? []
  if (pub === undefined || ads === undefined || panel === undefined) throw new Error('three sources')
  const other = newRig(
    rig.database,
    [
      { name: 'pub', kind: 'publisher', url: pub.baseUrl },
      { name: 'ads', kind: 'advertiser', url: ads.baseUrl },
      { name: 'panel', kind: 'panel', url: panel.baseUrl, more: panelMore },
    ],
    (name) => `a-key-of-the-tests-${name}`,
  )
  return rigOn(rig.database, other)
}

function patient(rig: Rig, probes: Patient['probes'] = []): Patient {
  const { config, database, env } = rig
  const machine = {
    databaseError: null,
    databaseFolder: null,
    freeBytes: () => 0,
    signal: new AbortController().signal,
  }
  return { config, database, env, nowMs: nightMs(2), probes, ...machine }
}

describeOnSqlite('statuses in another currency than the wallet', (fresh) => {
  it('are all set aside without the setting, and all booked by the next poll once it is there', async () => {
    const { rig } = await mislabelled(await fresh())
    await rig.night(nightMs(1))
    expect(await openCodes(rig)).toHaveLength(120)
    expect([...(await ordersOf(rig, 'panel')).values()].every(({ charged }) => charged === 0n)).toBe(true)
    const [found] = (await checkStatusCurrencies(patient(rig))).filter(({ about }) => about === 'agency/panel')
    expect(found).toMatchObject({ verdict: 'fail' })
    expect(found?.says).toBe(
      'statuses name INR and the wallet is in USD. 120 orders are set aside for it, charged 60.00 named INR, which is just what the wallet lacks: they are in USD.',
    )
    expect(found?.next).toContain('write statusCurrency: INR for this source')
    const set = configured(rig, 'statusCurrency: INR')
    expect(differencesOf(await set.night(nightMs(2)))['panel']).toBe('0.00000000')
    expect(await openCodes(set)).toEqual([])
    expect(await checkStatusCurrencies(patient(set))).toMatchObject([{ verdict: 'ok' }])
    await expectSameAfterReplay(set)
  })

  it.each(['wallet', 'INR'])('are read as the wallet’s own with statusCurrency: %s', async (named) => {
    const { rig } = await mislabelled(await fresh(), `statusCurrency: ${named}`)
    expect(differencesOf(await rig.night(nightMs(1)))['panel']).toBe('0.00000000')
    expect(await openCodes(rig)).toEqual([])
  })

  it('of a third name are set aside still', async () => {
    const { rig } = await mislabelled(await fresh(), 'statusCurrency: EUR')
    await rig.night(nightMs(1))
    expect(await openCodes(rig)).toHaveLength(120)
  })
})
