/**
 * How it is known whether a transaction was kept when the answer to its COMMIT was lost: each leaves a mark of its own in
 * the same transaction. Each also takes away the mark before it, which must be there: where it is missing, the database
 * has lost what it had confirmed, as a standby does that took over without the last transactions.
 */
import { machine } from '../machine/machine.ts'
import { CompiledQuery, type DatabaseConnection } from 'kysely'
import { TransientError } from '../domain/errors.ts'

export interface Mark {
  readonly id: string
  /** Marks of transactions before it, which it takes away. */
  readonly before: readonly string[]
}

export interface CommitMarks {
  /** Leaves a mark in the transaction that has just begun; null while the database has no table for it. */
  readonly leave: (connection: DatabaseConnection) => Promise<Mark | null>
  /** Whether the transaction of the mark was kept; waits for one that is still being ended. Outside of a transaction. */
  readonly isKept: (connection: DatabaseConnection, mark: Mark) => Promise<boolean>
  readonly done: (mark: Mark) => void
  readonly undone: (mark: Mark) => void
  /** Takes away the marks of transactions that were kept: for the end of the process. */
  readonly clear: (connection: DatabaseConnection) => Promise<void>
}

/** Of a process that was killed nobody takes the last mark away. */
const FORGOTTEN_MS = 30 * 86_400_000

/** `name` says which database, for the sentence. */
export function createCommitMarks(name: string, nowMs: () => number): CommitMarks {
  let hasTable = false
  let kept: readonly string[] = []
  const ask = async (connection: DatabaseConnection, text: string, values: readonly unknown[] = []) =>
    connection.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text, [...values]))
  const insert = 'insert into commit_mark (id, made_at_ms) values ($1, $2)'
  return {
    leave: async (connection) => {
      if (!hasTable) {
        const { rows } = await ask(connection, `select to_regclass('commit_mark') is not null as "hasTable"`)
        hasTable = rows[0]?.['hasTable'] === true
        if (!hasTable) return null
      }
      const mark = { id: machine().uuid(), before: kept }
      kept = []
      try {
        const gone = 'with gone as (delete from commit_mark where id = any($3) returning id), made as'
        const text = `${gone} (${insert}) select count(*) as gone from gone`
        const { rows } = await ask(connection, text, [mark.id, BigInt(nowMs()), mark.before])
        if (Number(rows[0]?.['gone']) !== mark.before.length) throw behind(name)
      } catch (error) {
        kept = [...kept, ...mark.before]
        throw error
      }
      return mark
    },
    isKept: async (connection, { id }) => {
      await ask(connection, 'begin')
      try {
        // Waits for the end of a transaction that has left the same mark and is still being ended.
        const { numAffectedRows } = await ask(connection, `${insert} on conflict do nothing`, [id, BigInt(nowMs())])
        return numAffectedRows === 0n
      } finally {
        await ask(connection, 'rollback')
      }
    },
    done: ({ id }) => {
      kept = [...kept, id]
    },
    undone: ({ before }) => {
      kept = [...kept, ...before]
    },
    clear: async (connection) => {
      if (kept.length === 0) return
      const text = 'delete from commit_mark where id = any($1) or made_at_ms < $2'
      await ask(connection, text, [kept, BigInt(nowMs() - FORGOTTEN_MS)])
      kept = []
    },
  }
}

function behind(name: string): TransientError {
  const message = `What answers as ${name} has lost transactions that were confirmed: an older copy of the database took its place.`
  return new TransientError(
    'DATABASE_BEHIND',
    message,
    'See whether the copy is the one to go on with, then run the same command again; it goes on where that copy stands.',
  )
}
