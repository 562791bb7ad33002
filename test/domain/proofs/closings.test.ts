/** Months proved one after the other, from what was kept, say what the whole history says. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { balanceAt, type Anchor, type DaySum } from '../../../src/domain/proofs/anchors.ts'
import { proveCash } from '../../../src/domain/proofs/cash.ts'
import { closeMonths, monthsThrough } from '../../../src/domain/proofs/closings.ts'
import { addDays } from '../../../src/domain/time/dates.ts'

const day = fc.integer({ min: 0, max: 150 }).map((days) => addDays('2026-01-10', days))
const amount = fc.bigInt({ min: -50n, max: 50n })
const days = fc
  .uniqueArray(fc.record({ day, amount }), { selector: (each) => each.day, minLength: 1, maxLength: 20 })
  .map((all): readonly DaySum[] => all.toSorted((a, b) => (a.day < b.day ? -1 : 1)))
/** Mostly right, sometimes wrong by something. */
const told = fc.uniqueArray(fc.record({ day, wrong: fc.constantFrom(0n, 0n, 0n, 7n) }), {
  selector: (each) => each.day,
  maxLength: 6,
})

function anchorsOf(lines: readonly DaySum[], wrong: readonly { day: string; wrong: bigint }[]): readonly Anchor[] {
  return wrong
    .map((each) => ({
      day: each.day,
      balance: 100n + each.wrong + (balanceAt([{ day: '2026-01-01', balance: 0n }], lines, each.day) ?? 0n),
    }))
    .toSorted((a, b) => (a.day < b.day ? -1 : 1))
}

it('as one proof of all months, wherever the kept part ends', () => {
  fc.assert(
    fc.property(days, told, fc.nat(), (lines, wrong, cut) => {
      const anchors = anchorsOf(lines, wrong)
      const whole = proveCash({
        lines: lines.map((each, index) => ({ object: `line:${index}`, date: each.day, amount: each.amount })),
        entries: [],
        openingBooked: 100n,
        anchors,
      })
      const months = monthsThrough(lines[0]?.day ?? '', lines.at(-1)?.day ?? '')
      const closed = closeMonths({ months, before: null, booked: 100n, days: lines, anchors })
      expect(closed.map(({ month, opening, closing }) => ({ month, opening, closing }))).toEqual(
        whole.map(({ month, unexplained, statement }) => ({
          month,
          opening: statement.closing === null ? null : (unexplained?.opening ?? null),
          closing: unexplained?.closing ?? null,
        })),
      )
      // What was kept may end anywhere after the first balance that was told.
      const least = months.findIndex((month) => anchors.length === 0 || month >= (anchors[0]?.day ?? '').slice(0, 7))
      const before = closed[Math.max(0, least) + (cut % months.length)]
      if (least < 0 || before === undefined) return
      const rest = months.filter((month) => month > before.month)
      const since = (each: { readonly day: string }): boolean => each.day.slice(0, 7) > before.month
      const more = { months: rest, before, booked: 100n, days: lines.filter(since), anchors: anchors.filter(since) }
      expect(closeMonths(more)).toEqual(closed.filter(({ month }) => month > before.month))
    }),
  )
})
