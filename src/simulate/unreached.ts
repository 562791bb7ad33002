/**
 * What a run of thousands of seeds must have reached, and how often: every fault at every boundary, every exception code,
 * every move of the outbox. What cannot be reached by a simulated world is listed here with its reason.
 */
import { EXCEPTION_CODES } from '../domain/exception.ts'
import type { Coverage } from './coverage.ts'
import { HTTP_FAULTS, POSTGRES_FAULTS, SQLITE_FAULTS } from './kernel/faults.ts'

const EACH_FAULT = 20
/** Of a hundred nights with faults: how many have two or more. */
const TWO_FAULTS = 20

/** Codes that no world here brings about, and why. */
const ELSEWHERE: Readonly<Partial<Record<keyof typeof EXCEPTION_CODES, string>>> = {}

/** Names, with how often each was seen. */
export function unreached(coverage: Coverage): readonly string[] {
  const seen = (name: string): number => coverage.get(name) ?? 0
  const boundaries = new Set(
    [...coverage.keys()].filter((name) => name.startsWith('fault ')).map((name) => name.split(' ')[1] ?? ''),
  )
  boundaries.delete('sqlite')
  boundaries.delete('postgres')
  const faults = [
    ...[...boundaries].flatMap((boundary) => HTTP_FAULTS.map((kind) => `fault ${boundary} ${kind}`)),
    ...SQLITE_FAULTS.map((kind) => `fault sqlite ${kind}`),
    ...POSTGRES_FAULTS.map((kind) => `fault postgres ${kind}`),
  ].filter((name) => seen(name) < EACH_FAULT)
  const codes = Object.keys(EXCEPTION_CODES)
    .filter((code) => !(code in ELSEWHERE))
    .map((code) => `exception ${code}`)
    .filter((name) => seen(name) === 0)
  const [none, one, two] = [0, 1, 2].map((faultsOfNight) => seen(`nights with ${faultsOfNight} faults`)) as [
    number,
    number,
    number,
  ]
  const nights = none + one + two
  const share = two * 100 < nights * TWO_FAULTS ? [`nights with 2 faults (${two} of ${nights})`] : []
  return [...faults.map((name) => `${name} (${seen(name)})`), ...codes, ...share]
}
