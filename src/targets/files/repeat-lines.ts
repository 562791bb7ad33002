/**
 * Journals that went out before as sentences, one for each file or target however many they are: forty lines of the same
 * kind would hide the one that says they are in the accounting system already.
 */
import type { OutboxState } from '../../domain/journals/outbox.ts'

export interface Delivered {
  readonly document: string
  readonly target: string
  readonly state: OutboxState
}

export interface Written {
  readonly document: string
  readonly path: string
  readonly by: string
  readonly atMs: number
}

/** What is there already comes before what only waits. */
export function deliveredLines(delivered: readonly Delivered[]): readonly string[] {
  const isThere = ({ state }: Delivered): boolean => state === 'delivered' || state === 'verified'
  const there = grouped(
    delivered.filter(isThere),
    ({ target }) => target,
    (subject, each, isOne) => {
      return `${subject} ${isOne ? 'is' : 'are'} in the target "${each[0].target}" already, by API (${statesOf(each)}).`
    },
  )
  const waiting = grouped(
    delivered.filter((each) => !isThere(each)),
    ({ target }) => target,
    (subject, each, isOne) => {
      const goes = isOne ? 'goes' : 'go'
      const subjects = isOne ? 'it is' : 'they are'
      const way = `${isOne ? 'itself' : 'themselves'} (${statesOf(each)})`
      return `${subject} ${goes} to the target "${each[0].target}" by ${way}; once in a file for the same books, ${subjects} not sent there as well.`
    },
  )
  return [...there, ...waiting]
}

export function writtenLines(written: readonly Written[]): readonly string[] {
  return grouped(written, writingOf, (subject, [{ path, by, atMs }], isOne) => {
    return `${subject} ${isOne ? 'was' : 'were'} written to ${path} by ${by} at ${minuteText(atMs)} UTC.`
  })
}

/** What is in the file that is replaced. */
export function inPlaceLines(written: readonly Written[]): readonly string[] {
  return grouped(written, writingOf, (subject, [{ by, atMs }], isOne) => {
    return `${subject} ${isOne ? 'was' : 'were'} in this file before, as ${by} wrote it at ${minuteText(atMs)} UTC.`
  })
}

function writingOf({ path, by, atMs }: Written): string {
  return JSON.stringify([path, by, atMs])
}

type Some<T> = readonly [T, ...(readonly T[])]

/** A sentence for each group, in the order in which they begin. */
function grouped<T extends { readonly document: string }>(
  items: readonly T[],
  keyOf: (item: T) => string,
  sentence: (subject: string, group: Some<T>, isOne: boolean) => string,
): readonly string[] {
  const groups = new Map<string, [T, ...T[]]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return [...groups.values()].map((group) => {
    const documents = [...new Set(group.map(({ document }) => document))]
    const ends = `${documents[0]} to ${documents.at(-1)}`
    const isOne = documents.length === 1
    return sentence(isOne ? group[0].document : `${documents.length} journals (${ends})`, group, isOne)
  })
}

function statesOf(delivered: readonly Delivered[]): string {
  return [...new Set(delivered.map(({ state }) => state))].join(', ')
}

function minuteText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}
