/**
 * What happens to a process at a database of any kind: it is killed before or after a statement or around COMMIT, or it
 * stands still, perhaps for longer than its lease, while others go on.
 */
import type { Random } from '../../../src/sandbox/world/random.ts'
import type { Faults } from './faults.ts'
import type { SimProcess } from './processes.ts'
import type { Timeline } from './timeline.ts'
import type { Trace } from './trace.ts'

/** What every database of a computer is made of. */
export interface GateParts {
  readonly timeline: Timeline
  readonly faults: Faults
  readonly trace: Trace
  readonly random: Random
  /** A process stands still for longer than its lease. */
  readonly onFrozen: (ms: number) => void
}

export interface Gate extends GateParts {
  readonly process: SimProcess
  /** What its faults are counted as. */
}

/** Longer than a run's lease, and sometimes than the claim on what is being delivered. */
export function beyondLeaseMs(random: Random): number {
  return random.int(61_000, random.chance(0.3) ? 900_000 : 400_000)
}

export type StatementKind = 'begin' | 'commit' | 'rollback' | 'write' | 'read'

export const NEVER = new Promise<never>(() => undefined)

const READS = /^\s*(select|with|pragma|explain|show|values|savepoint|release|set)\b/i
const WRITING_WORD = /\b(insert|update|delete|truncate)\b/i

export function kindOf(sql: string): StatementKind {
  if (/^\s*(begin|start transaction)\b/i.test(sql)) return 'begin'
  if (/^\s*commit\b/i.test(sql)) return 'commit'
  if (/^\s*rollback\b/i.test(sql)) return 'rollback'
  return READS.test(sql) && !WRITING_WORD.test(sql) ? 'read' : 'write'
}

/** Before the statement is there: the process may stand still, or never come to send it. */
export async function passBefore(gate: Gate, kind: StatementKind): Promise<void> {
  const { process, random, trace, faults } = gate
  await process.thawed()
  if (!process.isAlive()) return NEVER
  if (kind === 'write' && faults.draw('database', ['kill-before']) !== null) return die(gate)
  if (kind === 'commit' && faults.draw('database', ['kill-before-commit']) !== null) return die(gate)
  if (kind !== 'begin') return
  const pause = faults.draw('database', ['paused-beyond-lease', 'paused'])
  if (pause === null) return
  const ms = pause === 'paused' ? random.int(1, 2000) : beyondLeaseMs(random)
  trace.add(`${process.id} stands still for ${ms} ms`)
  process.freeze(ms)
  if (pause === 'paused-beyond-lease') gate.onFrozen(ms)
  await process.thawed()
  if (!process.isAlive()) return NEVER
}

/** After it was done, and before the process learns of it. */
export async function passAfter(gate: Gate, kind: StatementKind): Promise<void> {
  const { process, faults, trace } = gate
  if (kind === 'commit') trace.add(`${process.id} commit`)
  if (kind === 'write' && faults.draw('database', ['kill-after']) !== null) return die(gate)
  if (kind === 'commit' && faults.draw('database', ['kill-after-commit']) !== null) return die(gate)
  if (!process.isAlive()) return NEVER
}

function die({ process, trace }: Gate): Promise<never> {
  trace.add(`${process.id} is killed at the database`)
  process.kill()
  return NEVER
}
