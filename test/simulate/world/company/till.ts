/**
 * A small bank account of each book that delivers into a company: nothing but fees, which its statements show days later,
 * so that something comes to days that were looked at, approved or delivered before; often in another currency.
 */
import { createRandom } from '../../../../src/sandbox/world/random.ts'
import type { Act } from '../part.ts'
import { dayOf } from './day.ts'
import type { Habit } from './habits.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

export interface Till {
  readonly name: string
  readonly currency: 'USD' | 'EUR'
  readonly lines: readonly TillLine[]
}

export interface TillLine {
  readonly id: string
  readonly date: string
  /** Of the account's currency. */
  readonly cents: number
  /** When a file with it is imported. */
  readonly importedMs: number
}

const DAYS_BEFORE = 2

export function planTill(seed: number, company: string, startMs: number, nights: number, habit: Habit): Till {
  const random = createRandom(seed, 'till', company)
  const lines: TillLine[] = []
  // Something comes between what the one looks at and what the other approves, or what a night has sealed of a day.
  const isBetween = habit === 'two-people' || habit === 'automatic'
  const days = random.chance(isBetween ? 1 : 0.7) ? nights : 0
  // Some days are over before the world begins: there is something to approve and to deliver from the first evening on.
  for (let day = days === 0 ? 0 : -DAYS_BEFORE; day < days; day += 1) {
    const each = createRandom(seed, 'till', company, day)
    const count = isBetween ? each.int(1, 3) : each.int(0, 2)
    for (let nth = 0; nth < count; nth += 1) {
      const dayMs = startMs + day * DAY_MS
      // Of days that nothing else happened on a second file may come, too: their two journals are a part of a limit each.
      const known = day < 0 ? -day + (isBetween ? each.int(0, 2) : 0) : each.int(0, isBetween ? 2 : 3)
      const importedMs = dayMs + known * DAY_MS + 12 * HOUR_MS
      lines.push({ id: `F${day}-${nth}`, date: dayOf(dayMs), cents: each.int(1, 9999), importedMs })
    }
  }
  return {
    name: `${company}-till`,
    currency: habit === 'automatic' ? 'USD' : random.pick(['USD', 'EUR', 'EUR']),
    lines,
  }
}

export function tillText({ name, currency }: Till): string {
  return `name: ${name}\ntype: bank\ncurrency: ${currency}\nrules:\n  - { contains: MONTHLY FEE, means: bank-charge }`
}

/** What is imported from one instant (exclusive) to another (inclusive), as a bank's CSV without balances. */
export function* importTill(till: Till, book: string, fromMs: number, throughMs: number): Iterable<Act> {
  const lines = till.lines.filter(({ importedMs }) => importedMs > fromMs && importedMs <= throughMs)
  if (lines.length === 0) return
  const rows = lines.map(
    ({ id, date, cents }) =>
      `${date},${book}-${id},MONTHLY FEE ${id},-${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`,
  )
  const name = `${till.name}-${book}-${dayOf(throughMs)}.csv`
  const file = { name, content: `Date,Transaction ID,Description,Amount\n${rows.join('\n')}\n` }
  const argv = ['statements', 'import', `files/${name}`, '--account', till.name]
  const said = ['--columns', 'sign=in-positive', '--order', 'oldest-first']
  yield { atMs: throughMs, book, file, argv: [...argv, ...said], allowed: [0, 1] }
}
