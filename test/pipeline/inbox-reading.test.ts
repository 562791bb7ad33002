/**
 * How files in the inbox are read where they do not tell: by what the configuration says of the source or account, as the
 * flags of an import would.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { parseConfig } from '../../src/config/load.ts'
import type { Database } from '../../src/db/database.ts'
import { formatMoney } from '../../src/domain/money/money.ts'
import { readLines } from '../../src/evidence/statements/lines.ts'
import { statementTarget } from '../../src/pipeline/statements/target.ts'
import { historyOptions } from '../../src/pipeline/import-kinds.ts'
import { json, startServer } from '../http/support.ts'
import { describeOnSqlite, newFolder } from '../support/databases.ts'
import { nightMs, rigOn, type Rig } from './harness.ts'
import { ordersOf } from './reads.ts'

const HISTORY = `history: { timeZone: Europe/Berlin, decimal: ',', dateOrder: dmy, delimiter: ';', columns: { orderId: Bestellung, charge: Betrag } }`

/** A panel that answers, so that no night waits for it. */
async function rigOf(database: Database, more: string): Promise<Rig> {
  const { url, close } = await startServer((response) => json(response, 401, { error: 'Invalid API key' }))
  onTestFinished(close)
  const text = `database: sqlite:./tieout.db
books:
  - name: agency
    currency: USD
    inbox: ./inbox
    accounts:
      - { name: checking, type: bank, currency: USD, number: '12345678', columns: 'amount=Wert,sign=in-positive' }
    sources:
      - { name: panel, type: panel, baseUrl: '${url}/api/v2', apiKey: { env: K }, currency: USD, ${more} }
`
  const folder = newFolder()
  const config = parseConfig(text, join(folder, 'tieout.yaml'))
  const [book] = config.books
  if (book === undefined) throw new Error('no book')
  return rigOn(database, { folder, config, book, env: { K: 'a-key' } })
}

function drop(rig: Rig, folder: string, name: string, text: string): void {
  mkdirSync(join(rig.folder, 'inbox', folder), { recursive: true })
  writeFileSync(join(rig.folder, 'inbox', folder, name), text)
}

async function linesOf({ database, bookRow }: Rig): Promise<readonly string[]> {
  const lines = await readLines(database.kysely, (await bookRow()).id)
  return lines.map(({ date, amount, type }) => `${date} ${formatMoney(amount)} ${type}`)
}

const ORDERS =
  'Bestellung;Datum;Betrag;Menge;Status\n7;03/04/2026 10:00;1.234;1000;Completed\n8;04/04/2026 11:00;0,5;100;Completed\n'
const MOVEMENTS =
  'ID,Date,Type,Amount,Balance\n1,2026-04-03,Deposit,1234.00,1234.00\n2,2026-04-04,Order,-2.34,1231.66\n'

describeOnSqlite('the inbox', (fresh) => {
  it("reads a panel's order history as the configuration says", async () => {
    const rig = await rigOf(await fresh(), HISTORY)
    drop(rig, 'panel', 'orders.csv', ORDERS)
    await rig.night(nightMs(60))
    expect(rig.warnings.filter((warning) => warning.includes('the inbox'))).toEqual([])
    expect([...(await ordersOf(rig, 'panel')).keys()].sort()).toEqual(['7', '8'])
  })

  it('takes no list of what moved a wallet for orders', async () => {
    const rig = await rigOf(await fresh(), 'timeZone: UTC')
    drop(rig, 'panel', 'wallet.csv', MOVEMENTS)
    await rig.night(nightMs(60))
    expect(rig.warnings.join('\n')).toContain('wallet.csv looks like a list of wallet movements.')
    expect([...(await ordersOf(rig, 'panel')).keys()]).toEqual([])
  })

  it("reads a bank's table by the columns of its account, and takes of several accounts its own alone", async () => {
    const rig = await rigOf(await fresh(), 'timeZone: UTC')
    drop(
      rig,
      'checking',
      'two.csv',
      'Own account,Date,Wert,Amount in card currency,Text\n12345678,2026-03-02,-5.00,-4.10,a\n87654321,2026-03-03,-7.00,-6.10,b\n',
    )
    await rig.night(nightMs(60))
    expect(await linesOf(rig)).toEqual(['2026-03-02 -5.00 other'])
    expect(rig.warnings.join('\n')).toContain(
      "the inbox: two.csv: Not imported here, as it is another account's: account …4321, 1 line, 0.00 in, 7.00 out (USD).",
    )
  })
})

describeOnSqlite('what the configuration says of files', (fresh) => {
  it('goes behind what a command says, and is named where it cannot be', async () => {
    const rig = await rigOf(await fresh(), HISTORY)
    const [panel] = rig.book.sources
    if (panel?.type !== 'panel') throw new Error('no panel')
    expect(historyOptions(panel, { decimal: '.', timeZone: 'UTC' })).toEqual({
      timeZone: 'UTC',
      decimal: '.',
      dayOrder: 'day-first',
      delimiter: ';',
      columns: { orderId: 'Bestellung', charge: 'Betrag' },
    })
    expect(() => historyOptions({ ...panel, history: { columns: { price: 'x' } } })).toThrow(
      'history.columns of "panel" names the field "price", which no order history has.',
    )
    expect(statementTarget(rig.book, 'checking').said.columns).toEqual({
      roles: { amount: ['Wert'] },
      sign: 'in-positive',
    })
  })
})
