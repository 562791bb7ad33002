/** Through which day a book's accounting systems were closed when they were asked last; nothing is asked here. */
import type { Kysely } from 'kysely'
import type { TargetConfig } from '../config/target-model.ts'
import type { Tables } from '../db/tables.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { knownCompany } from './mapping/company-store.ts'

export interface ClosedBooks {
  readonly target: string
  /** The last closed day. */
  readonly through: IsoDate
}

/** The target closed furthest; null when none is known to be closed. */
export async function latestClosed(
  db: Kysely<Tables>,
  book: bigint,
  targets: readonly Pick<TargetConfig, 'name'>[],
): Promise<ClosedBooks | null> {
  let latest: ClosedBooks | null = null
  for (const { name } of targets) {
    const known = await knownCompany(db, { book, target: name })
    const through = known?.company.closedThrough ?? null
    if (through !== null && (latest === null || through > latest.through)) latest = { target: name, through }
  }
  return latest
}
