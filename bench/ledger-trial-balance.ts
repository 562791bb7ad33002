/** A trial balance and the balances as of a day over a large book, from the daily projection. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../src/db/database.ts'
import { migrate } from '../src/db/migrate.ts'
import { balances, trialBalance } from '../src/ledger/balances.ts'
import { ensureBook, ensureSources } from '../src/ledger/books.ts'
import { postTransactions } from '../src/ledger/post.ts'
import { verifyLedger } from '../src/ledger/verify/verify.ts'
import { draftBatches } from './ledger-drafts.ts'
import { median, scaled, type BenchRow } from './row.ts'

const ROUNDS = 7
const LIMIT_MS = 50

export async function run(): Promise<readonly BenchRow[]> {
  const count = scaled(1_000_000)
  const folder = mkdtempSync(join(tmpdir(), 'tieout-bench-'))
  const database = await openDatabase(join(folder, 'ledger.db'))
  const { kysely } = database
  await migrate(database, 0)
  const book = await ensureBook(kysely, { name: 'bench', currency: 'USD', timeZone: 'UTC' })
  await ensureSources(kysely, book, [{ name: 'netpanel', kind: 'panel' }])
  for (const drafts of draftBatches(count, 'in order')) {
    await kysely.transaction().execute((trx) => postTransactions(trx, book, drafts, 1))
  }
  const whole = await time(ROUNDS, async () => trialBalance(kysely, book))
  const asOf = await time(ROUNDS, async () => balances(kysely, book, { asOf: '2026-02-14' }))
  const verifyMs = await time(1, async () => {
    const { findings } = await verifyLedger(kysely, book)
    if (findings.length > 0) throw new Error(`The benchmark's book does not verify: ${findings[0]?.sentence ?? ''}`)
  })
  await database.close()
  rmSync(folder, { recursive: true })
  const over = `over ${count.toLocaleString('en')} transactions`
  return [
    row(`trial balance ${over}`, whole),
    row(`balances as of a day ${over}`, asOf),
    { name: `verify everything ${over}`, figure: count / (verifyMs / 1000), unit: 'transactions/s', met: true },
  ]
}

function row(name: string, figure: number): BenchRow {
  return { name, figure, unit: 'ms', target: `< ${LIMIT_MS} ms`, met: figure < LIMIT_MS }
}

async function time(rounds: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }
  return median(times)
}
