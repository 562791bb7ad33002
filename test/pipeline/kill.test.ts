/**
 * Kill -9 at any database statement, again and again, then once to the end: the books are those of nights nobody
 * disturbed, and no damage is found.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/sandbox/world/random.ts'
import { newFolder, newPostgresUrl, newSqliteUrl } from '../support/databases.ts'
import { configText, type SourceLine } from './harness.ts'
import { killedAgainAndAgain, runChild, verdictOn, type Verdict } from './killing.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')
const WORK = { nowMs: 0, work: { kind: 'rehearse' as const } }
const ENV = {
  KEY_PUB: 'sandbox-publisher-key',
  KEY_ADS: 'sandbox-advertiser-key',
  KEY_NETPANEL: 'sandbox-netpanel-key',
  KEY_GROSSPANEL: 'sandbox-grosspanel-key',
}

const SOURCES: readonly SourceLine[] = [
  { name: 'pub', kind: 'publisher', url: 'https://payelancer.example' },
  { name: 'ads', kind: 'advertiser', url: 'https://payelancer.example' },
  { name: 'netpanel', kind: 'panel', url: 'https://netpanel.example/api/v2' },
  { name: 'grosspanel', kind: 'panel', url: 'https://grosspanel.example/api/v2', timeZone: 'Europe/Berlin' },
]

/** A folder with a rehearsal of three nights. */
function rehearsal(): string {
  const folder = newFolder()
  const sandbox = "sandbox: { seed: 9, start: '2026-03-01', nights: 3, ordersPerDay: 60 }\n"
  const path = join(folder, 'tieout.yaml')
  writeFileSync(path, sandbox + configText(SOURCES))
  return path
}

let whole: Promise<{ readonly verdict: Verdict; readonly statements: number }> | undefined

/** The same rehearsal, undisturbed; its digest holds for both engines. */
function undisturbed(): NonNullable<typeof whole> {
  return (whole ??= (async () => {
    const config = rehearsal()
    const database = newSqliteUrl()
    const { statements } = await runChild({ ...WORK, config, database, killAt: null }, ENV)
    return { verdict: await verdictOn(database, config), statements }
  })())
}

describe.each([
  ['SQLite', 3, async () => newSqliteUrl()],
  ['PostgreSQL', 2, () => newPostgresUrl()],
] as const)('nights that are killed, on %s', (_engine, kills, freshUrl) => {
  it('end with the same books as nights nobody disturbed', async () => {
    const { verdict, statements } = await undisturbed()
    expect(verdict.differences).toEqual([0n, 0n, 0n, 0n])
    expect(verdict.findings).toEqual([])
    const database = await freshUrl()
    const config = rehearsal()
    const random = createRandom(1, 'kill')
    // Half of all statements: kills fall into every night, since each child begins where the last one died.
    const plan = { random, statements: Math.floor(statements / 2), kills, env: ENV }
    await killedAgainAndAgain({ ...WORK, config, database }, plan)
    expect(await verdictOn(database, config)).toEqual(verdict)
  }, 60_000)
})

describe('the program itself', () => {
  it('killed while it runs a folder of nights goes on with the next sync, to the same books', async () => {
    const { verdict } = await undisturbed()
    const config = rehearsal()
    const options = { env: { ...process.env, ...ENV } }
    const child = spawn(process.execPath, [MAIN, '--config', config, 'sync'], {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    for await (const line of createInterface(child.stderr)) {
      if (line.startsWith('night 2 of 3')) child.kill('SIGKILL')
    }
    const again = spawn(process.execPath, [MAIN, '--config', config, 'sync', '--json'], { ...options, stdio: 'ignore' })
    const [code] = (await once(again, 'exit')) as [number]
    // Findings: two rows of accounts that are not configured wait for a person.
    expect(code).toBe(1)
    expect(await verdictOn(`sqlite:${join(config, '../tieout.db')}`, config)).toEqual(verdict)
  }, 60_000)
})
