/** Kill -9 in the middle of importing statements, again and again: every line is there once, and the ledger verifies. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { readLines } from '../../src/evidence/statements/lines.ts'
import { findBook } from '../../src/ledger/books.ts'
import { createRandom } from '../../src/sandbox/world/random.ts'
import { describeEmptyUrls, newFolder } from '../support/databases.ts'
import { nightMs } from './harness.ts'
import { killedAgainAndAgain, runChild, verdictOn } from './killing.ts'

const CONFIG = `database: sqlite:./tieout.db
books:
  - name: agency
    currency: USD
    accounts: [{ name: checking, type: bank, currency: USD }]
    sources:
      - { name: panel, type: panel, baseUrl: 'https://panel.example/api/v2', apiKey: { env: KEY_PANEL }, currency: USD }
`

/** Lines `from` to `to` of one long statement: three a day, two of them identical. */
function statement(from: number, to: number): string {
  const rows = Array.from({ length: to - from }, (_, at) => {
    const number = from + at
    const day = new Date(Date.UTC(2026, 0, 1 + Math.floor(number / 3))).toISOString().slice(0, 10)
    const spent = number + 1 + Math.floor(number / 3) + 1
    return `${day},${number % 3 === 0 ? '-2.00' : '-1.00'},${(100_000 - spent).toFixed(2)},${number % 3 === 0 ? 'tea' : 'coffee'}`
  })
  return ['Date,Amount,Balance,Description', ...rows, ''].join('\n')
}

describeEmptyUrls('importing statements that overlap, killed', (freshUrl) => {
  it('ends with every line once', async () => {
    const folder = newFolder()
    const config = join(folder, 'tieout.yaml')
    writeFileSync(config, CONFIG)
    const files = [statement(0, 700), statement(500, 1200)].map((text, at) => {
      const path = join(folder, `${at}.csv`)
      writeFileSync(path, text)
      return path
    })
    const env = { KEY_PANEL: 'a-key-of-the-tests' }
    const job = { config, nowMs: nightMs(30), work: { kind: 'statements' as const, files, account: 'checking' } }
    const undisturbed = await freshUrl()
    const { statements } = await runChild({ ...job, database: undisturbed, killAt: null }, env)
    const database = await freshUrl()
    const random = createRandom(7, 'kill')
    await killedAgainAndAgain({ ...job, database }, { random, statements: Math.floor(statements / 2), kills: 4, env })
    expect(await linesIn(database)).toEqual(await linesIn(undisturbed))
    expect(await linesIn(database)).toHaveLength(1200)
    expect((await verdictOn(database, config)).findings).toEqual([])
  }, 90_000)
})

async function linesIn(url: string): Promise<readonly string[]> {
  const { kysely, close } = await openDatabase(url)
  try {
    const { id } = await findBook(kysely, 'agency')
    return (await readLines(kysely, id)).map(({ date, balance, description }) => `${date} ${balance} ${description}`)
  } finally {
    await close()
  }
}
