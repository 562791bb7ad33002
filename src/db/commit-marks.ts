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
  /** Nobody could be asked whether it was kept: the next transaction finds its mark, or those before it. */
  readonly unsure: (mark: Mark) => void
  /** Takes away the marks of transactions that were kept: for the end of the process. */
  readonly clear: (connection: DatabaseConnection) => Promise<void>
}

/** Of a process that was killed nobody takes the last mark away. */
const FORGOTTEN_MS = 30 * 86_400_000

const LOSS = 'DATABASE_BEHIND'
const INSERT = 'insert into commit_mark (id, made_at_ms) values ($1, $2)'
const TAKE_AWAY = 'with gone as (delete from commit_mark where id = any($3) returning id)'

/** Called once when a loss is noticed; the work it was noticed in fails with the same error. */
export type OnLoss = (error: TransientError) => void

/**
 * `name` says which database, for the sentence. After a loss every transaction fails, since what the process knows is
 * ahead of the database; with `onLoss` the loss is told there, and the next transaction begins anew.
 */
export function createCommitMarks(name: string, nowMs: () => number, onLoss: OnLoss | null = null): CommitMarks {
  let hasTable = false
  let kept: readonly string[] = []
  let doubtful: readonly Mark[] = []
  const now = (): bigint => BigInt(nowMs())
  return {
    leave: async (connection) => {
      if (!hasTable) {
        const { rows } = await ask(connection, `select to_regclass('commit_mark') is not null as "hasTable"`)
        hasTable = rows[0]?.['hasTable'] === true
        if (!hasTable) return null
      }
      const [certain, doubted] = [kept, doubtful]
      kept = []
      doubtful = []
      try {
        const id = machine().uuid()
        return { id, before: await replaceMarks(connection, { name, id, atMs: now(), certain, doubted }) }
      } catch (error) {
        if (onLoss !== null && isLoss(error)) {
          onLoss(error)
          throw error
        }
        kept = [...kept, ...certain]
        doubtful = [...doubtful, ...doubted]
        throw error
      }
    },
    isKept: async (connection, { id }) => {
      await ask(connection, 'begin')
      try {
        // Waits for the end of a transaction that has left the same mark and is still being ended.
        const { numAffectedRows } = await ask(connection, `${INSERT} on conflict do nothing`, [id, now()])
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
    unsure: (mark) => {
      doubtful = [...doubtful, mark]
    },
    clear: async (connection) => {
      const ids = [...kept, ...doubtful.flatMap(idsOf)]
      if (ids.length === 0) return
      const text = 'delete from commit_mark where id = any($1) or made_at_ms < $2'
      await ask(connection, text, [ids, BigInt(nowMs() - FORGOTTEN_MS)])
      kept = []
      doubtful = []
    },
  }
}

const ask = async (connection: DatabaseConnection, text: string, values: readonly unknown[] = []) =>
  connection.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text, [...values]))

interface Replacing {
  readonly name: string
  /** The new mark. */
  readonly id: string
  readonly atMs: bigint
  readonly certain: readonly string[]
  readonly doubted: readonly Mark[]
}

/**
 * Takes away the marks before it and answers which those were. Of a doubtful transaction that is its own mark, or all
 * those before it: what that took away, or did not.
 */
async function replaceMarks(
  connection: DatabaseConnection,
  { name, id, atMs, certain, doubted }: Replacing,
): Promise<readonly string[]> {
  const gone = new Set<string>()
  const isWhole = (): boolean =>
    certain.every((each) => gone.has(each)) &&
    doubted.every((mark) => gone.has(mark.id) || mark.before.every((each) => gone.has(each)))
  const ids = [...certain, ...doubted.flatMap(idsOf)]
  const { rows } = await ask(connection, `${TAKE_AWAY}, made as (${INSERT}) select id from gone`, [id, atMs, ids])
  for (const row of rows) gone.add(String(row['id']))
  if (!isWhole() && doubted.length > 0) {
    // One that was still being ended is seen by the statement after the one that waited for its end.
    const { rows: late } = await ask(connection, 'delete from commit_mark where id = any($1) returning id', [ids])
    for (const row of late) gone.add(String(row['id']))
  }
  if (!isWhole()) throw behind(name)
  return [...gone]
}

function isLoss(error: unknown): error is TransientError {
  return error instanceof TransientError && error.code === LOSS
}

function idsOf({ id, before }: Mark): readonly string[] {
  return [id, ...before]
}

function behind(name: string): TransientError {
  const message = `What answers as ${name} has lost transactions that were confirmed: an older copy of the database took its place.`
  return new TransientError(
    LOSS,
    message,
    'See whether the copy is the one to go on with, then run the same command again; it goes on where that copy stands.',
  )
}
