/**
 * Every subset of some amounts that comes to a target, by meeting in the middle: the sums of either half, sorted, are
 * walked towards each other. Exact: amounts become numbers only where every sum of them is a safe integer.
 */

/** The sums of one half, ascending, then by size; `masks` tells which amounts each takes. */
interface Half {
  readonly sums: Float64Array
  readonly sizes: Uint8Array
  readonly masks: Int32Array
}

export interface SubsetSearch {
  readonly unit: bigint
  readonly maxSize: number
  readonly firstHalf: number
  readonly left: Half
  readonly right: Half
  readonly least: number
  readonly most: number
}

const SMALLEST = 2
/** Half of this is the exponent of the work and the memory. */
const MOST_AMOUNTS = 30

/** Null when the sums are too large to be exact as numbers. */
export function prepareSubsets(amounts: readonly bigint[], maxSize: number): SubsetSearch | null {
  if (amounts.length > MOST_AMOUNTS)
    throw new RangeError(`A subset search takes ${MOST_AMOUNTS} amounts, not ${amounts.length}`)
  const scaled = toSafeNumbers(amounts)
  if (scaled === null) return null
  const firstHalf = amounts.length >> 1
  const { unit, values } = scaled
  return {
    unit,
    maxSize,
    firstHalf,
    left: sumsOf(values.slice(0, firstHalf), maxSize),
    right: sumsOf(values.slice(firstHalf), maxSize),
    least: values.reduce((sum, value) => sum + Math.min(value, 0), 0),
    most: values.reduce((sum, value) => sum + Math.max(value, 0), 0),
  }
}

/** Up to `limit` subsets of at least two amounts, as ascending positions; `limit` of them may be not all. */
export function subsetsOf(search: SubsetSearch, target: bigint, limit: number): readonly (readonly number[])[] {
  const { left, right, unit, least, most } = search
  if (target % unit !== 0n) return []
  const wanted = Number(target / unit)
  if (wanted < least || wanted > most) return []
  const found: (readonly number[])[] = []
  let low = 0
  let high = right.sums.length - 1
  while (low < left.sums.length && high >= 0 && found.length < limit) {
    const sum = (left.sums[low] ?? 0) + (right.sums[high] ?? 0)
    if (sum < wanted) low += 1
    else if (sum > wanted) high -= 1
    else {
      const lowEnd = runEnd(left.sums, low, 1)
      const highEnd = runEnd(right.sums, high, -1)
      combine(search, [low, lowEnd], [highEnd + 1, high + 1], limit, found)
      low = lowEnd
      high = highEnd
    }
  }
  return found
}

/** All of one run with all of the other that make an allowed size. Runs ascend by size, so none is tried in vain. */
function combine(
  search: SubsetSearch,
  [leftStart, leftEnd]: readonly [number, number],
  [rightStart, rightEnd]: readonly [number, number],
  limit: number,
  found: (readonly number[])[],
): void {
  const { left, right, maxSize, firstHalf } = search
  for (let low = leftStart; low < leftEnd; low += 1) {
    const size = left.sizes[low] ?? 0
    if (size + (right.sizes[rightStart] ?? 0) > maxSize) return
    for (let high = firstOfSize(right.sizes, rightStart, rightEnd, SMALLEST - size); high < rightEnd; high += 1) {
      if (size + (right.sizes[high] ?? 0) > maxSize) break
      found.push([...bits(left.masks[low] ?? 0, 0), ...bits(right.masks[high] ?? 0, firstHalf)])
      if (found.length >= limit) return
    }
  }
}

/** Adds one amount after the other, each time merging the sums without it and the sums with it. */
function sumsOf(values: readonly number[], maxSize: number): Half {
  let [current, next] = [emptyHalf(2 ** values.length), emptyHalf(2 ** values.length)]
  let length = 1
  for (const [position, value] of values.entries()) {
    length = mergeAmount(current, length, value, 2 ** position, maxSize, next)
    ;[current, next] = [next, current]
  }
  const { sums, sizes, masks } = current
  return { sums: sums.subarray(0, length), sizes: sizes.subarray(0, length), masks: masks.subarray(0, length) }
}

function emptyHalf(length: number): Half {
  return { sums: new Float64Array(length), sizes: new Uint8Array(length), masks: new Int32Array(length) }
}

/** Writes the merged sums to `into` and returns how many there are. Sets that would grow too large are left out. */
function mergeAmount(half: Half, length: number, value: number, bit: number, maxSize: number, into: Half): number {
  const { sums, sizes, masks } = half
  let without = 0
  let at = 0
  for (let taking = 0; taking <= length; taking += 1) {
    const last = taking === length
    const size = last ? maxSize : (sizes[taking] ?? 0) + 1
    if (!last && size > maxSize) continue
    const taken = last ? Number.POSITIVE_INFINITY : (sums[taking] ?? 0) + value
    for (; without < length; without += 1) {
      const sum = sums[without] ?? 0
      if (sum > taken || (sum === taken && (sizes[without] ?? 0) > size)) break
      into.sums[at] = sum
      into.sizes[at] = sizes[without] ?? 0
      into.masks[at] = masks[without] ?? 0
      at += 1
    }
    if (last) break
    into.sums[at] = taken
    into.sizes[at] = size
    into.masks[at] = (masks[taking] ?? 0) | bit
    at += 1
  }
  return at
}

/** The amounts over their greatest common divisor, or null when a sum of their sizes is not a safe integer. */
export function toSafeNumbers(
  amounts: readonly bigint[],
): { readonly unit: bigint; readonly values: readonly number[] } | null {
  let unit = 0n
  let size = 0n
  for (const amount of amounts) {
    unit = greatestCommonDivisor(unit, amount < 0n ? -amount : amount)
    size += amount < 0n ? -amount : amount
  }
  if (unit === 0n) unit = 1n
  if (size / unit > BigInt(Number.MAX_SAFE_INTEGER)) return null
  return { unit, values: amounts.map((amount) => Number(amount / unit)) }
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

function runEnd(sums: Float64Array, from: number, step: 1 | -1): number {
  const sum = sums[from]
  let end = from
  while (sums[end] === sum && end >= 0 && end < sums.length) end += step
  return end
}

function firstOfSize(sizes: Uint8Array, start: number, end: number, size: number): number {
  let position = start
  while (position < end && (sizes[position] ?? 0) < size) position += 1
  return position
}

function bits(mask: number, offset: number): readonly number[] {
  const positions: number[] = []
  for (let bit = 0; 2 ** bit <= mask; bit += 1) if ((mask & (2 ** bit)) !== 0) positions.push(offset + bit)
  return positions
}
