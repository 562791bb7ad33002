/** Which open lines and items could be the same money: by the test that matching itself makes, those first that are tied. */
import type { LineClass } from '../../domain/matching/descriptor.ts'
import type { Units } from '../../domain/money/money.ts'
import { readRefusals } from '../../evidence/match-decisions.ts'
import { canMeet, isTied } from '../../matching/rules/board.ts'
import { classifyAll } from '../../matching/rules/match-lines.ts'
import { matchSettings, type MatchReader, type Pool, type PoolItem, type PoolLine } from '../process/match-pool.ts'

export interface Candidate {
  readonly line: PoolLine
  readonly item: PoolItem
}

/** Tied ones, then those nearest in amount. None with a line from before the days of its item. */
export async function candidatesOf(context: MatchReader, { lines, items }: Pool): Promise<readonly Candidate[]> {
  const settings = matchSettings(context)
  if (settings === null) return []
  const refused = await readRefusals(context.db, context.book)
  const open = [...lines.values()].map((line) => line.open)
  const classes = classifyAll(open, settings, refused)
  const unknown: LineClass = { kind: 'unknown' }
  const rules = { classOf: ({ id }: { readonly id: string }) => classes.get(id) ?? unknown, refused }
  const found = [...lines.values()].flatMap((line) => {
    const { kind } = rules.classOf(line.open)
    // The others settle by themselves.
    if (kind !== 'of' && kind !== 'unknown') return []
    return [...items.values()]
      .filter(({ open: each }) => each.date <= line.open.date && canMeet(rules, line.open, each))
      .map((item) => ({ line, item, apart: apart(line, item), rank: isTied(rules, line.open, item.open) ? 0 : 1 }))
  })
  return found.toSorted((a, b) => a.rank - b.rank || (a.apart < b.apart ? -1 : a.apart > b.apart ? 1 : 0))
}

function apart({ open: { amount } }: PoolLine, { open }: PoolItem): Units {
  return amount < open.amount ? open.amount - amount : amount - open.amount
}
