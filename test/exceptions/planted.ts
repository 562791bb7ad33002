/**
 * A world with planted errors: what is open after them, each with its amount and what landed as its evidence, and what
 * is left once the evidence has come that closes the others by themselves.
 */
import type { Database } from '../../src/db/database.ts'
import { formatMoney } from '../../src/domain/money/money.ts'
import { readBatch } from '../../src/log/landing.ts'
import { listExceptions } from '../../src/reconcile/exceptions.ts'
import type { Rig } from '../pipeline/harness.ts'

export interface Planted {
  readonly database: Database
  /** The evidence comes. */
  readonly mend: () => Promise<unknown>
  /** Null where a replay has a test of its own. */
  readonly rig: Rig | null
}

export interface PlantedWorld {
  readonly name: string
  /** Lives until every error is there. */
  readonly plant: (database: Database) => Promise<Planted>
  /** "panel MISSING_IN_BOOKS wallet -0.50 USD: panel-balance", the last word being what its evidence landed as. */
  readonly found: readonly string[]
  /** The same, of what only a person can settle. */
  readonly left: readonly string[]
}

/** What is open in a database of one book. */
export async function openIn({ kysely }: Database): Promise<readonly string[]> {
  const { id } = await kysely.selectFrom('book').select('id').executeTakeFirstOrThrow()
  const lines: string[] = []
  for (const each of await listExceptions(kysely, id, { status: 'open' })) {
    const { source, code, object, amount, currency, evidence } = each
    const landed = (await readBatch(kysely, id, evidence.batch)).find(({ item }) => item === evidence.item)
    const about = [source, code, object].filter((word) => word !== '').join(' ')
    const money = amount === null ? 'unknown' : formatMoney(amount)
    lines.push(`${about} ${money}${currency === null ? '' : ` ${currency}`}: ${landed?.kind ?? 'no evidence'}`)
  }
  return lines.toSorted()
}
