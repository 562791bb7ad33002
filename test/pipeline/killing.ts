/**
 * Children that are killed, and what is to be said about the books they leave: shared by the kill tests. Where a child
 * dies is drawn from a seed, so a failure repeats.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { loadConfig } from '../../src/config/load.ts'
import { loadMappings } from '../../src/config/mappings.ts'
import { openDatabase } from '../../src/db/database.ts'
import { findBook } from '../../src/ledger/books.ts'
import { booksDigest } from '../../src/ledger/digest.ts'
import { verifyLedger } from '../../src/ledger/verify/verify.ts'
import { verifyLog } from '../../src/pipeline/verify-log.ts'
import { proveBook } from '../../src/reconcile/prove-book.ts'
import type { Random } from '../../src/sandbox/world/random.ts'
import type { Job } from './killable.ts'

const CHILD = join(import.meta.dirname, 'killable.ts')

export interface Ended {
  readonly killed: boolean
  readonly statements: number
}

export async function runChild(job: Job, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null, string | null]>,
  ])
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(stderr)
  return { killed: signal === 'SIGKILL', statements: Number(stdout) }
}

export interface Kills {
  readonly random: Random
  /** A kill falls on one of so many first statements. */
  readonly statements: number
  readonly kills: number
  readonly env: Readonly<Record<string, string>>
}

/** Kills the job at drawn statements, then lets it live. */
export async function killedAgainAndAgain(
  job: Omit<Job, 'killAt'>,
  { random, statements, kills, env }: Kills,
): Promise<void> {
  for (let round = 0; round < kills; round += 1) {
    const { killed } = await runChild({ ...job, killAt: random.int(1, statements) }, env)
    if (!killed) return
  }
  await runChild({ ...job, killAt: null }, env)
}

export interface Verdict {
  readonly digest: string
  readonly findings: readonly unknown[]
  readonly differences: readonly (bigint | null)[]
}

export async function verdictOn(url: string, configPath: string): Promise<Verdict> {
  const config = loadConfig(configPath)
  const [book] = config.books
  if (book === undefined) throw new Error('no book')
  const database = await openDatabase(url)
  try {
    const row = await findBook(database.kysely, book.name)
    const { rules } = loadMappings(config.mappings)
    const sources = book.sources.map((source) => ({
      name: source.name,
      currency: source.currency,
      kind: source.type === 'panel' ? ('panel' as const) : source.role,
    }))
    const proofs = await proveBook(database.kysely, row.id, { rules, sources })
    return {
      digest: await booksDigest(database.kysely, row),
      findings: (await verifyLedger(database.kysely, row, [verifyLog])).findings,
      differences: proofs.map((proof) => proof.difference),
    }
  } finally {
    await database.close()
  }
}
