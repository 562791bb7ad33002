/**
 * A company into which another database's book delivers already: under one prefix a second book is not connected to it, and
 * the doctor finds one that is. Real emulators over HTTP; each book in a database of its own.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { loadConfig } from '../../src/config/load.ts'
import { checkCompanies } from '../../src/pipeline/doctor/company-checks.ts'
import { lastingIdOf } from '../../src/ledger/book-identity.ts'
import { approve, newBook, post } from '../journals/support.ts'
import { run, type Ran } from '../cli/support.ts'
import { newFolder, newSqliteUrl, opened } from '../support/databases.ts'
import { emulators, ENV, joined, NAMES, type Emulated } from './emulated-book.ts'

const PREFIX = 'ACMEADSN'

interface Taken extends Emulated {
  readonly database: Database
  /** The id of the book that delivers there. */
  readonly lastingId: string
}

/** Both companies hold one entry of a book of another database. */
async function taken(documentPrefix: string | undefined): Promise<Taken> {
  const emulated = await emulators('plain')
  const database = await opened(`sqlite:${join(dirname(emulated.configPath), 'tieout.db')}`)
  const book = await newBook(database, 'acme-ads')
  await post(database, book, [['panel', 'charge', 'netpanel', '1.25', '2026-11-01']])
  await approve(database, book, { documentPrefix })
  await joined(database, book, emulated)
  const delivered = await run(['--config', emulated.configPath, 'deliver'], { env: ENV })
  expect(delivered).toMatchObject({ exitCode: 0 })
  return { ...emulated, database, lastingId: await lastingIdOf(database.kysely, book.id) }
}

/** A configuration of its own in a folder of its own, with the same companies. */
function otherConfig({ configPath }: Emulated, documentPrefix: string | null): string {
  const stated = documentPrefix === null ? '' : `\n    documentPrefix: ${documentPrefix}`
  const text = readFileSync(configPath, 'utf8').replace('  - name: acme-ads', `  - name: acme-ads${stated}`)
  const path = join(newFolder(), 'tieout.yaml')
  writeFileSync(path, text)
  return path
}

async function connectTo(path: string, target: string): Promise<Ran> {
  let shown = ''
  const stderr = { write: (text: string) => void (shown += text), isTty: false, columns: undefined }
  const readLine = async (): Promise<string> => {
    const address = shown.split('\n').find((line) => line.startsWith('http')) ?? ''
    const consented = await fetch(address, { redirect: 'manual' })
    return consented.headers.get('location') ?? ''
  }
  const ran = await run(['--config', path, 'connect', target, '--no-browser'], { env: ENV, readLine, stderr })
  return { ...ran, stderr: shown }
}

describe.each(NAMES)('%s: a company with the entries of another database', (target) => {
  it.each([PREFIX, null, 'SOUTH'])(
    'is connected (prefix %s), and the entries of that book are said',
    async (prefix) => {
      const other = await taken(PREFIX)
      const path = otherConfig(other, prefix)
      const ran = await connectTo(path, target)
      expect(ran.exitCode).toBe(1)
      const text = ran.stdout.replaceAll(/\s+/g, ' ')
      expect(text).toContain(`1, 1.25 USD, of 2026-11-01 (book ${other.lastingId})`)
      expect(text).toContain(`tieout targets take-over ${other.lastingId} --target ${target} --why WHY`)
      expect(text).toContain(`tieout targets another-book ${other.lastingId} --target ${target} --why WHY`)
      expect(text).not.toContain('leave')
      expect(ran.stderr).not.toContain('could not be looked up')
    },
  )

  it('is connected when it gives no answer to the look, and that is said', async () => {
    const other = await taken(PREFIX)
    // The token and the company's name come, and then nothing.
    const script = ['none', 'none', ...Array<string>(8).fill('503')]
    expect((await other.talk.control(`${target}/faults`, { script })).status).toBe(200)
    const ran = await connectTo(otherConfig(other, PREFIX), target)
    expect(ran).toMatchObject({ exitCode: 0 })
    const text = ran.stderr.replaceAll(/\s+/g, ' ')
    expect(text).toContain('Whether books that this database does not know have entries in')
    expect(text).toContain('The first delivery looks again before it sends anything.')
  })

  it('is what the doctor finds where it was connected all the same', async () => {
    const other = await taken(PREFIX)
    const database = await opened(newSqliteUrl())
    await joined(database, await newBook(database, 'acme-ads'), other)
    const look = async (prefix: string | null) => {
      const found = await checkCompanies({
        config: loadConfig(otherConfig(other, prefix)),
        env: ENV,
        nowMs: Date.now(),
        database,
        databaseError: null,
        databaseFolder: null,
        probes: [],
        freeBytes: () => 0,
        signal: new AbortController().signal,
      })
      return found.find(({ about }) => about === `acme-ads/${target}`)
    }
    expect(await look('SOUTH')).toMatchObject({ verdict: 'ok' })
    expect(await look(PREFIX)).toMatchObject({
      verdict: 'fail',
      says: expect.stringContaining(`entry ${PREFIX}-20261101-1 of the book with id ${other.lastingId}`) as string,
      next: expect.stringContaining('state another documentPrefix for acme-ads.') as string,
    })
    await database.kysely.updateTable('connection').set({ access_expires_at_ms: 1n }).execute()
    expect(await look(PREFIX)).toMatchObject({
      verdict: 'ok',
      says: expect.stringContaining('not looked into') as string,
    })
  })
})
