/**
 * A bank account with plain statements: fees and interest that its rules know, in files that overlap, come late, and are
 * imported twice. Each line counts once; and days that were approved before get something more.
 */
import { createRandom } from '../../../src/sandbox/world/random.ts'
import type { Books } from '../oracles/books.ts'
import { amountText } from './amounts.ts'
import { dayOf } from './day.ts'
import { evidenceAct } from './evidence.ts'
import type { Act, Finding, Part } from './part.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** Some days are over before the world begins: there is something to approve from the first evening on. */
const DAYS_BEFORE = 2

export interface BankPlan {
  readonly kind: 'bank'
  readonly name: string
  readonly startMs: number
  readonly opening: number
  readonly lines: readonly LinePlan[]
  readonly files: readonly FilePlan[]
}

interface LinePlan {
  readonly id: string
  readonly day: string
  /** Count of 10⁻⁸; negative: a fee. */
  readonly amount: number
}

interface FilePlan {
  readonly atMs: number
  /** Both included. */
  readonly fromDay: string
  readonly throughDay: string
  readonly isTwice: boolean
}

export function planBank(seed: number, name: string, startMs: number, nights: number): BankPlan {
  const days = Array.from({ length: nights + DAYS_BEFORE }, (_, nth) => nth - DAYS_BEFORE)
  const lines = days.flatMap((day) => {
    const random = createRandom(seed, 'bank', name, 'day', day)
    return Array.from({ length: random.int(0, 3) }, (_, nth): LinePlan => {
      const amount = random.int(1, 9999) * (random.chance(0.7) ? -1_000_000 : 1_000_000)
      return { id: `L${day + DAYS_BEFORE}-${nth}`, day: dayOf(startMs + day * DAY_MS), amount }
    })
  })
  const files = days
    .filter((day) => day >= 0)
    .flatMap((day): readonly FilePlan[] => {
      const random = createRandom(seed, 'bank', name, 'file', day)
      const isLast = day === nights - 1
      if (!isLast && random.chance(0.3)) return []
      const fromDay = dayOf(startMs + (isLast ? -DAYS_BEFORE : day - random.int(0, 3)) * DAY_MS)
      const throughDay = dayOf(startMs + day * DAY_MS)
      return [{ atMs: startMs + day * DAY_MS + 22 * HOUR_MS, fromDay, throughDay, isTwice: random.chance(0.3) }]
    })
  return { kind: 'bank', name, startMs, opening: 100_000_000_000, lines, files }
}

export function createBank(plan: BankPlan): Part {
  const { name, startMs } = plan
  const imported = new Map<string, LinePlan>()
  return {
    name,
    sites: [],
    config: {
      accounts: [
        `name: ${name}\ntype: bank\ncurrency: USD\nrules:\n  - { contains: MONTHLY FEE, means: bank-charge }\n  - { contains: INTEREST, means: income }`,
      ],
    },
    env: {},
    advance: () => undefined,
    acts: function* (fromMs, throughMs) {
      if (fromMs <= startMs) {
        const atMs = Date.parse(openingDay(startMs))
        yield* evidenceAct(name, throughMs, [{ atMs, kind: 'opening-balance', amount: plan.opening, reference: '' }])
      }
      for (const file of plan.files)
        if (file.atMs > fromMs && file.atMs <= throughMs) yield* importFile(plan, file, imported)
    },
    check: (books, when) => (when === 'end' ? countedOnce(plan, imported, books) : []),
  }
}

function* importFile({ name, lines }: BankPlan, plan: FilePlan, imported: Map<string, LinePlan>): Iterable<Act> {
  const within = lines.filter(({ day }) => day >= plan.fromDay && day <= plan.throughDay)
  if (within.length === 0) return
  for (const line of within) imported.set(line.id, line)
  const rows = within.map(({ id, day, amount }) =>
    [day, `${name}-${id}`, `${amount < 0 ? 'MONTHLY FEE' : 'INTEREST'} ${id}`, amountText(BigInt(amount), 2)].join(','),
  )
  const file = {
    name: `${name}-${plan.throughDay}.csv`,
    content: `Date,Transaction ID,Description,Amount\n${rows.join('\n')}\n`,
  }
  const said = ['--columns', 'sign=in-positive', '--order', 'oldest-first']
  const act: Act = {
    atMs: plan.atMs,
    file,
    argv: ['statements', 'import', `files/${file.name}`, '--account', name, ...said],
  }
  yield act
  if (plan.isTwice) yield act
}

/** Before everything else. */
function openingDay(startMs: number): string {
  return dayOf(startMs - DAYS_BEFORE * DAY_MS)
}

/** What the statements moved on a day is what the account's postings of that day come to. */
const BOOKED = `
  select txn.effective_date as day, sum(posting.amount) as amount from txn
  join posting on posting.book = txn.book and posting.seq = txn.seq
  join account on account.book = posting.book and account.id = posting.account
  where account.key like '%:' || ? group by txn.effective_date`

function countedOnce(
  { name, startMs, opening }: BankPlan,
  imported: ReadonlyMap<string, LinePlan>,
  books: Books,
): readonly Finding[] {
  const booked = new Map(books.rows(BOOKED, name).map(({ day, amount }) => [String(day), amount as bigint]))
  const stated = new Map([[openingDay(startMs), BigInt(opening)]])
  for (const { day, amount } of imported.values()) stated.set(day, (stated.get(day) ?? 0n) + BigInt(amount))
  return [...new Set([...booked.keys(), ...stated.keys()])].toSorted().flatMap((day) => {
    const [is, must] = [booked.get(day) ?? 0n, stated.get(day) ?? 0n]
    if (is === must) return []
    const says = `${name} moved by ${amountText(must, 2)} on ${day} by its statements and by ${amountText(is, 2)} in the books`
    return [{ oracle: 'statement-lines', says }]
  })
}
