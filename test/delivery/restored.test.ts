/**
 * The drill: back up, two more nights sealed and delivered, restore, run the nights again and deliver. In both companies
 * each journal is there once, and what people read of it is true. A rehearsal's nights, and commands as they are typed.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fetch } from 'undici'
import { expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { openDatabase } from '../../src/db/database.ts'
import { prepareDemoFolder } from '../../src/demo/folder.ts'
import { rehearse } from '../../src/demo/nights.ts'
import { targetStateFile } from '../../src/demo/rehearsed-targets.ts'
import { startTargets } from '../../src/sandbox/targets/start.ts'
import { run, type Ran } from '../cli/support.ts'
import { newFolder } from '../support/databases.ts'

const SETTINGS = { seed: 9, start: '2026-03-01', nights: 5, ordersPerDay: 20 }

const NAMES = ['quickbooks', 'xero'] as const
type Name = (typeof NAMES)[number]

interface Drill {
  readonly folder: string
  readonly type: (...argv: string[]) => Promise<Ran>
  /** Lives through the nights up to this one; those that the database has finished are not run again. */
  readonly nights: (upTo: number) => Promise<void>
}

function newDrill(): Drill {
  const folder = join(newFolder(), 'demo')
  const path = prepareDemoFolder(folder)
  const config = loadConfig(path)
  const [book] = config.books
  if (book === undefined) throw new Error('the demo has a book')
  const nights = async (upTo: number): Promise<void> => {
    const database = await openDatabase(`sqlite:${join(folder, 'tieout.db')}`)
    const stop = new AbortController()
    const environment = { database, signal: stop.signal, progress: () => undefined, warn: () => undefined }
    const onNight = (night: number): void => {
      if (night === upTo && upTo < SETTINGS.nights) stop.abort(new Error('the morning'))
    }
    try {
      await rehearse({ config, book, env: {}, source: null, environment, onNight }, SETTINGS)
    } catch (error) {
      if (!stop.signal.aborted) throw error
    } finally {
      await database.close()
    }
  }
  return { folder, nights, type: (...argv) => typed(['--config', path, ...argv]) }
}

/** The consent of a person, in the terminal: what the address answers is where their browser would end. */
async function connect({ type }: Drill, target: Name): Promise<Ran> {
  return type('connect', target, '--no-browser')
}

/** Commands, with a browser that consents to whatever address was printed. */
async function typed(argv: readonly string[]): Promise<Ran> {
  const said: string[] = []
  const stderr = { write: (text: string) => void said.push(text), isTty: false, columns: undefined }
  const readLine = async (): Promise<string> => {
    const address = said.join('').match(/^http\S+/m)?.[0] ?? ''
    const page = await fetch(`${address}&answer=allow`, { redirect: 'manual' })
    return page.headers.get('location') ?? ''
  }
  return { ...(await run(argv, { stderr, readLine })), stderr: said.join('') }
}

interface Entry {
  readonly id: string
  readonly memo: string
  readonly status: string
  readonly lines: unknown
}

/** The companies of the rehearsal, whose books lie in its folder. */
async function inCompanies<T>({ folder }: Drill, work: (url: string) => Promise<T>): Promise<T> {
  const server = await startTargets({ stateFile: targetStateFile({ directory: folder }) })
  try {
    return await work(`${server.url}/_sandbox`)
  } finally {
    await server.close()
  }
}

async function companyEntries(url: string, name: Name): Promise<readonly Entry[]> {
  const answer = await fetch(`${url}/${name}/entries`)
  return (await answer.json()) as readonly Entry[]
}

/** What each company holds, as a person there sees it: memo and lines. */
async function entriesIn(drill: Drill): Promise<readonly string[]> {
  return inCompanies(drill, async (url) => {
    const found: string[] = []
    for (const name of NAMES)
      for (const { memo, status, lines } of await companyEntries(url, name))
        if (status === 'posted') found.push(`${name} ${memo} ${JSON.stringify(lines)}`)
    return found.toSorted()
  })
}

/** A person takes an entry out of both companies. */
async function takeOut(drill: Drill, document: string): Promise<void> {
  await inCompanies(drill, async (url) => {
    for (const name of NAMES) {
      const entry = (await companyEntries(url, name)).find(({ memo }) => memo.startsWith(`${document} `))
      const how = name === 'quickbooks' ? 'delete' : 'void'
      await fetch(`${url}/${name}/${how}`, { method: 'POST', body: JSON.stringify({ id: entry?.id }) })
    }
  })
}

