/**
 * Matches statement lines with what the books expect, and never guesses: the steps of the cascade, strongest first, each
 * over everything that is still open. The answer does not depend on the order of the input.
 */
import { compareText, isOpen, layOut, type Board, type Party } from './board.ts'
import { matchBalancedReferences } from './by-balance.ts'
import { matchEqualReferences } from './by-reference.ts'
import { matchExact } from './exact.ts'
import { matchFee } from './fee.ts'
import { MATCH_STEPS, type Match, type Matchable, type Matching, type MatchPolicy } from './match.ts'
import { matchStars, starsOf, type Star } from './stars.ts'
import { matchSubset } from './subset.ts'
import { holdTangles } from './tangles.ts'
import { matchTolerance } from './tolerance.ts'

type Step = (board: Board, stars: ReadonlyMap<Party, Star>) => void

/**
 * A partial amount by reference (`matchStars`) is weaker than an exact one, so it comes after it; but the exact step
 * knows of the stars and leaves to a person what they contradict.
 */
const CASCADE: readonly Step[] = [matchExact, matchStars, holdTangles, matchFee, matchSubset, matchTolerance]

/**
 * @param lines what statements say, amounts in exact units, each not yet matched to that amount
 * @param items what the books expect, likewise
 * @throws InvariantError for an amount of zero, a repeated id, or a window that ends before it begins
 */
export function matchAll(lines: readonly Matchable[], items: readonly Matchable[], policy: MatchPolicy): Matching {
  const boards = layOut(lines, items, policy)
  for (const board of boards) {
    if (board.lines.length === 0 || board.items.length === 0) continue
    matchBalancedReferences(board)
    matchEqualReferences(board)
    const stars = starsOf(board)
    for (const step of CASCADE) step(board, stars)
  }
  return {
    matches: boards.flatMap(({ matches }) => matches).sort(compareMatches),
    ambiguities: boards
      .flatMap(({ ambiguities }) => ambiguities)
      .sort((a, b) => stepRank(a.step) - stepRank(b.step) || compareText(firstOf(a), firstOf(b))),
    unmatchedLines: openIds(boards.map((board) => board.lines)),
    unmatchedItems: openIds(boards.map((board) => board.items)),
    unsearched: boards
      .flatMap(({ unsearched, lines: boardLines, items: boardItems }) => {
        const open = new Set([...boardLines, ...boardItems].filter(isOpen).map(({ side, id }) => `${side} ${id}`))
        return unsearched.filter(({ side, id }) => open.has(`${side} ${id}`))
      })
      .sort((a, b) => compareText(b.side, a.side) || compareText(a.id, b.id)),
  }
}

function openIds(sides: readonly (readonly Party[])[]): readonly string[] {
  return sides.flatMap((side) => side.filter(isOpen).map(({ id }) => id)).sort(compareText)
}

/** Every match and ambiguity has lines of its own, so step and first line tell any two apart. */
function compareMatches(a: Match, b: Match): number {
  return stepRank(a.step) - stepRank(b.step) || compareText(a.legs[0]?.id ?? '', b.legs[0]?.id ?? '')
}

function firstOf({ lines }: { readonly lines: readonly string[] }): string {
  return lines[0] ?? ''
}

function stepRank(step: Match['step']): number {
  return MATCH_STEPS.indexOf(step)
}
