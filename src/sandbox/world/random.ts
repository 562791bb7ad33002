/**
 * Seeded randomness for the simulated world. Every entity draws from its own stream, named by labels, so adding one
 * panel does not change what happens on another. Only 32-bit integer steps and one division: the same on every machine.
 */

export interface Random {
  /** Uniform in [0, 1). */
  readonly next: () => number
  /** Uniform whole number, both ends included. */
  readonly int: (min: number, max: number) => number
  readonly chance: (probability: number) => boolean
  readonly pick: <T>(items: readonly [T, ...T[]]) => T
}

/** A stream that depends on its labels and on nothing else. */
export function createRandom(...labels: readonly (string | number)[]): Random {
  const step = sfc32(labels.join('\u0000'))
  const next = (): number => step() / 4_294_967_296
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (items) => items[int(0, items.length - 1)] ?? items[0],
  }
}

/** The "small fast counter" generator, seeded from text by four differently mixed FNV-style hashes. */
function sfc32(seed: string): () => number {
  let a = hash(seed, 1_779_033_703)
  let b = hash(seed, 3_144_134_277)
  let c = hash(seed, 1_013_904_242)
  let counter = hash(seed, 2_773_480_762)
  const step = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return sum >>> 0
  }
  for (let warmUp = 0; warmUp < 12; warmUp += 1) step()
  return step
}

function hash(text: string, start: number): number {
  let value = start | 0
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 16_777_619)
    value = (value << 13) | (value >>> 19)
  }
  value = Math.imul(value ^ (value >>> 16), 2_246_822_507)
  return value ^ (value >>> 13)
}
