/** The checks whose troubles cannot be made on a test's machine: full disks, old zone tables, careless servers. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/load.ts'
import type { Patient } from '../../src/pipeline/doctor/check.ts'
import { postgresFindings } from '../../src/pipeline/doctor/database-checks.ts'
import { examine } from '../../src/pipeline/doctor/examine.ts'
import { checkDisk, checkTimeZones } from '../../src/pipeline/doctor/machine-checks.ts'
import { newFolder, newPostgresUrl } from '../support/databases.ts'

const MIB = 1024 * 1024
const NOW_MS = Date.UTC(2026, 2, 20)

const CONFIG = `database: { env: DATABASE }
books:
  - name: agency
    currency: USD
    export: { dir: ./exports/deep, formats: [csv] }
    sources:
      - { name: panel, type: panel, baseUrl: 'https://panel.example/api/v2', apiKey: { env: KEY }, currency: USD }
`

function patient(changes: Partial<Patient> = {}): Patient {
  const folder = newFolder()
  return {
    config: parseConfig(CONFIG, join(folder, 'tieout.yaml')),
    env: {},
    nowMs: NOW_MS,
    database: null,
    databaseError: null,
    databaseFolder: folder,
    probes: [],
    freeBytes: () => 5000 * MIB,
    signal: new AbortController().signal,
    ...changes,
  }
}

describe('room on the disk', () => {
  it.each([
    [5000, 'ok', '4.9 GiB free'],
    [2048, 'ok', '2.0 GiB free'],
    [2047, 'warn', 'only 2.0 GiB are free'],
    [200, 'warn', 'only 200 MiB are free'],
    [199, 'fail', 'only 199 MiB are free'],
  ] as const)('%i MiB: %s', (mib, verdict, says) => {
    const found = checkDisk(patient({ freeBytes: () => mib * MIB }))
    expect(found.map((each) => [each.about, each.verdict])).toEqual([
      ['database', verdict],
      ['agency export', verdict],
    ])
    expect(found[0]?.says).toContain(says)
  })

  it('is looked for above a folder that is made later', () => {
    const asked: string[] = []
    const freeBytes = (path: string): number => {
      asked.push(path)
      return 5000 * MIB
    }
    const one = patient({ freeBytes })
    expect(checkDisk(one)[1]?.says).toContain('exports/deep is made when it is needed')
    expect(asked).toEqual([one.databaseFolder, one.databaseFolder])
  })
})

describe('time zones', () => {
  it.each([
    ['2026a', 'ok'],
    ['2023d', 'warn'],
    ['', 'ok'],
  ] as const)('data of "%s": %s', (version, verdict) => {
    expect(checkTimeZones(patient(), version).map((each) => each.verdict)).toEqual([verdict])
  })

  it('that this Node.js does not know are named', () => {
    const { config, ...rest } = patient()
    const books = config.books.map((book) => ({ ...book, timeZone: 'Mars/Olympus' }))
    expect(checkTimeZones({ ...rest, config: { ...config, books } })).toMatchObject([
      { verdict: 'fail', about: 'Mars/Olympus' },
    ])
  })
})

describe('PostgreSQL', () => {
  const GOOD = { version: 16, fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' }

  it.each([
    ['as it should be', {}, ['ok']],
    ['old', { version: 13 }, ['fail']],
    ['without fsync', { fsync: 'off' }, ['fail']],
    ['without full page writes', { full_page_writes: 'off' }, ['fail']],
    ['with lazy commits', { synchronous_commit: 'off' }, ['fail']],
    ['with a standby', { synchronous_commit: 'remote_apply' }, ['ok']],
    [
      'wrong in every way',
      { version: 9, fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' },
      ['fail', 'fail', 'fail', 'fail'],
    ],
  ])('%s', (_what, changes, verdicts) => {
    expect(postgresFindings({ ...GOOD, ...changes }).map(({ verdict }) => verdict)).toEqual(verdicts)
  })

  it('is examined for real, and its password is never said', async () => {
    const { config, env, nowMs, signal } = patient()
    const examined = async (url: string) =>
      examine({ config, env: { ...env, DATABASE: url, KEY: 'k' }, nowMs, signal, offline: true })
    const url = await newPostgresUrl()
    const found = await examined(url)
    const about = (check: string) =>
      found.filter((each) => each.check === check).map(({ verdict, says }) => `${verdict}: ${says}`)
    expect(about('database')).toEqual(['ok: PostgreSQL, opens, all migrations are applied'])
    expect(about('durability')).toEqual([expect.stringContaining('fsync is off')])
    expect(about('integrity')).toEqual([expect.stringMatching(/checksums/)])
    expect(about('schedule')).toEqual(['warn: nothing has been booked yet.'])
    const wrong = new URL(url)
    wrong.pathname = '/no-such-database'
    wrong.password = 'hidden-password'
    const refused = await examined(wrong.href)
    expect(refused.find(({ check }) => check === 'database')).toMatchObject({ verdict: 'fail' })
    expect(JSON.stringify(refused)).not.toContain('hidden-password')
  })

  it('that is empty or not there is a warning and a failure', async () => {
    const { config, env, nowMs, signal } = patient()
    const verdictOf = async (url: string) => {
      const found = await examine({ config, env: { ...env, DATABASE: url }, nowMs, signal, offline: true })
      return found.find(({ check }) => check === 'database')
    }
    expect(await verdictOf(await newPostgresUrl({ empty: true }))).toMatchObject({
      verdict: 'warn',
      says: expect.stringContaining('holds no tieout books'),
    })
    expect(await verdictOf('postgres://nobody@127.0.0.1:9/none')).toMatchObject({
      verdict: 'fail',
      says: expect.stringContaining('cannot be reached'),
    })
  })
})
