/** Counters of which a reading waits for a person: what proofs, reports and approvals say of them. Only reads. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { foldCounter, type CounterOutcome } from '../payelancer/rules/counter.ts'
import type { CounterMode } from '../payelancer/rules/reading.ts'
import { loadCounter, type CounterOf } from '../payelancer/store/counter-facts.ts'

export interface HeldCounter {
  /** The first vendor day that waits. */
  readonly since: IsoDate
  /** The held reading, "12.1", and how many wait with it. */
  readonly reading: string
  readonly readings: number
}

export interface KnownCounter {
  readonly mode: CounterMode | null
  readonly throughBatch?: number
}

/** As it is, or as it was known through a batch. */
export async function counterKnown(
  db: Kysely<Tables>,
  of: CounterOf,
  { mode, throughBatch }: KnownCounter,
): Promise<CounterOutcome> {
  return foldCounter(await loadCounter(db, of, mode, throughBatch))
}

export function heldOf({ held }: CounterOutcome): HeldCounter | null {
  if (held === null) return null
  const { judged, names } = held
  return { since: judged.from, reading: judged.reading.name, readings: names.length }
}

/** The end of a sentence. */
export function heldWords({ since, readings }: HeldCounter): string {
  return `${readings === 1 ? 'a reading waits' : `${readings} readings wait`} since ${since}`
}
