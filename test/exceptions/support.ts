/** A book of one panel with a wallet, a person who decides between its nights, and a proof that a replay decides the same. */
import { expect } from 'vitest'
import { parseMoney } from '../../src/domain/money/money.ts'
import type { ResolutionName } from '../../src/domain/exceptions/resolutions.ts'
import { decideException, type ExceptionDecided, type ExceptionWord } from '../../src/pipeline/exception-decisions.ts'
import { exceptionDossier, type ExceptionDossier } from '../../src/pipeline/exception-dossier.ts'
import { historyOf } from '../../src/reconcile/exceptions/history.ts'
import { expectReplays } from '../pipeline/counters-support.ts'
import { HOUR_MS, nightMs, rigOn, type Rig } from '../pipeline/harness.ts'
import { exceptionsOf } from '../pipeline/reads.ts'
import { history, payments, scriptedBook, type ScriptedBook } from '../pipeline/scripted-book.ts'
import type { Database } from '../../src/db/database.ts'
import { newSqliteUrl, opened } from '../support/databases.ts'

export const PERSON = { by: 'Ada', why: 'asked the panel' }

/** 100.00 in the wallet, and orders of 1.00 each for 1000 units, running since the first night. */
export async function walletBook(database: Database, ids: readonly string[]): Promise<ScriptedBook> {
  const book = await scriptedBook(database)
  const { rig, vendors } = book
  const rows = ids.map((id) => `${id},2026-03-01 10:00:00,http://x,1.00000,0,1000,1,In progress,1000`)
  if (rows.length > 0) await rig.importOrders(nightMs(1), 'panel', history(...rows))
  for (const id of ids) vendors.orders.set(id, { status: 'In progress', charge: '1.00000', remains: '1000' })
  vendors.balance = `${100 - ids.length}.00000`
  await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
  await rig.night(nightMs(1))
  expect(await exceptionsOf(rig)).toEqual([])
  return book
}

interface Said {
  readonly amount?: string
  readonly reference?: string
  readonly by?: string
  readonly hours?: number
  readonly line?: number | null
}

/** A person's word about the one open exception of a code, some hours after a night. */
export async function resolve(
  rig: Rig,
  night: number,
  code: string,
  as: ResolutionName,
  { amount, reference, line = null, by = PERSON.by, hours = 12 }: Said = {},
): Promise<ExceptionDecided> {
  const word: ExceptionWord = {
    decide: 'resolve',
    as,
    amount: amount === undefined ? null : String(units(amount)),
    reference: reference ?? null,
    date: null,
    earned: null,
    reading: null,
    line,
    by,
    why: PERSON.why,
  }
  return decide(rig, nightMs(night) + hours * HOUR_MS, await numberOf(rig, code), word)
}

export function decide(rig: Rig, atMs: number, number: number, word: ExceptionWord): Promise<ExceptionDecided> {
  const request = { config: rig.config, book: rig.book, env: rig.env }
  return decideException(rig.environment(atMs), request, number, word)
}

export async function numberOf(rig: Rig, code: string): Promise<number> {
  const open = (await exceptionsOf(rig)).filter((each) => each.code === code)
  const [found] = open
  if (found === undefined || open.length > 1) throw new Error(`${open.length} open ${code}`)
  return found.number
}

export async function dossierOf(rig: Rig, number: number, atMs: number): Promise<ExceptionDossier> {
  const dossier = await exceptionDossier(rig.database.kysely, await rig.bookRow(), number, atMs)
  if (dossier === null) throw new Error(`no exception ${number}`)
  return dossier
}

export async function eventsOf(rig: Rig, number: number): Promise<readonly string[]> {
  const { id } = await rig.bookRow()
  return (await historyOf(rig.database.kysely, id, number)).map(({ event, resolution }) =>
    resolution === null ? event : `${event} as ${resolution}`,
  )
}

export function units(text: string): bigint {
  const parsed = parseMoney(text)
  if (!parsed.ok) throw new Error(`${text} is no amount`)
  return parsed.units
}

/** The landing alone gives the same books, the same exceptions with the same numbers, and the same histories. */
export async function expectSameAfterReplay(rig: Rig): Promise<void> {
  const into = await opened(newSqliteUrl())
  await expectReplays(rig, into)
  expect(await linesOf(rigOn(into, rig))).toEqual(await linesOf(rig))
}

async function linesOf(rig: Rig) {
  const { id } = await rig.bookRow()
  const all = [...(await exceptionsOf(rig)), ...(await exceptionsOf(rig, 'closed'))]
  return Promise.all(all.map(async ({ number }) => [number, await historyOf(rig.database.kysely, id, number)]))
}