async function expectTied({ type }: Drill): Promise<void> {
  const tied = await type('targets', 'tie-out')
  for (const name of NAMES) expect(tied.stdout).toMatch(new RegExp(`${name} ties out: \\d+ accounts, no difference`))
  expect(tied.exitCode).toBe(0)
  expect(await type('targets', 'drift', '--all')).toMatchObject({ exitCode: 0 })
  const proven = await type('ledger', 'verify', '--rebuild')
  expect(proven.stdout).toContain('everything holds')
}

/** The id of a book is made at random, and the log of one that was restored has gone on otherwise. */
function withoutId(entry: string): string {
  return entry.replace(/, heads [^,]+, book \w{8}/, '')
}

/** Two nights, a backup, two more, and back. */
async function restored(): Promise<{ readonly drill: Drill; readonly before: readonly string[] }> {
  const drill = newDrill()
  await drill.nights(2)
  const file = join(drill.folder, 'copy.db')
  expect(await drill.type('backup', file)).toMatchObject({ exitCode: 0 })
  await drill.nights(4)
  const before = await entriesIn(drill)
  expect(before).toHaveLength(6)
  const back = await drill.type('restore', file)
  expect(back.stdout).toMatch(
    /records of the log and \d+ transactions; last night 2026-03-04, and 2026-03-02 in the backup/,
  )
  return { drill, before }
}

it('says that a target must be connected again where its tokens were renewed since the backup, and sends nothing', async () => {
  const { drill, before } = await restored()
  await drill.nights(5)
  const stopped = await drill.type('deliver')
  expect(stopped.stdout).toContain(
    'no longer accepts this connection (invalid_grant). Run tieout connect quickbooks --book agency.',
  )
  expect((await drill.type('connections')).exitCode).toBe(1)
  const quickbooks = (entries: readonly string[]) => entries.filter((entry) => entry.startsWith('quickbooks'))
  expect(quickbooks(await entriesIn(drill))).toEqual(quickbooks(before))
}, 60_000)

it('leaves each journal once in both companies, adopts what is there, and everything agrees', async () => {
  const { drill, before } = await restored()
  for (const name of NAMES) expect(await connect(drill, name)).toMatchObject({ exitCode: 0 })
  // Each night finds the downloads of its own day.
  rmSync(join(drill.folder, 'inbox'), { recursive: true })
  await drill.nights(5)
  const after = await entriesIn(drill)
  expect(after).toEqual(expect.arrayContaining([...before]))
  const neverRestored = newDrill()
  await neverRestored.nights(5)
  expect(after.map(withoutId)).toEqual((await entriesIn(neverRestored)).map(withoutId))
  await expectTied(drill)
}, 60_000)

it('adopts a day that was sealed later with the same lines, and refuses one that late data changed, with the way on', async () => {
  const { drill, before } = await restored()
  for (const name of NAMES) await connect(drill, name)
  // The downloads of all days are in the inbox: the first night knows more than it did.
  await drill.nights(5)
  expect(await entriesIn(drill)).toEqual(expect.arrayContaining([...before]))
  const history = await drill.type('targets', 'history', 'AGENCY-20260302-1')
  expect(history.stdout).toContain('it had arrived before a restore')
  const open = await drill.type('todo', '--json')
  for (const name of NAMES) {
    expect(open.stdout).toContain(
      `to have ours, delete or void theirs there, then: tieout deliver --retry AGENCY-20260303-1 --target ${name}.`,
    )
  }
  expect(open.stdout.match(/"DELIVERY_FAILED"/g)).toHaveLength(2)
  await takeOut(drill, 'AGENCY-20260303-1')
  for (const name of NAMES) {
    const sent = await drill.type('deliver', '--retry', 'AGENCY-20260303-1', '--target', name)
    expect(sent.stdout).toContain(`${name}: 1 entry created`)
  }
  expect(await entriesIn(drill)).toHaveLength(8)
  await expectTied(drill)
  // What the restore has lost is named in the entry that it left there.
  expect((await drill.type('targets', 'tie-out')).stdout).toMatch(
    /AGENCY-20260302-1 \(id \S+\) says that .* It was adopted as one from before a backup was restored\./,
  )
}, 60_000)
