/**
 * What a check of the doctor is given and what it says. A check changes nothing and never throws for what it finds:
 * each finding is one line, what is wrong and what to do, without a secret in it.
 */
import type { Config } from '../../config/model.ts'
import type { Environment } from '../../config/secrets.ts'
import type { Database } from '../../db/database.ts'
import type { Probe } from './probes.ts'

export type Verdict = 'ok' | 'warn' | 'fail'

export interface Finding {
  readonly verdict: Verdict
  /** The source, file, folder or channel it is about; '' for the whole. */
  readonly about: string
  readonly says: string
  /** What to do; '' when nothing is. */
  readonly next: string
}

export interface Patient {
  readonly config: Config
  readonly env: Environment
  /** The clock of the command; `--now` sets it. */
  readonly nowMs: number
  /** The database opened for reading; null when it cannot be opened, which its own check reports. */
  readonly database: Database | null
  /** Why it could not be opened; null when it could, or when there is none yet. */
  readonly databaseError: Error | null
  /** Where the SQLite file is or will be, absolute; null for PostgreSQL. */
  readonly databaseFolder: string | null
  /** What every source answered; empty with --offline. */
  readonly probes: readonly Probe[]
  /** Free bytes at a path. */
  readonly freeBytes: (path: string) => number
  readonly signal: AbortSignal
}

export interface Check {
  readonly name: string
  /** True when it needs the sources' answers, which --offline does without. */
  readonly needsCalls: boolean
  readonly run: (patient: Patient) => Promise<readonly Finding[]> | readonly Finding[]
}

export function ok(about: string, says: string): Finding {
  return { verdict: 'ok', about, says, next: '' }
}

export function warn(about: string, says: string, next: string): Finding {
  return { verdict: 'warn', about, says, next }
}

export function fail(about: string, says: string, next: string): Finding {
  return { verdict: 'fail', about, says, next }
}
