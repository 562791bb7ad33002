/**
 * A restore: a backup takes the place of the present database, which is kept aside. First everything is looked at and said,
 * then one renaming does it, so that a restore that is cut off has done nothing or all.
 */
import { existsSync, realpathSync, rmSync } from 'node:fs'
import { otherSchema, requireMigrated } from '../../db/migrate.ts'
import { errorCode, openSqlite, type SqliteHandle } from '../../db/sqlite.ts'
import { troubleIn } from '../../db/trouble.ts'
import { damageIn, lockWhole, replaceDatabase } from '../../db/whole-file.ts'
import { InputError, TieoutError, TransientError } from '../../domain/errors.ts'
import { machine } from '../../machine/machine.ts'
import { leaseOf } from '../status/run-history.ts'
import { copyExamined, fileTime, partBeside } from './backup.ts'
import { beyond, holds, standingsIn, type Beyond, type Standing } from './standing.ts'

/** A book of the present database beside that of the copy. */
export type Difference =
  /** The copy is its beginning: `lost` is what came after. */
  | { readonly kind: 'earlier'; readonly lost: Beyond }
  /** It is the beginning of the copy. */
  | { readonly kind: 'nothing-lost' }
  /** Neither is the beginning of the other: `lost` is all of the present one. */
  | { readonly kind: 'another-life'; readonly lost: Beyond }
  /** The copy has no such book. */
  | { readonly kind: 'not-in-copy'; readonly lost: Beyond }

export interface Compared {
  readonly present: Standing
  /** Null when it has none of the name. */
  readonly copy: Standing | null
  readonly difference: Difference
}

export type Present =
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'read'; readonly books: readonly Compared[] }

export interface RestorePlan {
  readonly file: string
  readonly database: string
  readonly books: readonly Standing[]
  readonly present: Present
}

/** Looks at both and changes neither. Throws for a file that cannot be restored, and while somebody has the database open. */
export async function planRestore(file: string, database: string): Promise<RestorePlan> {
  return withBackup(file, database, async (copy) => {
    const [damage] = damageIn(copy)
    if (damage !== undefined) throw damaged(file, damage)
    await requireThisSchema(copy, file)
    const books = await standingsIn(copy.kysely)
    const present = existsSync(database) ? await lookAt(database, copy, books) : ({ kind: 'missing' } as const)
    if (present.kind !== 'missing') lockWhole(database)?.close()
    return { file, database, books, present }
  })
}

/** Returns the name under which the present database is kept; null when there was none. */
export async function restore({ file, database, present }: RestorePlan, signal: AbortSignal): Promise<string | null> {
  const part = partBeside(database)
  const aside = `${database}.before-restore-${fileTime(machine().nowMs())}-${machine().uuid().slice(0, 4)}`
  try {
    await withBackup(file, database, (copy) => copyExamined(copy, part))
    signal.throwIfAborted()
    replaceDatabase(database, part, aside)
    return present.kind === 'missing' ? null : aside
  } finally {
    rmSync(part, { force: true })
  }
}

async function withBackup<T>(file: string, database: string, work: (copy: SqliteHandle) => Promise<T>): Promise<T> {
  if (!existsSync(file)) {
    const next = 'tieout backup makes one, in the folder backups beside the database.'
    throw new InputError('BACKUP_MISSING', `There is no file ${file}.`, next)
  }
  if (existsSync(database) && realpathSync(file) === realpathSync(database)) {
    throw new InputError('BACKUP_IS_DATABASE', `${file} is the database itself.`, 'Name a backup of it.')
  }
  const copy = openBackup(file)
  try {
    return await work(copy)
  } finally {
    await copy.close()
  }
}

/** A file that is cut off may be found damaged as soon as it is opened. */
function openBackup(file: string): SqliteHandle {
  try {
    return openSqlite(file, { readOnly: true })
  } catch (error) {
    const { cause } = error instanceof Error ? error : {}
    if (cause instanceof Error && errorCode(cause).startsWith('SQLITE_CORRUPT')) throw damaged(file, cause.message)
    throw error
  }
}

function damaged(file: string, how: string): InputError {
  return new InputError('BACKUP_DAMAGED', `${file} is damaged: ${how}.`, 'Restore another backup.')
}

async function requireThisSchema(copy: SqliteHandle, file: string): Promise<void> {
  const other = await otherSchema(copy).catch((error: unknown) => {
    if (!(error instanceof TieoutError) || error.code !== 'DATABASE_EMPTY') throw error
    throw new InputError('BACKUP_NOT_TIEOUT', `${file} is no database of tieout.`, 'Name a backup that tieout made.')
  })
  if (other === null) return
  throw new InputError(
    'BACKUP_OTHER_SCHEMA',
    `Another version of tieout made ${file}: its schema is ${other.theirs}, and this program's is ${other.ours}.`,
    'Restore it with the version that made it.',
  )
}

async function lookAt(path: string, copy: SqliteHandle, books: readonly Standing[]): Promise<Present> {
  let database: SqliteHandle | null = null
  try {
    database = openSqlite(path, { readOnly: true })
    await requireMigrated(database)
    const compared: Compared[] = []
    for (const present of await standingsIn(database.kysely)) {
      await requireIdle(database, present)
      const ofCopy = books.find(({ book }) => book.name === present.book.name) ?? null
      const difference = await differenceOf({ database, present }, { database: copy, standing: ofCopy })
      compared.push({ present, copy: ofCopy, difference })
    }
    return { kind: 'read', books: compared }
  } catch (error) {
    // Somebody is at work there, or the disk fails: that is no reason to go on without having looked.
    if (error instanceof TransientError || troubleIn(error) !== null) throw error
    return { kind: 'unreadable', why: error instanceof Error ? error.message : String(error) }
  } finally {
    await database?.close()
  }
}

async function requireIdle({ kysely }: SqliteHandle, { book }: Standing): Promise<void> {
  const lease = await leaseOf(kysely, book.id)
  if (lease === null) return
  throw new TransientError(
    'BOOK_BUSY',
    `Process ${lease.process} on ${lease.host} is working on book "${book.name}".`,
    'Stop it and tieout serve, or wait until it has finished, then run the command again.',
  )
}

async function differenceOf(
  { database: { kysely }, present }: { readonly database: SqliteHandle; readonly present: Standing },
  copy: { readonly database: SqliteHandle; readonly standing: Standing | null },
): Promise<Difference> {
  const { book } = present
  if (copy.standing === null) return { kind: 'not-in-copy', lost: await beyond(kysely, book, null) }
  const isSameBook = copy.standing.lastingId === present.lastingId
  if (isSameBook && (await holds(kysely, book, copy.standing))) {
    const lost = await beyond(kysely, book, copy.standing)
    return lost.records === 0 && lost.transactions === 0 ? { kind: 'nothing-lost' } : { kind: 'earlier', lost }
  }
  if (isSameBook && (await holds(copy.database.kysely, copy.standing.book, present))) return { kind: 'nothing-lost' }
  return { kind: 'another-life', lost: await beyond(kysely, book, null) }
}
