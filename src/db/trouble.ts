/**
 * What goes wrong with a database itself: the connection, the disk, a lock. One place tells these from the errors of a
 * statement, in whatever words the engine and its driver have for them, so that everything above sees one kind of error.
 */
import { TransientError } from '../domain/errors.ts'

/** Nothing of the transaction it happened in is kept, unless it was the COMMIT whose answer was lost. */
export class DatabaseTrouble extends TransientError {}

/** The trouble an error is, or was caused by; null for every other error. */
export function troubleIn(error: unknown): DatabaseTrouble | null {
  if (error instanceof DatabaseTrouble) return error
  const inside = error instanceof AggregateError ? error.errors : []
  const cause = error instanceof Error ? error.cause : undefined
  for (const each of [...inside, cause]) {
    const found = each === undefined ? null : troubleIn(each)
    if (found !== null) return found
  }
  return null
}

interface Words {
  readonly code: string
  /** A sentence without its end; % stands for the database. */
  readonly happened: string
  readonly hint: string
}

const CHECK_SERVER = 'Check that the server runs and can be reached; the same command goes on where it stood.'

const LOST: Words = {
  code: 'DATABASE_LOST',
  happened: 'The connection to % was lost',
  hint: CHECK_SERVER,
}
const READ_ONLY: Words = {
  code: 'DATABASE_READ_ONLY',
  happened: 'What answers as % takes no writes: it is a standby, or was made read-only',
  hint: 'Let the address in the database URL lead to the primary; the same command goes on where it stood.',
}
const CONFLICT: Words = {
  code: 'DATABASE_CONFLICT',
  happened: 'A transaction was undone by % for the sake of another one',
  hint: 'Run the same command again; it goes on where it stood.',
}
const BUSY: Words = {
  code: 'DATABASE_BUSY',
  happened: 'Another program keeps % locked',
  hint: 'Let the other program finish (a backup, an open database browser), then run the command again.',
}
const NEED_ROOM = 'Nothing half-written is kept. Make room, then run the same command again; it goes on where it stood.'
const FULL: Words = {
  code: 'DATABASE_DISK_FULL',
  happened: 'The disk of % is full',
  hint: NEED_ROOM,
}
const MEMORY: Words = {
  code: 'DATABASE_NO_MEMORY',
  happened: 'There is no memory left at %',
  hint: CHECK_SERVER,
}
const EXHAUSTED: Words = {
  code: 'DATABASE_EXHAUSTED',
  happened: '% has run out of what it needs, such as open files',
  hint: `Look at the server's log and its limits. Nothing half-written is kept; the same command goes on where it stood.`,
}
const DISK: Words = {
  code: 'DATABASE_DISK_FAILS',
  happened: 'The disk of % refused to read or write: it is full, over a quota, or failing',
  hint: `Look at the disk and its quota. ${NEED_ROOM}`,
}
const UNWRITABLE: Words = {
  code: 'DATABASE_NOT_WRITABLE',
  happened: 'Nothing can be written to % any more: the file or its disk became read-only, or the file was replaced',
  hint: 'Look at the file and its directory, then run the same command again; it goes on where it stood.',
}

/** By the beginning of a SQLSTATE or of an error of the network: the first that fits. */
const POSTGRES: readonly (readonly [string, Words])[] = [
  ['08', LOST],
  ['57P01', LOST],
  ['57P02', LOST],
  ['57P03', LOST],
  ['57P05', LOST],
  ['25P03', LOST],
  ['53300', LOST],
  ['25006', READ_ONLY],
  ['40001', CONFLICT],
  ['40P01', CONFLICT],
  ['53100', FULL],
  ['53200', MEMORY],
  ['53', EXHAUSTED],
  ['58030', DISK],
  ...['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'].map(
    (code) => [code, LOST] as const,
  ),
  ...['ENETDOWN', 'EHOSTDOWN', 'ENOTFOUND', 'EAI_AGAIN'].map((code) => [code, LOST] as const),
]

/** The driver says these without a code. */
const LOST_WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired$|Client (has encountered a connection error|was closed) and is not queryable|Postgres connection has been discarded)/

const SQLITE: readonly (readonly [string, Words])[] = [
  ['SQLITE_BUSY', BUSY],
  ['SQLITE_LOCKED', BUSY],
  ['SQLITE_FULL', FULL],
  ['SQLITE_IOERR', DISK],
  ['SQLITE_READONLY', UNWRITABLE],
]

/** `name` says which database: "the PostgreSQL server at host:5432/books". Errors of a statement come back as they are. */
export function postgresTrouble(name: string, error: unknown): unknown {
  return asTrouble(name, error, POSTGRES, LOST_WORDS)
}

/** `name` says which file: "the database /srv/books.db". */
export function sqliteTrouble(name: string, error: unknown): unknown {
  return asTrouble(name, error, SQLITE, null)
}

/** A connection that nobody used when it was lost. */
export function lostBetween(name: string): DatabaseTrouble {
  return new DatabaseTrouble(LOST.code, `${LOST.happened.replace('%', () => name)}.`, LOST.hint)
}

function asTrouble(
  name: string,
  error: unknown,
  table: readonly (readonly [string, Words])[],
  unnamed: RegExp | null,
): unknown {
  if (!(error instanceof Error) || error instanceof DatabaseTrouble) return error
  // A server whose name has several addresses: each was tried.
  const errors = error instanceof AggregateError && error.errors.length > 0 ? error.errors : [error]
  const code = codeOf(errors[0])
  const isUnnamed = unnamed?.test(error.message) === true
  const words = isUnnamed ? LOST : table.find(([start]) => code.startsWith(start))?.[1]
  if (words === undefined) return error
  const { happened, hint } = words
  const why = error.message === '' ? code : error.message
  return new DatabaseTrouble(words.code, `${happened.replace('%', () => name)} (${why}).`, hint, {
    cause: error,
  })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
