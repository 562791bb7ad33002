/**
 * All subsets of a given small size that come to a target, among hundreds of amounts: half of each subset is kept in a
 * table by its sum, the other half is looked up. Sums are compared modulo 2^52, which never misses one, and every hit is
 * added up again exactly.
 */

const MODULUS = 2 ** 52

export interface FewSums {
  readonly amounts: readonly bigint[]
  readonly residues: readonly number[]
  readonly target: bigint
}

export function fewSums(amounts: readonly bigint[], target: bigint): FewSums {
  return { amounts, residues: amounts.map(residueOf), target }
}

/** How many sums a search of this size makes; the lesser part of them is kept in memory. */
export function workOf(candidates: number, size: number): { readonly steps: number; readonly kept: number } {
  const kept = choose(candidates, size >> 1)
  return { steps: kept + choose(candidates, size - (size >> 1)), kept }
}

/** Up to `limit` wanted subsets of exactly `size` amounts, as ascending positions. */
export function sumsOfSize(
  search: FewSums,
  size: number,
  limit: number,
  isWanted: (positions: readonly number[]) => boolean = () => true,
): readonly (readonly number[])[] {
  const { residues, amounts, target } = search
  const wanted = residueOf(target)
  const found: (readonly number[])[] = []
  const accept = (positions: readonly number[]): void => {
    const sum = positions.reduce((total, position) => total + (amounts[position] ?? 0n), 0n)
    if (sum === target && found.length < limit && isWanted(positions)) found.push(positions)
  }
  const kept = new Map<number, (readonly number[])[]>()
  const keptSize = size >> 1
  if (keptSize === 0) kept.set(0, [[]])
  // A subset is cut once: its first half lies before position `cut`, its second half begins there.
  for (let cut = 0; cut < residues.length && found.length < limit; cut += 1) {
    const first = residues[cut] ?? 0
    eachSubset(residues, cut + 1, residues.length, size - keptSize - 1, first, [cut], (sum, rest) => {
      for (const start of kept.get((wanted - sum + MODULUS) % MODULUS) ?? []) accept([...start, ...rest])
    })
    if (keptSize > 0) {
      eachSubset(residues, 0, cut, keptSize - 1, first, [], (sum, start) => {
        const subset = [...start, cut]
        const same = kept.get(sum)
        if (same === undefined) kept.set(sum, [subset])
        else same.push(subset)
      })
    }
  }
  return found
}

/** Visits every subset of `size` positions from `from` up to before `end`. The positions are only valid during the visit. */
function eachSubset(
  residues: readonly number[],
  from: number,
  end: number,
  size: number,
  sum: number,
  positions: number[],
  visit: (sum: number, positions: readonly number[]) => void,
): void {
  if (size === 0) {
    visit(sum, positions)
    return
  }
  for (let position = from; position <= end - size; position += 1) {
    positions.push(position)
    const grown = (sum + (residues[position] ?? 0)) % MODULUS
    eachSubset(residues, position + 1, end, size - 1, grown, positions, visit)
    positions.pop()
  }
}

function residueOf(amount: bigint): number {
  return Number(BigInt.asUintN(52, amount))
}

function choose(n: number, k: number): number {
  let ways = 1
  for (let step = 1; step <= k; step += 1) ways = (ways * (n - k + step)) / step
  return Math.max(0, Math.round(ways))
}
