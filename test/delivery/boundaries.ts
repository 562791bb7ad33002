/**
 * A delivery of one journal that goes in two parts to QuickBooks and on another day to Xero, whose access tokens have run
 * out, and what must have become of it in the end whatever happened on the way.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { CompiledQuery } from 'kysely'
import { expect } from 'vitest'
import { loadMappings } from '../../src/config/mappings.ts'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { withWork } from '../../src/pipeline/delivery/deliver-book.ts'
import { deliverTarget } from '../../src/pipeline/delivery/deliver-target.ts'
import { tieOut } from '../../src/targets/outbox/tie-out.ts'
import type { Work } from '../../src/targets/outbox/work.ts'
import { environmentOf } from './delivered-book.ts'
import type { DeliveryJob } from './delivering-child.ts'
import { bookOf, contentAt, ENV, NAMES, prepare, type Emulated, type Engine, type Prepared } from './emulated-book.ts'
import { LASTING_ID } from './support.ts'

const CHILD = join(import.meta.dirname, 'delivering-child.ts')

export async function prepareHard(engine: Engine, days = 1): Promise<Prepared> {
  return prepare(engine, days, [['panel', 'charge', 'grosspanel', '2.50', '2026-11-01']])
}

const OF = 'USD journal of 2026-11-01'
const CLOSED = 'for 2026-11-01 because the books are closed through 2026-11-01'

/** Line by line what a person finds there. */
const CONTENT = {
  quickbooks: [
    {
      memo: `ACMEADS-20261101-1.1 ${OF}, part 1 of 2, ledger 1..2, book ${LASTING_ID}`,
      status: 'posted',
      document: 'ACMEADS-20261101-1.1',
      date: '2026-11-01',
      currency: 'USD',
      lines: [
        {
          account: 'Prepaid - SMM panel wallet',
          amount: '-2.50',
          description: 'Prepaid - SMM panel wallet, grosspanel',
        },
        { account: 'SMM services cost', amount: '2.50', description: 'SMM services cost, grosspanel' },
      ],
    },
    {
      memo: `ACMEADS-20261101-1.2 ${OF}, part 2 of 2, ledger 1..2, book ${LASTING_ID}`,
      status: 'posted',
      document: 'ACMEADS-20261101-1.2',
      date: '2026-11-01',
      currency: 'USD',
      lines: [
        { account: 'Prepaid - SMM panel wallet', amount: '-1.25', description: 'Prepaid - SMM panel wallet, netpanel' },
        { account: 'SMM services cost', amount: '1.25', description: 'SMM services cost, netpanel' },
      ],
    },
  ],
  xero: [
    {
      memo: `ACMEADS-20261101-1 ${OF}, ledger 1..2, ${CLOSED}, book ${LASTING_ID}`,
      status: 'posted',
      document: null,
      date: '2026-11-02',
      currency: 'USD',
      lines: [
        { account: '1310', amount: '-2.50', description: 'Prepaid - SMM panel wallet, grosspanel (for 2026-11-01)' },
        { account: '1310', amount: '-1.25', description: 'Prepaid - SMM panel wallet, netpanel (for 2026-11-01)' },
        { account: '5100', amount: '2.50', description: 'SMM services cost, grosspanel (for 2026-11-01)' },
        { account: '5100', amount: '1.25', description: 'SMM services cost, netpanel (for 2026-11-01)' },
      ],
    },
  ],
}

/** Access tokens are good no more; the refresh tokens still are. */
export async function expireTokens({ talk }: Emulated): Promise<void> {
  for (const name of NAMES) {
    const { status, text: said } = await talk.control(`${name}/expire`, { tokens: 'access' })
    if (status !== 200) throw new Error(said)
  }
}

async function eachTarget(database: Database, emulated: Emulated, work: (work: Work) => Promise<void>): Promise<void> {
  const { config, book } = emulated
  const row = await bookOf(database)
  const request = { config, book, env: ENV }
  // Processes that were killed lived by the machine's clock.
  const environment = environmentOf({ database, clock: { ms: Date.now() } })
  const mappings = loadMappings()
  for (const target of book.targets) await withWork(environment, { book: row, request, target, mappings }, work)
}

/** A whole delivery in this process. */
export async function deliverAll(database: Database, emulated: Emulated): Promise<void> {
  await eachTarget(database, emulated, async (work) => {
    await deliverTarget(work, { limit: null, drift: 'no' })
  })
}

/** Each entry once and as it must be, all read back, and the books tie out. */
export async function expectDelivered(database: Database, emulated: Emulated): Promise<void> {
  for (const name of NAMES) {
    const there = await contentAt(emulated, name)
    // The hash in it is another in every database.
    expect(there.map((entry) => ({ ...entry, memo: entry.memo.replace(/, heads 2:[0-9a-f]{16},/, ',') }))).toEqual(
      CONTENT[name],
    )
  }
  await expectClosed(database, emulated)
  const { rows } = await database.kysely.executeQuery<{ readonly document: string }>(
    CompiledQuery.raw('select document from outbox order by target, document'),
  )
  expect(rows.map(({ document }) => document)).toEqual([
    'ACMEADS-20261101-1.1',
    'ACMEADS-20261101-1.2',
    'ACMEADS-20261101-1',
  ])
}

/** Everything is read back as it was sent, and the books tie out. */
export async function expectClosed(database: Database, emulated: Emulated): Promise<void> {
  await eachTarget(database, emulated, async (work) => {
    const answer = await tieOut(work)
    expect(answer).toMatchObject({ ok: true, tieOut: { isTied: true, explanations: [], strange: [], misfits: [] } })
  })
  const { rows } = await database.kysely.executeQuery<{ readonly state: string }>(
    CompiledQuery.raw('select distinct state from outbox'),
  )
  expect(rows.map(({ state }) => state)).toEqual(['verified'])
}

/** The delivery after whatever happened, in this process. */
export async function finish(url: string, emulated: Emulated): Promise<void> {
  const database = await openDatabase(url)
  try {
    await deliverAll(database, emulated)
    await expectDelivered(database, emulated)
  } finally {
    await database.close()
  }
}

/** A delivery in a process of its own, which kills itself just before its n-th write unless that is null. */
export function start(emulated: Emulated, database: string, killAt: number | null = null): ChildProcess {
  const job: DeliveryJob = { config: emulated.configPath, database, killAt }
  return spawn(process.execPath, [CHILD, JSON.stringify(job)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...ENV },
  })
}

export async function end(child: ChildProcess): Promise<'killed' | 'ended'> {
  const said = child.stderr === null ? Promise.resolve('') : text(child.stderr)
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null] // As Node documents the event.
  if (signal === 'SIGKILL') return 'killed'
  if (code !== 0) throw new Error(await said)
  return 'ended'
}
