/**
 * Step "subset": one line is the sum of several items, or one item of several lines. All solutions of all targets are
 * counted first; only a solution that is alone, and shares nothing with any other, is a match. With many small amounts
 * sums coincide easily, so it takes two things that speak for it before it may be confirmed.
 */
import { isOpen, type Board, type Party } from './board.ts'
import { count } from './by-balance.ts'
import { corroborations } from './corroboration.ts'
import { groups } from './groups.ts'
import { prepareSubsets, subsetsOf, type SubsetSearch } from './subset-search.ts'
import { subsetTargets, type Candidates, type Target } from './subset-targets.ts'
import { COUNT_BOUND, hold, settle, type Alternative } from './verdicts.ts'

interface Solved {
  readonly target: Target
  readonly solutions: readonly (readonly Party[])[]
  /** False when there are at least as many as anybody counts. */
  readonly counted: boolean
}

const NEEDED = 2

export function matchSubset(board: Board): void {
  const solved = solveAll(board)
  const touches = new Map<Party, number>()
  const touch = (party: Party): void => void touches.set(party, (touches.get(party) ?? 0) + 1)
  for (const { target, solutions, counted } of solved) {
    for (const solution of solutions) for (const party of [target.party, ...solution]) touch(party)
    // What was not counted could use any candidate.
    if (!counted) for (const party of target.candidates.parties) touch(party)
  }
  const doubtful = solved.filter(({ target, solutions: [only, ...others] }) => {
    if (only === undefined || others.length > 0) return true
    if (![target.party, ...only].every((party) => touches.get(party) === 1)) return true
    settleSum(board, target, only)
    return false
  })
  holdDoubtful(board, doubtful)
}

function solveAll(board: Board): readonly Solved[] {
  const { subsetSize, subsetCandidates } = board.policy
  if (subsetCandidates === 0) return []
  const searches = new Map<Candidates, SubsetSearch | null>()
  return subsetTargets(board).flatMap((target) => {
    const { party, candidates } = target
    if (candidates.count > subsetCandidates) {
      refuse(
        board,
        target,
        `${candidates.count} candidates in the window, more than the ${subsetCandidates} a search can prove`,
      )
      return []
    }
    let search = searches.get(candidates)
    if (search === undefined) {
      search = prepareSubsets(
        candidates.parties.map(({ amount }) => amount),
        subsetSize,
      )
      searches.set(candidates, search)
    }
    if (search === null) {
      refuse(board, target, 'the amounts are too large for an exact search')
      return []
    }
    const found = subsetsOf(search, party.amount, COUNT_BOUND)
    if (found.length === 0) return []
    const solutions = found.map((positions) => positions.flatMap((position) => candidates.parties[position] ?? []))
    return [{ target, solutions, counted: found.length < COUNT_BOUND }]
  })
}

function refuse(board: Board, { party, candidates }: Target, why: string): void {
  const reason = `No sum was searched for: ${why}.`
  board.unsearched.push({ side: party.side, id: party.id, candidates: candidates.count, reason })
}

function settleSum(board: Board, target: Target, parts: readonly Party[]): void {
  const { party, candidates } = target
  const spoken = corroborations(party, parts, candidates.parties)
  const why = spoken.length === 0 ? 'nothing else speaks for it' : spoken.join(', ')
  const other = party.side === 'line' ? 'item' : 'line'
  const { subsetSize } = board.policy
  // A larger sum, never tried, could be another one: then it is the only one of those tried, and a person confirms.
  const complete = candidates.parties.length <= subsetSize
  const tried = complete ? 'The only sum' : `The only sum of up to ${subsetSize}`
  const reason = `${tried} among ${count(candidates.parties, other)} in the window: ${count(parts, other)}; ${why}.`
  settle(board, { step: 'subset', ...sides(party, parts), sure: complete && spoken.length >= NEEDED, reason })
}

function sides(party: Party, parts: readonly Party[]): Alternative {
  return party.side === 'line' ? { lines: [party], items: parts } : { lines: parts, items: [party] }
}

function holdDoubtful(board: Board, doubtful: readonly Solved[]): void {
  const joined = groups()
  const byTarget = new Map<Party, Solved>()
  for (const one of doubtful) {
    byTarget.set(one.target.party, one)
    const parties = one.counted ? one.solutions.flat() : one.target.candidates.parties
    for (const party of parties) joined.join(one.target.party, party)
  }
  for (const parties of joined.sets()) {
    const ones = parties.flatMap((party) => byTarget.get(party) ?? [])
    const alternatives = ones.flatMap(({ target, solutions }) => solutions.map((parts) => sides(target.party, parts)))
    hold(board, {
      step: 'subset',
      parties: parties.filter(isOpen),
      alternatives,
      count: alternatives.length,
      counted: ones.every(({ counted }) => counted),
      reason: ones.length === 1 ? 'Several sums fit.' : 'Sums fit that share some of their parts.',
    })
  }
}
