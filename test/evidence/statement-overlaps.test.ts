/**
 * Files that overlap, cut anywhere in a day and in any order: with ids of their own lines are kept once each, and without
 * them nothing is ever counted twice. Files of whole days are in test/statements/rules/s4-once.test.ts.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { addDays } from '../../src/domain/time/dates.ts'
import type { StatementFormat, StatementLine, StatementSection } from '../../src/domain/statements/statement.ts'
import { landBatch } from '../../src/log/landing.ts'
import { readLines } from '../../src/evidence/statements/lines.ts'
import { saveSections } from '../../src/evidence/statements/save-statement.ts'
import { ensureBook } from '../../src/ledger/books.ts'
import { opened } from '../support/databases.ts'
import { lineOf, sectionOf } from '../support/statements.ts'

interface Entry {
  readonly day: number
  readonly amount: number
  readonly text: string
}

type Ids = 'ids' | 'none'
type Balances = 'each' | 'ends' | 'none'

/** Amounts of one cent to three and two texts, so that identical lines and lines that cancel out are common. */
const entry = fc.record({
  step: fc.constantFrom(0, 0, 0, 1, 2),
  amount: fc.constantFrom(-3, -2, -1, 1, 2, 3),
  text: fc.constantFrom('coffee', 'tea'),
})

const statement = fc.array(entry, { minLength: 1, maxLength: 14 }).map((entries) => {
  let day = 0
  return entries.map(({ step, amount, text }): Entry => ({ day: (day += step), amount, text }))
})

/** Cuts that together show everything: places, and how far each reaches over into the next. */
const cuts = fc.array(fc.record({ at: fc.nat(13), over: fc.nat(4) }), { maxLength: 4 })

const fresh = fc.record({
  entries: statement,
  cuts,
  newestFirst: fc.boolean(),
  order: fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
})

type Case = typeof fresh extends fc.Arbitrary<infer T> ? T : never

function filesOf(given: Case, ids: Ids, balances: Balances): readonly StatementSection[] {
  const { entries } = given
  const lines = entries.map(({ day, amount, text }, at): StatementLine =>
    lineOf({
      line: at + 1,
      date: addDays('2026-03-01', day),
      amount: BigInt(amount),
      description: text,
      externalId: ids === 'ids' ? `T${at}` : null,
    }),
  )
  const runnings: bigint[] = []
  for (const line of lines) runnings.push((runnings.at(-1) ?? 100n) + line.amount)
  const starts = [...new Set([0, ...given.cuts.map(({ at }) => at % lines.length)])].toSorted((a, b) => a - b)
  const files = starts.map((start, index) => {
    const over = given.cuts[index]?.over ?? 0
    const end = Math.min(lines.length, (starts[index + 1] ?? lines.length) + over)
    const shown = lines.slice(start, end).map((line, at) => ({
      ...line,
      line: at + 1,
      balance: balances === 'each' ? (runnings[start + at] ?? null) : null,
    }))
    const printed = given.newestFirst ? shown.toReversed() : shown
    const ends = balances !== 'none'
    return sectionOf(printed, {
      opening: ends ? { amount: (runnings[start] ?? 0n) - (lines[start]?.amount ?? 0n), date: null } : null,
      closing: ends ? { amount: runnings[end - 1] ?? 0n, date: null } : null,
      footing: { kind: ends ? 'foots' : 'unproven' },
    })
  })
  return files
    .map((file, at) => ({ file, rank: given.order[at] ?? 0 }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ file }) => file)
}

const textOf = (line: { readonly date: string; readonly amount: bigint; readonly description: string }): string =>
  `${line.date} ${line.amount} ${line.description}`

interface Bench {
  readonly database: Database
  readonly book: bigint
  /** One account for each try. */
  account: bigint
}

async function kept({ database, book, account }: Bench, files: readonly StatementSection[], format: StatementFormat) {
  let uncertain = 0
  for (const [at, section] of files.entries()) {
    const of = { book, account, evidence: { batch: Number(account) * 100 + at, item: 1 } }
    const [saved] = await saveSections(database.kysely, of, { format, sections: [section], bindings: [], remarks: [] })
    uncertain += saved?.doubtful.length ?? 0
  }
  const lines = await readLines(database.kysely, book, { accounts: [account] })
  return { texts: lines.map(textOf).toSorted(), uncertain }
}

