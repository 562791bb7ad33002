/**
 * Step "reference" where the whole does not balance: a line and an item that name the same and have the same amount,
 * and no other partner of that kind. Where there are several, only windows that leave no choice decide.
 */
import { assignByWindow } from './assign.ts'
import { isOpen, type Board, type Party } from './board.ts'
import { groups } from './groups.ts'
import { byAmount, hubsOf } from './hubs.ts'
import { COUNT_BOUND, hold, settle, type Alternative } from './verdicts.ts'

/** All that name one reference and have something else in common: any line of it could be any item. */
export interface Likeness extends Alternative {
  readonly reference: string
}

export function matchEqualReferences(board: Board): void {
  const likenesses = likenessesOf(board)
  const byParty = new Map<Party, Likeness[]>()
  const joined = groups()
  for (const likeness of likenesses) {
    const members = [...likeness.lines, ...likeness.items]
    for (const party of members) {
      joined.join(members[0] ?? party, party)
      const known = byParty.get(party)
      if (known === undefined) byParty.set(party, [likeness])
      else known.push(likeness)
    }
  }
  for (const parties of joined.sets())
    decide(board, parties, [...new Set(parties.flatMap((one) => byParty.get(one) ?? []))])
}

function likenessesOf(board: Board): readonly Likeness[] {
  return hubsOf(board).flatMap(({ reference, lines, items }) => {
    const sameItems = byAmount(items)
    return [...byAmount(lines)].flatMap(([amount, same]) => {
      const partners = sameItems.get(amount)
      return partners === undefined ? [] : [{ reference, lines: same, items: partners }]
    })
  })
}

function decide(board: Board, parties: readonly Party[], likenesses: readonly Likeness[]): void {
  const [first] = likenesses
  if (first === undefined) return
  const lines = parties.filter(({ side }) => side === 'line')
  const items = parties.filter(({ side }) => side === 'item')
  const reason = `Both name "${first.reference}", and the amounts are equal.`
  // In one likeness everybody could be everybody's, so the windows alone decide.
  const whole = likenesses.some((one) => one.lines.length === lines.length && one.items.length === items.length)
  const single = lines.length === 1 && items.length === 1
  if (single) settle(board, { step: 'reference', lines, items, sure: true, reason })
  else if (whole) {
    for (const [line, item] of assignByWindow(lines, items).pairs) {
      settle(board, {
        step: 'reference',
        lines: [line],
        items: [item],
        sure: true,
        reason: `${reason} The dates decide.`,
      })
    }
  }
  if (single) return
  const pairs = pairsOf(likenesses)
  if (pairs.length === 0) return
  hold(board, {
    step: 'reference',
    parties,
    alternatives: pairs,
    count: pairs.length,
    counted: pairs.length < COUNT_BOUND,
    reason: `Several of the same amount name "${first.reference}".`,
  })
}

/** Each open pair once; no more than the bound. */
export function pairsOf(likenesses: readonly Likeness[]): readonly Alternative[] {
  const pairs = new Map<string, Alternative>()
  for (const likeness of likenesses) {
    for (const line of likeness.lines.filter(isOpen)) {
      for (const item of likeness.items) {
        if (pairs.size >= COUNT_BOUND) return [...pairs.values()]
        if (isOpen(item)) pairs.set(`${line.index}-${item.index}`, { lines: [line], items: [item] })
      }
    }
  }
  return [...pairs.values()]
}
