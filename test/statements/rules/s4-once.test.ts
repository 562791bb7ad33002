/** S4 as worked examples, and as a property: whole days in any files and any order give every line exactly once. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  linesInDispute,
  placeOnce,
  type KnownLine,
  type OnceFacts,
  type ShownLine,
} from '../../../src/statements/rules/s4-once.ts'

/** "2 -5 coffee": day, amount and words. Words that begin with "id:" are an id. */
function shown(text: string): ShownLine {
  const [day = '', amount = '', words = ''] = text.split(' ')
  const identity = words.startsWith('id:') ? `${words} ${day} ${amount}` : `said:${text}`
  return { identity, date: `2026-03-0${day}`, amount: BigInt(amount), counts: true }
}

interface Case {
  readonly what: string
  readonly known: readonly string[]
  readonly file: readonly string[]
  /** Beside each line of the file: the place of the known line, from 0, "new", or "0?" where a person is asked. */
  readonly placed: string
  readonly facts?: Partial<OnceFacts>
  readonly as?: Partial<KnownLine>
}

const CASES: readonly Case[] = [
  {
    what: 'a day that contains the known one adds what is new',
    known: ['1 -5 a'],
    file: ['1 -5 a', '1 -5 b'],
    placed: '0 new',
  },
  { what: 'a day that is contained adds nothing', known: ['1 -5 a', '1 -3 b'], file: ['1 -3 b'], placed: '1' },
  { what: 'identical lines of one file stay', known: ['1 -5 a'], file: ['1 -5 a', '1 -5 a'], placed: '0 new' },
  {
    what: 'and are known when all of them are',
    known: ['1 -5 a', '1 -5 a'],
    file: ['1 -5 a', '1 -5 a'],
    placed: '0 1',
  },
  { what: 'other words for the same amount are asked about', known: ['1 -5 a'], file: ['1 -5 b'], placed: '0?' },
  { what: 'once, and a further line is new', known: ['1 -5 a'], file: ['1 -5 b', '1 -5 c'], placed: '0? new' },
  { what: 'an amount that no line left has is new', known: ['1 -5 a'], file: ['1 -6 b'], placed: 'new' },
  { what: 'the same amount on another day is new', known: ['1 -5 a'], file: ['2 -5 b'], placed: 'new' },
  { what: 'two ids are two lines', known: ['1 -5 id:1'], file: ['1 -5 id:2'], placed: 'new' },
  {
    what: 'ids of two formats say nothing, and are asked about on a cut day',
    known: ['1 -5 id:1'],
    file: ['1 -5 id:2'],
    placed: '0?',
    as: { sameFormat: false },
  },
  {
    what: 'of another format the amount tells on a whole day',
    known: ['1 -5 a'],
    file: ['1 -5 b'],
    placed: '0',
    as: { sameFormat: false },
    facts: { isWhole: () => true },
  },
  {
    what: 'if it has all that is known',
    known: ['1 -5 a'],
    file: ['1 -5 b', '1 -6 c'],
    placed: '0 new',
    as: { sameFormat: false },
    facts: { isWhole: () => true },
  },
  {
    what: 'or nothing else',
    known: ['1 -5 a', '1 -6 b'],
    file: ['1 -5 c'],
    placed: '0',
    as: { sameFormat: false },
    facts: { isWhole: () => true },
  },
  {
    what: 'and is asked about where neither day contains the other',
    known: ['1 -5 a', '1 -6 b'],
    file: ['1 -5 c', '1 -7 d'],
    placed: '0? new',
    as: { sameFormat: false },
    facts: { isWhole: () => true },
  },
  {
    what: 'a line that a person kept is not asked about again',
    known: ['1 -5 a'],
    file: ['1 -5 b'],
    placed: '0',
    as: { kept: true },
  },
  {
    what: 'a file that begins where another closed shows other lines',
    known: ['1 -5 a'],
    file: ['1 -5 a'],
    placed: 'new',
    facts: { adjoining: [new Set([0])] },
  },
  {
    what: 'which a balance does not prove of lines that may sum to nothing',
    known: ['1 -5 a', '1 5 b'],
    file: ['1 -5 a', '1 5 b', '1 7 c'],
    placed: '0 1 new',
    facts: { adjoining: [new Set([0, 1])] },
  },
]

const NOTHING: Pick<OnceFacts, 'adjoining' | 'isWhole'> = { adjoining: [], isWhole: () => false }

function knownLine(line: ShownLine, id: number): KnownLine {
  return { ...line, id, sameFormat: true, kept: false }
}

describe('a line counts once', () => {
  it.each(CASES)('$what', ({ known, file, placed, facts, as }) => {
    const lines = known.map((text, id) => ({ ...knownLine(shown(text), id), ...as }))
    const answers = placeOnce(file.map(shown), { ...NOTHING, known: lines, ...facts })
    expect(answers.map((each) => `${each.known ?? 'new'}${each.certain ? '' : '?'}`).join(' ')).toBe(placed)
  })

  it('over whole days in any files and any order, exactly', () => {
    const line = fc.record({
      day: fc.integer({ min: 1, max: 5 }),
      amount: fc.constantFrom(-2, -1, 1),
      words: fc.constantFrom('a', 'b'),
    })
    const days = fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.nat(4))
      .map(([first, more]) => ({ first, last: first + more }))
    fc.assert(
      fc.property(fc.array(line), fc.array(days), (entries, files) => {
        const texts = entries.map(({ day, amount, words }) => `${day} ${amount} ${words}`)
        const kept: ShownLine[] = []
        for (const { first, last } of [...files, { first: 1, last: 5 }]) {
          const file = texts.filter((_, at) => between(entries[at]?.day ?? 0, first, last)).map(shown)
          const answers = placeOnce(file, { ...NOTHING, known: kept.map(knownLine) })
          expect(answers.every(({ certain }) => certain)).toBe(true)
          kept.push(...file.filter((_, at) => answers[at]?.known === null))
        }
        expect(kept.map(({ identity }) => identity).toSorted()).toEqual(texts.map((text) => `said:${text}`).toSorted())
      }),
    )
  })
})

function between(day: number, first: number, last: number): boolean {
  return day >= first && day <= last
}

describe('a day over several files', () => {
  /** "*1,2": a file that shows the day whole, with lines 1 and 2; without a star the day is one of its ends. */
  const day = (text: string) => ({
    isWhole: text.startsWith('*'),
    lines: new Set(
      text
        .replace('*', '')
        .split(',')
        .filter((id) => id !== '')
        .map(Number),
    ),
  })
  it.each([
    ['one file', ['*1,2'], []],
    ['a file that shows all', ['*1', '*1,2'], []],
    ['ends of files, of which nobody knows more', ['1', '2'], []],
    ['two whole days that differ', ['*1,2', '*1,3'], [2, 3]],
    ['a whole day and an end with another line', ['*1,2', '2,3'], [1, 3]],
    ['a whole day and an end with more', ['*1,2', '1,2,3'], []],
    ['whole days that differ, and a file that shows all', ['*1,2', '*1,3', '1,2,3'], []],
    ['a whole day without lines', ['*', '*1'], []],
    ['nothing', [], []],
  ])('%s', (_, files, disputed) => {
    expect(linesInDispute(files.map(day))).toEqual(disputed)
  })
})
