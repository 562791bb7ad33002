/**
 * All checks as a table, and the doctor who goes through it: opens the database for reading, asks every source once, and
 * lets each check say what it finds. Nothing is changed, and a check that fails to run is a finding of its own.
 */
import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { databaseUrl } from '../../config/load.ts'
import type { Config } from '../../config/model.ts'
import type { Environment } from '../../config/secrets.ts'
import { openReadOnly, type Database } from '../../db/database.ts'
import { dueOrders } from '../../evidence/registry.ts'
import { findBook, sourceIds } from '../../ledger/books.ts'
import { checkBacklog, checkLedger, checkSchedule } from './book-checks.ts'
import { fail, type Check, type Finding, type Patient } from './check.ts'
import { checkStatusCurrencies } from './currency-checks.ts'
import { checkCompanies } from './company-checks.ts'
import { checkConnections } from './connection-checks.ts'
import { checkDelivery } from './delivery-checks.ts'
import { checkDurability, checkIntegrity, checkOpens, readable } from './database-checks.ts'
import { checkClocks, checkDisk, checkTimeZones } from './machine-checks.ts'
import { probeSources } from './probes.ts'
import { checkAddresses, checkAlerts, checkMappings, checkSecrets } from './settings-checks.ts'
import { checkDialects, checkSources } from './source-checks.ts'

export const CHECKS: readonly Check[] = [
  { name: 'secrets', needsCalls: false, run: checkSecrets },
  { name: 'addresses', needsCalls: false, run: checkAddresses },
  { name: 'mappings', needsCalls: false, run: onTables(checkMappings) },
  { name: 'disk', needsCalls: false, run: checkDisk },
  { name: 'time zones', needsCalls: false, run: (patient) => checkTimeZones(patient) },
  { name: 'database', needsCalls: false, run: checkOpens },
  { name: 'durability', needsCalls: false, run: checkDurability },
  { name: 'integrity', needsCalls: false, run: checkIntegrity },
  { name: 'ledger', needsCalls: false, run: onTables(checkLedger) },
  { name: 'backlog', needsCalls: false, run: onTables(checkBacklog) },
  { name: 'schedule', needsCalls: false, run: onTables(checkSchedule) },
  { name: 'alerts', needsCalls: false, run: onTables(checkAlerts) },
  { name: 'connections', needsCalls: false, run: onTables(checkConnections) },
  { name: 'delivery', needsCalls: false, run: onTables(checkDelivery) },
  { name: 'companies', needsCalls: true, run: onTables(checkCompanies) },
  { name: 'sources', needsCalls: true, run: checkSources },
  { name: 'dialect', needsCalls: true, run: checkDialects },
  { name: 'currencies', needsCalls: false, run: onTables(checkStatusCurrencies) },
  { name: 'clock', needsCalls: true, run: checkClocks },
]

export interface Examined extends Finding {
  readonly check: string
}

export interface Examination {
  readonly config: Config
  readonly env: Environment
  readonly nowMs: number
  readonly signal: AbortSignal
  readonly offline: boolean
  /** Free bytes at a path; the file system's answer unless a test gives its own. */
  readonly freeBytes?: (path: string) => number
}

export async function examine(examination: Examination): Promise<readonly Examined[]> {
  const { config, env, nowMs, signal, offline, freeBytes = freeOnDisk } = examination
  const opened = await tryOpen(config, env)
  const { database } = opened
  try {
    const ids = (book: string, source: string): Promise<readonly string[]> => someOrders(database, book, source, nowMs)
    const probes = offline ? [] : await probeSources({ config, env, signal, orderIds: ids })
    const patient: Patient = { config, env, nowMs, signal, probes, freeBytes, ...opened }
    const found: Examined[] = []
    for (const check of CHECKS) {
      if (check.needsCalls && offline) continue
      for (const finding of await runCheck(check, patient)) found.push({ check: check.name, ...finding })
    }
    return found
  } finally {
    await database?.close()
  }
}

async function runCheck({ name, run }: Check, patient: Patient): Promise<readonly Finding[]> {
  try {
    return await run(patient)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [fail('', `the check could not be made: ${reason}`, `Report this as a bug of the check "${name}".`)]
  }
}

/** A check that reads tieout's tables sees no database that lacks some of them. */
function onTables(run: Check['run']): Check['run'] {
  return async (patient) => run({ ...patient, database: await readable(patient.database) })
}

type Opened = Pick<Patient, 'database' | 'databaseError' | 'databaseFolder'>

async function tryOpen(config: Config, env: Environment): Promise<Opened> {
  let databaseFolder: string | null = null
  try {
    const url = databaseUrl(config, env)
    databaseFolder = url.startsWith('sqlite:/') ? dirname(url.slice('sqlite:'.length)) : null
    return { database: await openReadOnly(url), databaseError: null, databaseFolder }
  } catch (error) {
    const databaseError = error instanceof Error ? error : new Error(String(error))
    return { database: null, databaseError, databaseFolder }
  }
}

/** A few orders of the panel, so that the batch call is asked about something it knows; none will do too. */
async function someOrders(
  database: Database | null,
  book: string,
  source: string,
  nowMs: number,
): Promise<readonly string[]> {
  const tables = await readable(database)
  if (tables === null) return []
  const { kysely } = tables
  const known = await kysely.selectFrom('book').select('id').where('name', '=', book).executeTakeFirst()
  if (known === undefined) return []
  const id = (await sourceIds(kysely, await findBook(kysely, book))).get(source)
  if (id === undefined) return []
  return (await dueOrders(kysely, known.id, id, nowMs, null, 2)).map(({ orderId }) => orderId)
}

function freeOnDisk(path: string): number {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize
}
