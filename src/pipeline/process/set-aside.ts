/**
 * Work whose failure must not stop the book: a statement, a reconciliation or its proofs, and any item whose reader says
 * that it cannot be read. What fails is undone whole and set aside with its reason, and a person is told; a statement can be
 * imported or read again, and the others are made again.
 */
import { sql, type Transaction } from 'kysely'
import { errorCode } from '../../db/sqlite.ts'
import type { Tables } from '../../db/tables.ts'
import { ReadError, TieoutError, TransientError } from '../../domain/errors.ts'
import { excerptOf } from '../../domain/plain-text.ts'
import type { Landed } from '../../log/landing.ts'
import { SHA_SHOWN, setAsideName } from '../../evidence/quarantine.ts'
import { isOver, stands } from '../engine/items.ts'
import { quarantine, type BatchContext } from './context.ts'
import { setRowsAside } from './quarantined-rows.ts'

const WORDS: Readonly<Record<string, string>> = {
  statement: 'a statement',
  reconcile: 'a reconciliation',
  proofs: 'the proofs of a reconciliation',
}

/** The batch's only item, if its failure leaves the book as it was. */
export function separable(items: readonly Landed[]): Landed | null {
  const [item, ...more] = items
  return item !== undefined && more.length === 0 && WORDS[item.kind] !== undefined ? item : null
}

/**
 * What sets an item of any other kind aside: what its reader says of bytes it cannot read, and figures or texts of it that
 * no column holds, also as a sum with what is booked.
 */
export function isUnreadable(error: unknown): boolean {
  return error instanceof ReadError || isBeyondColumns(error)
}

function isBeyondColumns(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = errorCode(error)
  // PostgreSQL: a number out of range, a zero character, an index row too long. SQLite: a sum that became a float.
  if (/^(?:22003|22021|54000|SQLITE_TOOBIG|SQLITE_CONSTRAINT_DATATYPE)$/.test(code)) return true
  if (code === 'SQLITE_ERROR') return error.message.includes('overflow')
  return error instanceof RangeError && error.message === 'The bound string, buffer, or bigint is too big'
}

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string }

/**
 * Undoes what failed work has written. What another try could change is thrown on, so that a replay decides the same. For
 * work of few rows: SQLite keeps a copy of every page that is written within a savepoint.
 */
export async function attempt<T>(
  trx: Transaction<Tables>,
  work: () => Promise<T>,
  isSetAside: (error: unknown) => boolean = isLasting,
): Promise<Attempt<T>> {
  await sql`savepoint separable`.execute(trx)
  try {
    const value = await work()
    await sql`release savepoint separable`.execute(trx)
    return { ok: true, value }
  } catch (error) {
    if (!isSetAside(error)) throw error
    await sql`rollback to savepoint separable`.execute(trx).catch((lost: unknown) => {
      throw new AggregateError([error, lost], 'the failed work could not be undone', { cause: error })
    })
    return { ok: false, reason: reasonOf(error) }
  }
}

/** Told once more by evidence that an older program or other settings could not read. */
const OF_THE_PROGRAM: ReadonlySet<string> = new Set(['LANDING_UNKNOWN', 'REQUEST_UNREADABLE'])

/** Lies in the evidence or the rules, not in the machine, the connection or the time of day. */
export function isLasting(error: unknown): boolean {
  if (error instanceof TransientError || !(error instanceof Error) || error.name === 'AbortError') return false
  if (error instanceof TieoutError) return !OF_THE_PROGRAM.has(error.code)
  const code = errorCode(error)
  if (isBeyondColumns(error)) return true
  // A mistake of the program, or a stack or memory that did not suffice: it stops the run.
  if (code === '') return false
  // PostgreSQL: bad values, broken constraints, program limits, and what our guards refuse.
  return code.startsWith('SQLITE_CONSTRAINT') || /^(22|23|54)\w{3}$|^P0001$/.test(code)
}

export function reasonOf(error: unknown): string {
  const text = error instanceof TieoutError ? `${error.code}: ${error.message}` : String(error)
  return excerptOf(text.replace(/[\p{Cc}\s]+/gu, ' '), 500)
}

export async function setAside(context: BatchContext, item: Landed, reason: string): Promise<void> {
  if (WORDS[item.kind] === undefined) {
    context.tally.add('quarantined', context.settings.book.currency, null)
    context.warn(item.source, reason)
    await setRowsAside(context, item, 'ANSWER_UNREAD', [{ line: 0, source: item.source, where: item.kind, reason }])
    return
  }
  const what = WORDS[item.kind] ?? item.kind
  const isStatement = item.kind === 'statement'
  context.tally.add(isStatement ? 'quarantined' : 'excepted', context.settings.book.currency, null)
  if (isStatement) {
    const name = setAsideName(said(item, 'file'), said(item, 'sha256'))
    await quarantine(context, item, 0, name, reason, objectOf(item))
  }
  const next = isStatement ? 'import it again once that is mended' : 'tieout reconcile run makes it again'
  const detail = `${what} was not processed, and nothing of it is in the books (${next}): ${reason}`
  await stands(context, item, {
    source: item.source,
    code: 'FILE_UNREAD',
    object: objectOf(item),
    amount: null,
    currency: null,
    detail,
  })
  context.warn(item.source, detail)
}

/** Processed now: what an earlier try left open is done. */
export async function settleAside(context: BatchContext, item: Landed): Promise<void> {
  await isOver(context, item, { source: item.source, object: objectOf(item) }, ['FILE_UNREAD'])
}

function objectOf(item: Landed): string {
  return item.kind === 'statement' ? `file:${said(item, 'sha256').slice(0, SHA_SHOWN)}` : item.kind
}

/** The request is read as loosely as possible, since it may be what failed. */
function said({ request }: Landed, key: 'file' | 'sha256'): string {
  const found: unknown = typeof request === 'object' && request !== null ? Reflect.get(request, key) : undefined
  return typeof found === 'string' ? found : ''
}
