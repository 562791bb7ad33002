/**
 * A SQLite database as one file: copied whole while others write, examined page by page, and put in the place of another
 * one so that a process killed at any moment leaves one of the two whole, never none.
 */
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { diskTrouble, InputError, TransientError } from '../domain/errors.ts'
import { errorCode, type SqliteHandle } from './sqlite.ts'
import { sqliteTrouble } from './trouble.ts'

/** In one step: between two, SQLite starts over whenever somebody has written. Nobody who writes waits for it. */
const ALL_PAGES = 0x7fff_ffff
const DAMAGE_LINES = 3
const LOCK_TIMEOUT_MS = 500

/** Copies the database as it is at one moment to a new file that only its owner can read, and flushes it to the disk. */
export async function copyWhole({ raw }: SqliteHandle, into: string): Promise<void> {
  try {
    closeSync(openSync(into, 'wx', 0o600))
    await raw.backup(into, { progress: () => ALL_PAGES })
    const copy = new BetterSqlite3(into)
    try {
      // Without a write-ahead log it is one file, which can be read where nothing can be written.
      copy.pragma('journal_mode = DELETE')
    } finally {
      copy.close()
    }
    flush(into)
  } catch (error) {
    throw diskTrouble(into, error) ?? sqliteTrouble(`the copy ${into}`, error)
  }
}

/** What SQLite finds wrong with its pages and indexes; empty for a file that is whole. */
export function damageIn({ raw }: SqliteHandle): readonly string[] {
  try {
    const found = raw.prepare<[], string>(`pragma integrity_check(${DAMAGE_LINES})`).pluck().all()
    return found.length === 1 && found[0] === 'ok' ? [] : found
  } catch (error) {
    // A page that cannot be read at all is an error and not a line.
    return [error instanceof Error ? error.message : String(error)]
  }
}

/** Gives a finished file its name. A file that has the name already is left as it is, and InputError thrown. */
export function giveName(finished: string, name: string): void {
  try {
    linkSync(finished, name)
    rmSync(finished)
  } catch (error) {
    // Not every file system has links; there the look and the renaming are two steps.
    if (existsSync(name)) throw nameTaken(name)
    if (!existsSync(finished)) throw error
    renameSync(finished, name)
  }
  flushFolder(name)
}

export function nameTaken(name: string): InputError {
  return new InputError('FILE_EXISTS', `${name} exists already and is left as it is.`, 'Name another file.')
}

/** A database that nobody else has open, nor can open until this is closed. */
export interface Locked {
  readonly close: () => void
  /** Takes the write-ahead log into the file, so that the file alone is the database. */
  readonly gather: () => void
}

/** Null for a file too damaged to be locked. Throws TransientError while another process has it open, even one that is idle. */
export function lockWhole(path: string): Locked | null {
  const raw = new BetterSqlite3(path, { timeout: LOCK_TIMEOUT_MS })
  try {
    // Set before the first look at the file: then SQLite shares it with nobody, until it is closed.
    raw.pragma('locking_mode = EXCLUSIVE')
    raw.exec('begin exclusive; commit')
  } catch (error) {
    raw.close()
    if (/^SQLITE_(CORRUPT|NOTADB)/.test(errorCode(error))) return null
    if (errorCode(error).startsWith('SQLITE_BUSY')) throw inUse(path, error)
    throw sqliteTrouble(`the database ${path}`, error)
  }
  return { close: () => raw.close(), gather: () => void raw.pragma('journal_mode = DELETE') }
}

function inUse(path: string, cause: unknown): TransientError {
  return new TransientError(
    'DATABASE_IN_USE',
    `Another process has ${path} open, which must not happen while it is replaced.`,
    `Stop tieout serve, let other commands end, close database browsers, then run the command again. On Linux, fuser ${path} names the process.`,
    { cause },
  )
}

/**
 * Puts the file `by`, flushed and in the same folder, in the place of the database at `path`, which is kept as `aside`.
 * Throws TransientError, with nothing changed, while another process has the database open.
 */
export function replaceDatabase(path: string, by: string, aside: string): void {
  const locked = existsSync(path) ? lockWhole(path) : null
  try {
    locked?.gather()
    // Left behind by a reader; of no use to anybody once the log is in the file.
    if (locked !== null) rmSync(`${path}-shm`, { force: true })
    if (existsSync(path)) {
      giveRights(path, by)
      keepAs(path, aside)
    }
    // Of a database that is gone or cannot be locked. SQLite would take them for parts of the new one.
    if (locked === null) for (const end of ['-wal', '-shm', '-journal']) moveAway(`${path}${end}`, `${aside}${end}`)
    flushFolder(path)
    renameSync(by, path)
    flushFolder(path)
  } finally {
    locked?.close()
  }
}

/** A second name for the file, so that it never lacks its first one. */
function keepAs(path: string, aside: string): void {
  try {
    linkSync(path, aside)
  } catch {
    copyFileSync(path, aside, constants.COPYFILE_EXCL)
    flush(aside)
  }
}

function moveAway(path: string, aside: string): void {
  if (existsSync(path)) renameSync(path, aside)
}

/** Whoever could use the old file can use the new one: a restore is often typed by root. */
function giveRights(like: string, file: string): void {
  const { mode, uid, gid } = statSync(like)
  const { uid: ownUid, gid: ownGid } = statSync(file)
  if (uid !== ownUid || gid !== ownGid) {
    try {
      chownSync(file, uid, gid)
    } catch (cause) {
      const message = `${like} belongs to user ${uid}, group ${gid}, to whom this user cannot give the new one.`
      throw new InputError('DATABASE_OF_OTHER_USER', message, 'Run the command as that user.', { cause })
    }
  }
  chmodSync(file, mode & 0o777)
}

function flush(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Names in a folder are on the disk once the folder is. Windows cannot open one, and needs it not. */
function flushFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
