/** Kill -9 in the middle of a reconciliation, again and again: the same chain head as undisturbed, and a replay of it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { openDatabase } from '../../src/db/database.ts'
import { addDays } from '../../src/domain/time/dates.ts'
import { findBook } from '../../src/ledger/books.ts'
import { chainHead } from '../../src/ledger/digest.ts'
import { importStatements } from '../../src/pipeline/import-statement.ts'
import { NOTHING_SAID } from '../../src/pipeline/statements/remembered.ts'
import { createRandom } from '../../src/sandbox/world/random.ts'
import { describeEmptyUrls, newFolder, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays } from './counters-support.ts'
import { nightMs, rigOn, type Rig } from './harness.ts'
import { killedAgainAndAgain, runChild, verdictOn } from './killing.ts'
import { payments } from './scripted-book.ts'

const CONFIG = `database: sqlite:./tieout.db
books:
  - name: agency
    currency: USD
    accounts:
      - name: paypal
        type: paypal
        currency: USD
        fees: [{ name: standard, percent: '2' }]
        rules:
          - { contains: payelancer, means: payout, source: pub }
          - { contains: netpanel, means: top-up, source: panel }
    sources:
      - { name: pub, type: payelancer, role: publisher, baseUrl: 'https://network.example', apiKey: { env: KEY }, currency: USD, payouts: { minimum: '50' } }
      - { name: panel, type: panel, baseUrl: 'https://panel.example/api/v2', apiKey: { env: KEY }, currency: USD }
`

const ENV = { KEY: 'a-key-of-the-tests' }
const DAY = '2026-03-20'
const TOP_UPS = 8

/** What a night has to settle: lines of payouts and top-ups whose evidence came after them, and a payout that becomes due. */
async function prepared(url: string, config: string): Promise<void> {
  await withRig(url, config, async (rig) => {
    const lines = Array.from({ length: TOP_UPS }, (_, at) => `${dayOf(at)},NETPANEL INV-${at},-${at + 20}.00`)
    const path = join(rig.folder, 'paypal.csv')
    const rows = [
      'Date,Description,Amount',
      ...lines,
      '2026-03-18,PAYELANCER PAYOUT,147.00',
      '2026-03-19,INTEREST,0.12',
    ]
    writeFileSync(path, [...rows, ''].join('\n'))
    const said = { ...NOTHING_SAID, columns: { roles: {}, sign: 'in-positive' as const } }
    const request = { config: rig.config, book: rig.book, env: ENV }
    await importStatements(rig.environment(nightMs(19)), request, [
      { path, account: 'paypal', format: 'bank-csv', said },
    ])
    const topUps = Array.from({ length: TOP_UPS }, (_, at) => `${dayOf(at)},panel,top-up,${at + 20}.00,USD,INV-${at},`)
    const evidence = [
      '2026-03-01,pub,opening-balance,300.00,USD,,',
      '2026-03-17,pub,payout,150.00,USD,PP-1,',
      ...topUps,
    ]
    await rig.importEvidence(nightMs(19) + 60_000, payments(...evidence))
  })
}

function dayOf(at: number): string {
  return addDays('2026-03-02', at % 14)
}

async function withRig<T>(url: string, path: string, work: (rig: Rig) => Promise<T>): Promise<T> {
  const database = await openDatabase(url)
  const config = loadConfig(path)
  const [book] = config.books
  if (book === undefined) throw new Error('no book')
  try {
    return await work(rigOn(database, { folder: join(path, '..'), config, book, env: ENV }))
  } finally {
    await database.close()
  }
}

async function headOf(url: string): Promise<unknown> {
  const { kysely, close } = await openDatabase(url)
  try {
    return await chainHead(kysely, await findBook(kysely, 'agency'))
  } finally {
    await close()
  }
}

describeEmptyUrls('a reconciliation, killed', (freshUrl) => {
  it('ends with the same chain head, and replays to it', async () => {
    const config = join(newFolder(), 'tieout.yaml')
    writeFileSync(config, CONFIG)
    const job = { config, nowMs: nightMs(20), work: { kind: 'reconcile' as const, day: DAY } }
    const undisturbed = await freshUrl()
    await prepared(undisturbed, config)
    const before = await headOf(undisturbed)
    const { statements } = await runChild({ ...job, database: undisturbed, killAt: null }, ENV)
    const database = await freshUrl()
    await prepared(database, config)
    const random = createRandom(11, 'kill')
    await killedAgainAndAgain(
      { ...job, database },
      { random, statements: Math.floor(statements * 0.8), kills: 3, env: ENV },
    )
    const head = await headOf(database)
    expect(head).toEqual(await headOf(undisturbed))
    expect(head).not.toEqual(before)
    const verdict = await verdictOn(database, config)
    expect(verdict.findings).toEqual([])
    expect(verdict.digest).toBe((await verdictOn(undisturbed, config)).digest)
    await withRig(database, config, async (rig) => expectReplays(rig, await opened(newSqliteUrl())))
  }, 240_000)
})
