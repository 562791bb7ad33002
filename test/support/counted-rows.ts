/** A handle that counts the statements made through it and the rows they give back, in transactions too. */
import type { Kysely, KyselyPlugin } from 'kysely'
import type { Tables } from '../../src/db/tables.ts'

export interface Cost {
  readonly statements: number
  readonly rows: number
}

export interface Counted {
  readonly kysely: Kysely<Tables>
  /** So far. */
  readonly cost: () => Cost
}

export function counted(kysely: Kysely<Tables>): Counted {
  let statements = 0
  let rows = 0
  const counting: KyselyPlugin = {
    transformQuery: ({ node }) => {
      statements += 1
      return node
    },
    transformResult: ({ result }) => {
      rows += result.rows.length
      return Promise.resolve(result)
    },
  }
  return { kysely: kysely.withPlugin(counting), cost: () => ({ statements, rows }) }
}
