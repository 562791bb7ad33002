/**
 * Takes the automatic matches that newer evidence may put in doubt back into the pool, so that the engine decides over all
 * of it at once and the order in which evidence came makes no difference. What it decides again in the same way stays.
 */
import { looseMatches, sharingAmounts, sharingReferences, type Rival } from '../../evidence/match-doubts.ts'
import { type StoredMatch } from '../../evidence/matches.ts'
import { matchesById } from '../../evidence/read-matches.ts'
import type { BatchContext } from './context.ts'
import { itemsById, linesById, reopened, type Pool } from './match-pool.ts'

/** The matches that were taken back. They are still active; the caller keeps or undoes them. */
export async function reopenMatches(context: BatchContext, pool: Pool): Promise<readonly StoredMatch[]> {
  const { db, book } = context
  const taken = new Map<bigint, StoredMatch>()
  let rivals = rivalsOf(pool, [...pool.lines.keys()], [...pool.items.keys()])
  const loose = await looseMatches(db, book, rivals)
  for (let first = true; rivals.length > 0; first = false) {
    const doubted = new Set([
      ...(await sharingReferences(db, book, rivals)),
      ...(await sharingAmounts(db, book, rivals)),
      ...(first ? loose : []),
    ])
    const fresh = await matchesById(
      db,
      book,
      [...doubted].filter((id) => !taken.has(id)).sort((a, b) => (a < b ? -1 : 1)),
    )
    for (const match of fresh) taken.set(match.id, match)
    const legs = fresh.flatMap((match) => match.legs)
    const of = (side: 'line' | 'item'): bigint[] => legs.filter((leg) => leg.side === side).map(({ ref }) => ref)
    const sides: Pool = {
      lines: new Map((await linesById(context, of('line'))).map((line) => [String(line.id), line])),
      items: new Map((await itemsById(context, of('item'))).map((item) => [String(item.id), item])),
    }
    reopened(pool, legs, sides)
    rivals = rivalsOf(pool, of('line').map(String), of('item').map(String))
  }
  return [...taken.values()]
}

function rivalsOf(pool: Pool, lines: readonly string[], items: readonly string[]): readonly Rival[] {
  return [
    ...lines.flatMap((id): readonly Rival[] => {
      const line = pool.lines.get(id)?.open
      if (line === undefined) return []
      const { currency, amount, gross, date, references } = line
      return [{ side: 'line', currency, amounts: [amount, gross], from: date, to: date, references }]
    }),
    ...items.flatMap((id): readonly Rival[] => {
      const item = pool.items.get(id)?.open
      if (item === undefined) return []
      const { currency, amount, date, lastDate, references } = item
      return [{ side: 'item', currency, amounts: [amount], from: date, to: lastDate, references }]
    }),
  ]
}
