/** What a night with nothing new reads: through the indexes of what is open, never all lines or items there ever were. */
import { CompiledQuery, createQueryId, sql, type KyselyPlugin } from 'kysely'
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { openItems } from '../../src/evidence/open-items.ts'
import { openLines } from '../../src/evidence/statements/lines.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { moneyBook } from './money-book.ts'

/** The plans of the statements that `work` makes, as text. */
async function plansOf(
  database: Database,
  work: (kysely: Database['kysely']) => Promise<unknown>,
): Promise<readonly string[]> {
  const nodes: Parameters<KyselyPlugin['transformQuery']>[0]['node'][] = []
  const watching: KyselyPlugin = {
    transformQuery: ({ node }) => {
      nodes.push(node)
      return node
    },
    transformResult: async ({ result }) => result,
  }
  await work(database.kysely.withPlugin(watching))
  const prefix = database.dialect === 'sqlite' ? 'EXPLAIN QUERY PLAN ' : 'EXPLAIN '
  const plans: string[] = []
  for (const node of nodes) {
    const { sql: text, parameters, query, queryId } = database.kysely.getExecutor().compileQuery(node, createQueryId())
    const explained = { ...CompiledQuery.raw(`${prefix}${text}`, [...parameters]), query, queryId }
    const { rows } = await database.kysely.executeQuery<Record<string, unknown>>(explained)
    plans.push(rows.map((row) => String(row['detail'] ?? row['QUERY PLAN'])).join('\n'))
  }
  return plans
}

describeOnBothEngines('what is open', (fresh) => {
  it('is read by the indexes of open lines and open items', async () => {
    const database = await fresh()
    await moneyBook(database)
    // Whether it could, not whether it is worth while for the few rows of a test.
    if (database.dialect === 'postgres') await sql`SET enable_seqscan = off`.execute(database.kysely)
    const plans = await plansOf(database, async (kysely) => {
      await openLines(kysely, 1n, [1n])
      await openItems(kysely, 1n)
    })
    expect(plans).toHaveLength(2)
    expect(plans[0]).toContain('statement_line_open')
    expect(plans[1]).toContain('open_item_open')
  })
})
