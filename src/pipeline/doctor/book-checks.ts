/** Checks of what is in the books: the end of the chain, landed evidence nobody booked, and whether the nights run. */
import { hash } from 'node:crypto'
import { readBacklog } from '../../alerts/backlog-facts.ts'
import { readRunFacts } from '../../alerts/run-facts.ts'
import { brokenText } from '../../domain/alerts/alert-conditions.ts'
import { ageText, instantText } from '../../domain/alerts/alert-text.ts'
import { createCanonicalWriter } from '../../domain/canonical.ts'
import { lastDueMs, nextDueMs } from '../../domain/time/schedule.ts'
import { findBook, listBooks, type Book } from '../../ledger/books.ts'
import { chainHead } from '../../ledger/digest.ts'
import { readTransactions, type StoredTransaction } from '../../ledger/verify/read-pages.ts'
import type { Database } from '../../db/database.ts'
import { fail, ok, warn, type Finding, type Patient } from './check.ts'

/** How many transactions at the end are recomputed; `ledger verify` does all of them. */
const LAST = 200
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
/** A night may take this long before it is late, unless the alert's rule says otherwise; the same as its default. */
const GRACE_MINUTES = 120
/** Evidence normally waits for the next run only. */
const WAITS_MS = 36 * HOUR_MS

export async function checkLedger(patient: Patient): Promise<readonly Finding[]> {
  return perBook(patient, async (database, book) => {
    const problem = await damage(database, book)
    if (problem !== null)
      return fail(book.name, problem, `Run tieout ledger verify --book ${book.name}; do not sync before.`)
    const { sequence } = await chainHead(database.kysely, book)
    return ok(
      book.name,
      sequence === 0
        ? 'no transactions yet'
        : `${sequence} transactions, the last ${Math.min(LAST, sequence)} are what was posted`,
    )
  })
}

/** A sentence when the end of the chain does not hold. */
async function damage({ kysely }: Database, book: Book): Promise<string | null> {
  const head = await chainHead(kysely, book)
  const stored: StoredTransaction[] = []
  const from = Math.max(1, head.sequence - LAST)
  for await (const page of readTransactions(kysely, book, { from, to: head.sequence + 1 })) stored.push(...page)
  const last = stored.at(-1)
  if (head.sequence === 0) return last === undefined ? null : 'transactions lie beyond the head of the book.'
  if (last === undefined || last.sequence < head.sequence) return `transaction ${head.sequence} is missing.`
  if (last.sequence > head.sequence) return 'transactions lie beyond the head of the book.'
  if (last.hash !== head.hash) return 'the head does not carry the hash of the last transaction.'
  const writer = createCanonicalWriter()
  for (const [index, each] of stored.entries()) {
    const before = stored[index - 1]
    if (before === undefined) continue
    if (each.sequence !== before.sequence + 1) return `transaction ${before.sequence + 1} is missing.`
    const computed = hash('sha256', writer.encode(before.hashBytes, each, each), 'hex')
    if (computed !== each.hash) return `transaction ${each.sequence} is not what was posted.`
  }
  return null
}

export async function checkSchedule(patient: Patient): Promise<readonly Finding[]> {
  const { config, nowMs } = patient
  return perBook(patient, async ({ kysely }, book) => {
    const settings = config.books.find(({ name }) => name === book.name)
    if (settings === undefined || config.sandbox !== undefined)
      return ok(book.name, 'a rehearsal: its nights are simulated')
    const graceMs = (config.alerts?.rules.runLate?.graceMinutes ?? GRACE_MINUTES) * MINUTE_MS
    const dueMs = lastDueMs(settings.schedule, nowMs - graceMs)
    const runs = await readRunFacts(kysely, book.id, { nowMs, dueMs })
    const next = `the next is due ${instantText(nextDueMs(settings.schedule, nowMs))}`
    if (runs.broken !== null) {
      const { source } = runs.broken
      const why = runs.broken.reason ?? 'It was killed, or the machine stopped.'
      return fail(
        book.name,
        `${brokenText(runs.broken)} did not come to its end. ${why}`,
        `Run tieout sync --book ${book.name}${source === null ? '' : ` --source ${source}`}; it goes on where it stood.`,
      )
    }
    const { lastFinishedMs } = runs
    if (lastFinishedMs === null) return warn(book.name, 'no night has finished yet.', startIt(book.name))
    const says = `the last night finished ${instantText(lastFinishedMs)}`
    const isLate = lastFinishedMs < dueMs
    return isLate
      ? fail(book.name, `${says}; the one due ${instantText(dueMs)} has not.`, startIt(book.name))
      : ok(book.name, `${says}, ${next}`)
  })
}

function startIt(book: string): string {
  return `Run tieout sync --book ${book}, and keep tieout serve or a timer running every night.`
}

export async function checkBacklog(patient: Patient): Promise<readonly Finding[]> {
  return perBook(patient, async ({ kysely }, book) => {
    const waiting = await readBacklog(kysely, book.id)
    const old = waiting.find(({ oldestMs }) => patient.nowMs - oldestMs > WAITS_MS)
    if (old === undefined) return ok(book.name, 'all evidence that arrived is in the books or new')
    const says = `${old.count} ${old.what} wait, the oldest for ${ageText(patient.nowMs - old.oldestMs)}.`
    return warn(book.name, says, `Run tieout sync --book ${book.name}.`)
  })
}

/** One finding per configured book that the database holds. */
async function perBook(
  { config, database }: Patient,
  look: (database: Database, book: Book) => Promise<Finding>,
): Promise<readonly Finding[]> {
  if (database === null) return []
  const known = new Set((await listBooks(database.kysely)).map(({ name }) => name))
  const findings: Finding[] = []
  for (const { name } of config.books) {
    if (!known.has(name)) findings.push(warn(name, 'nothing has been booked yet.', startIt(name)))
    else findings.push(await look(database, await findBook(database.kysely, name)))
  }
  return findings
}
