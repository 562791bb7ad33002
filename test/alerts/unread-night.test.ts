/**
 * A night on which a vendor gives no figure: it is told the same night, by source and reason, and no alert about that
 * source is resolved or made worse by a reading that did not happen. Whole nights over real HTTP.
 */
import { expect, it } from 'vitest'
import { evaluateAlerts } from '../../src/alerts/evaluate.ts'
import { parseConfig } from '../../src/config/load.ts'
import type { Database } from '../../src/db/database.ts'
import { nightMs, type Rig } from '../pipeline/harness.ts'
import { history, payments, scriptedBook, stats, type ScriptedBook } from '../pipeline/scripted-book.ts'
import { describeOnSqlite } from '../support/databases.ts'

const ALERTS = parseConfig(
  `database: sqlite:./x.db
alerts:
  rules: { runLate: false, sourceStale: false, exceptionsOpen: false, proofDiffers: false, unconverged: false }
books:
  - { name: agency, currency: USD, sources: [{ name: x, type: panel, baseUrl: 'https://x.example', apiKey: { env: K }, currency: USD }] }
`,
  '/nowhere/tieout.yaml',
).alerts

/** "opened runway panel" for everything said by the look at the end of a night. */
async function looked({ rig }: { readonly rig: Rig }, night: number): Promise<readonly string[]> {
  const atMs = nightMs(night)
  const { said } = await evaluateAlerts({ ...rig.environment(atMs), env: rig.env }, { ...rig.config, alerts: ALERTS })
  return said.map(({ event, rule, object }) => `${event} ${rule} ${object}`).toSorted()
}

/** A panel that spends 20.00 a day from 106.00; after the third night it holds 46.00, which lasts 2.3 days. */
async function spendingBook(database: Database): Promise<ScriptedBook> {
  const book = await scriptedBook(database)
  const { rig, vendors } = book
  await rig.importEvidence(nightMs(1) - 1, payments('2026-03-01,panel,opening-balance,106.00,USD,,'))
  for (let night = 1; night <= 3; night += 1) {
    const day = `2026-03-0${night}`
    await rig.importOrders(
      nightMs(night) - 1,
      'panel',
      history(`${night},${day} 10:00,https://x.example,20.00,0,10,1,Completed,0`),
    )
    vendors.orders.set(String(night), { status: 'Completed', charge: '20.00' })
    vendors.balance = `${106 - 20 * night}.00`
    await rig.night(nightMs(night))
  }
  return book
}

describeOnSqlite('alerts of a night a source was not read', (fresh) => {
  it.each([
    ['{"error":"Invalid API key"}', 200],
    ['{"error":"Invalid API key"}', 401],
  ])('tell of a key that %s with %i refuses, and do not resolve a low wallet', async (body, status) => {
    const book = await spendingBook(await fresh())
    expect(await looked(book, 3)).toEqual(['opened runway panel'])
    book.vendors.balanceInstead = { status, body }
    await book.rig.night(nightMs(4))
    expect(await looked(book, 4)).toEqual(['opened sourceFailed panel: refused key', 'repeated runway panel'])
    await book.rig.night(nightMs(5))
    expect(await looked(book, 5)).toEqual(['repeated runway panel', 'repeated sourceFailed panel: refused key'])
    // A new key, and a wallet that was topped up: both are over by the reading of this night.
    book.vendors.balanceInstead = null
    book.vendors.balance = '546.00'
    await book.rig.importEvidence(nightMs(6) - 1, payments('2026-03-05,panel,top-up,500.00,USD,t-1,'))
    expect(await looked(book, 6), 'a payment alone is no reading').toEqual([
      'repeated runway panel',
      'repeated sourceFailed panel: refused key',
    ])
    await book.rig.night(nightMs(6))
    expect(await looked(book, 6)).toEqual(['resolved runway panel', 'resolved sourceFailed panel: refused key'])
  })

  it.each<readonly [reason: string, spoil: (book: ScriptedBook) => unknown]>([
    ['unreachable', (book: ScriptedBook) => book.vendors.dead.add('publisher')],
    ['no readable answer', (book: ScriptedBook) => (book.vendors.publisher = '<html>maintenance</html>')],
    ['no readable answer', (book: ScriptedBook) => (book.vendors.publisher = '{"success":tr')],
    ['refused key', (book: ScriptedBook) => (book.vendors.publisher = { error: 'Invalid API key' })],
    ['quarantined', (book: ScriptedBook) => (book.vendors.publisher = stats('advertiser', 1, 1, '1.00'))],
    ['quarantined', (book: ScriptedBook) => (book.vendors.publisher = { success: false })],
  ])('tell of a network that is not read: %s', async (reason, spoil) => {
    const book = await scriptedBook(await fresh())
    await book.rig.night(nightMs(1))
    expect(await looked(book, 1)).toEqual([])
    const whole = book.vendors.publisher
    spoil(book)
    await book.rig.night(nightMs(2))
    expect(await looked(book, 2)).toEqual([`opened sourceFailed pub: ${reason}`])
    expect(await looked(book, 2)).toEqual([])
    book.vendors.dead.clear()
    book.vendors.publisher = whole
    await book.rig.night(nightMs(3))
    expect(await looked(book, 3)).toEqual([`resolved sourceFailed pub: ${reason}`])
  })

  it('tell of another reason as another alert, and of a source that has never been read', async () => {
    const book = await scriptedBook(await fresh())
    book.vendors.dead.add('panel')
    await book.rig.night(nightMs(1))
    expect(await looked(book, 1)).toEqual(['opened sourceFailed panel: unreachable'])
    book.vendors.dead.clear()
    book.vendors.balanceInstead = { status: 401, body: '{"error":"Invalid API key"}' }
    await book.rig.night(nightMs(2))
    expect(await looked(book, 2)).toEqual([
      'opened sourceFailed panel: refused key',
      'repeated sourceFailed panel: unreachable',
    ])
    book.vendors.balanceInstead = null
    await book.rig.night(nightMs(3))
    expect(await looked(book, 3)).toEqual([
      'resolved sourceFailed panel: refused key',
      'resolved sourceFailed panel: unreachable',
    ])
  })
})
