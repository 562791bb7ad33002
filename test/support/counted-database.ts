/**
 * A database that counts its statements and, when told to, kills its own process with SIGKILL just before the n-th: the
 * same place every time, also in the middle of a transaction. For the programs that the kill tests start.
 */
import type { KyselyPlugin, RootOperationNode } from 'kysely'
import { openDatabase, type Database } from '../../src/db/database.ts'

export interface CountedDatabase {
  readonly database: Database
  /** So far. */
  readonly statements: () => number
}

export type Counts = (statement: RootOperationNode) => boolean

const everything: Counts = () => true
/** What is written as text is taken for a write. */
export const writes: Counts = ({ kind }) => kind !== 'SelectQueryNode'

/** `killAt` null: counts, and lives. */
export async function openCounted(
  url: string,
  killAt: number | null,
  counts: Counts = everything,
): Promise<CountedDatabase> {
  const opened = await openDatabase(url)
  let statements = 0
  const counting: KyselyPlugin = {
    transformQuery: ({ node }) => {
      if (counts(node)) statements += 1
      if (counts(node) && statements === killAt) process.kill(process.pid, 'SIGKILL')
      return node
    },
    transformResult: async ({ result }) => result,
  }
  // A plugin changes no row type; the union of the engines is lost in the spread.
  const database = { ...opened, kysely: opened.kysely.withPlugin(counting) } as Database
  return { database, statements: () => statements }
}