async function holds(bench: Bench, given: Case, [ids, balances, mayMiss]: Kind): Promise<void> {
  bench.account += 1n
  const { texts, uncertain } = await kept(bench, filesOf(given, ids, balances), 'bank-csv')
  const truth = given.entries
    .map(({ day, amount, text }) => `${addDays('2026-03-01', day)} ${amount} ${text}`)
    .toSorted()
  if (!mayMiss) {
    expect(uncertain).toBe(0)
    expect(texts).toEqual(truth)
  }
  // A line that was taken for one in other words is asked about, and bears those words until it is answered: the money counts.
  const said = uncertain > 0 ? withoutWords : (all: readonly string[]): readonly string[] => all
  const invented = [...said(texts)]
  for (const text of said(truth)) if (invented.includes(text)) invented.splice(invented.indexOf(text), 1)
  expect(invented, 'more than there is').toEqual([])
}

function withoutWords(texts: readonly string[]): readonly string[] {
  return texts.map((text) => text.split(' ').slice(0, 2).join(' '))
}

const ONE = { day: 0, text: 'c' }
const bare = (...amounts: readonly number[]): Entry[] => amounts.map((amount) => ({ ...ONE, amount }))

/** Found by longer runs, each of which once doubled a line. */
const PINNED: readonly Case[] = [
  // The file between the other two comes last, and shows that they only seemed to overlap.
  {
    entries: bare(-2, -2, -2, -2, 1, 1, -2, -2),
    cuts: [
      { at: 12, over: 0 },
      { at: 6, over: 0 },
    ],
    newestFirst: false,
    order: [0, 20, 0, 0, 0],
  },
  {
    entries: bare(-2, -2, -2, 1, 1, -2, -2, -2),
    cuts: [
      { at: 13, over: 1 },
      { at: 1, over: 0 },
    ],
    newestFirst: false,
    order: [0, 9, 0, 0, 0],
  },
  // Five pieces of one day: their balances prove each pair, and not all of them together.
  {
    entries: bare(-2, -2, -2, -2, -2, -2, 1, -2, 1),
    cuts: [
      { at: 7, over: 3 },
      { at: 8, over: 0 },
      { at: 6, over: 0 },
      { at: 5, over: 0 },
    ],
    newestFirst: false,
    order: [20, 20, 0, 20, 0],
  },
  // A known line is taken for one in other words, and the file between begins where another ends.
  {
    entries: [
      { day: 0, amount: -3, text: 'coffee' },
      ...Array.from({ length: 6 }, () => ({ day: 1, amount: -3, text: 'coffee' })),
      { day: 1, amount: -3, text: 'tea' },
      { day: 2, amount: -3, text: 'coffee' },
    ],
    cuts: [
      { at: 5, over: 3 },
      { at: 11, over: 0 },
    ],
    newestFirst: false,
    order: [101974656, 0, 0, 0, 0],
  },
  // A file within another: with ids that is certain.
  { entries: bare(-2, -2), cuts: [{ at: 3, over: 1 }], newestFirst: false, order: [0, 0, 0, 0, 0] },
]

type Kind = readonly [Ids, Balances, boolean]

it.each<Kind>([
  ['ids', 'none', false],
  ['ids', 'each', false],
  ['none', 'each', true],
  ['none', 'ends', true],
  ['none', 'none', true],
])('a statement with %s of its own and balances on %s comes together again', async (...kind) => {
  const database = await opened(':memory:')
  const book = await ensureBook(database.kysely, { name: 'b', currency: 'USD', timeZone: 'UTC' })
  const bench = { database, book: book.id, account: 0n }
  // Lines come only while a landed batch waits.
  const landing = {
    kind: 'statement',
    source: 'checking',
    request: {},
    fetchedAtMs: 0,
    httpStatus: null,
    contentType: 'text/csv',
    body: Buffer.from(''),
  } as const
  await database.kysely.transaction().execute((trx) => landBatch(trx, book.id, [landing]))
  await fc.assert(
    fc.asyncProperty(fresh, (given) => holds(bench, given, kind)),
    { numRuns: 250, examples: PINNED.map((given) => [given]) },
  )
})
