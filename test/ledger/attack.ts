/**
 * Attacks on the books as data, and what runs them: a book of three transactions with its evidence landed, the attack as
 * raw SQL, then everything `tieout ledger verify` checks. The tables of attacks are in the tests beside this.
 */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { DialectName } from '../../src/db/dialect.ts'
import { landBatch, type NewLanding } from '../../src/log/landing.ts'
import type { Book } from '../../src/ledger/books.ts'
import { verifyLedger } from '../../src/ledger/verify/verify.ts'
import { verifyLog } from '../../src/pipeline/verify-log.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { THREE, newBook, post } from '../support/ledger.ts'
import { dropTriggers } from '../support/unguarded.ts'

export interface Attack {
  readonly name: string
  /** Statements, run one after the other. `$HASH` is 32 zero bytes, `$BODY` a body nobody landed. */
  readonly sql: readonly string[] | Readonly<Record<DialectName, readonly string[]>>
  /** 'refused', or every code that verify gives, in order. */
  readonly outcome: 'refused' | readonly string[]
  /** Drops every trigger of these tables first: verify then finds that as well. */
  readonly unguarded?: readonly string[]
  readonly only?: DialectName
}

/** The table also names the engines: an attack on one of them alone is not run on the other. */
export function describeAttacks(name: string, attacks: readonly Attack[]): void {
  describeOnBothEngines(name, (fresh) => {
    it.each(attacks)('$name', async ({ sql: statements, outcome, unguarded = [], only }) => {
      const database = await fresh()
      if (only !== undefined && only !== database.dialect) return
      const book = await newBook(database)
      await landThree(database, book)
      await post(database, book, THREE)
      for (const table of unguarded) await dropTriggers(database.kysely, table)
      const own = 'sqlite' in statements ? statements[database.dialect] : statements
      const attack = async (): Promise<void> => {
        for (const statement of own) await run(database, statement)
      }
      if (outcome === 'refused') await expect(attack()).rejects.toThrow()
      else await attack()
      const { findings } = await verifyLedger(database.kysely, book, [verifyLog])
      const guards = findings.filter((finding) => finding.code.startsWith('GUARD_'))
      const others = findings.filter((finding) => !finding.code.startsWith('GUARD_'))
      if (unguarded.length > 0) expect(guards.length).toBeGreaterThan(0)
      else expect(guards).toEqual([])
      if (outcome !== 'refused') expect(others.map((finding) => finding.code)).toEqual(outcome)
      // What came before a refused statement is still there.
      else if (own.length === 1) expect(others).toEqual([])
    })
  })
}

/** Three processed batches: the evidence of all three transactions, one nothing was posted from, and the last. */
async function landThree({ kysely }: Database, book: Book): Promise<void> {
  for (const body of ['{"charge":"4.50"}', 'x'.repeat(1_000), '{"charge":"2.00"}']) {
    const item: NewLanding = {
      kind: 'panel-statuses',
      source: 'netpanel',
      request: {},
      fetchedAtMs: 1_000,
      httpStatus: 200,
      contentType: 'application/json',
      body: Buffer.from(body),
    }
    await landBatch(kysely, book.id, [item, item])
  }
  await kysely.insertInto('processed').values({ book: book.id, batch: 3n, settings_batch: 1n }).execute()
}

/** A body that was never landed. */
const BODY = {
  sqlite: `cast('{"charge":"4.40"}' as blob)`,
  postgres: `convert_to('{"charge":"4.40"}', 'UTF8')`,
}
const HASH = { sqlite: 'zeroblob(32)', postgres: `decode(repeat('00', 32), 'hex')` }

async function run(database: Database, statement: string): Promise<void> {
  const { dialect, kysely } = database
  await sql.raw(statement.replaceAll('$HASH', HASH[dialect]).replaceAll('$BODY', BODY[dialect])).execute(kysely)
}
