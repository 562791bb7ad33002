/** The worked cases of the rule-book's counters, as tables. */
import { describe, expect, it } from 'vitest'
import { unitsOf } from '../../../src/domain/money/money.ts'
import { foldCounter, previews, type CounterOutcome } from '../../../src/payelancer/rules/counter.ts'
import type { AnswerWord } from '../../../src/domain/exceptions/counter-answers.ts'
import type { Answer, CounterFacts, Reading, RecordedPayout } from '../../../src/payelancer/rules/reading.ts'
import { addDays } from '../../../src/domain/time/dates.ts'

const FIRST = '2027-03-02'

/** Read on successive nights; null is a night nobody read. Views grow with what is earned. */
function readings(...amounts: readonly (number | null)[]): readonly Reading[] {
  return amounts.flatMap((amount, at) => (amount === null ? [] : [reading(at, amount)]))
}

function reading(at: number, amount: number, more: Partial<Reading> = {}): Reading {
  const readOn = addDays(FIRST, at)
  const atMs = Date.parse(`${readOn}T00:10:00Z`)
  const [impressions, clicks] = [BigInt(1000 + at * 1000), BigInt(10 + at * 10)]
  return { name: `${at + 1}.1`, atMs, readOn, amount: unitsOf(String(amount)), impressions, clicks, ...more }
}

function facts(all: readonly Reading[], more: Partial<CounterFacts> = {}): CounterFacts {
  return { mode: 'lifetime', opening: null, readings: all, answers: new Map(), payouts: [], dayTotals: [], ...more }
}

function says(about: number, as: AnswerWord, against: number, earned: number | null = null): [string, Answer] {
  const answer = {
    as,
    earned: earned === null ? null : unitsOf(String(earned)),
    against: `${against}.1`,
    by: 'ann',
    why: 'known',
  }
  return [`${about}.1`, answer]
}

function paid(on: number, amount: number, key = `payout:${on}`): RecordedPayout {
  return { key, reference: key.slice(7), amount: unitsOf(String(amount)), date: addDays(FIRST, on), returnOf: null }
}

/** What each reading came to, in whole units; a held or waiting one says so. */
function story({ judged }: CounterOutcome): readonly string[] {
  return judged.map(({ status, parts }) =>
    status === 'booked' ? parts.map(({ day, amount }) => `${day.slice(5)} ${Number(amount) / 1e8}`).join(', ') : status,
  )
}

describe('a counter', () => {
  it('begins with its first reading, and posts what it rises by on the day that ended (C0, C1)', () => {
    expect(story(foldCounter(facts(readings(200, 210, 225))))).toEqual(['opening', '03-02 10', '03-03 15'])
  })

  it('posts nights nobody read as one entry, split at the month by days (C1)', () => {
    const all = [reading(27, 100), reading(28, 110), reading(32, 158)]
    // 30, 31 March and 1, 2 April.
    expect(story(foldCounter(facts(all)))).toEqual(['opening', '03-29 10', '03-31 24, 04-02 24'])
  })

  it('counts a reading in which nothing moved as none (C1)', () => {
    const still = { impressions: 2000n, clicks: 20n }
    const all = [reading(0, 100), reading(1, 110), reading(2, 110, still), reading(3, 130)]
    const { judged } = foldCounter(facts(all))
    expect(judged.map(({ status, days }) => `${status} ${days}`)).toEqual([
      'opening 1',
      'booked 1',
      'same 1',
      'booked 2',
    ])
  })

  it('divides a span by the days a file states, and never changes its sum (C5)', () => {
    const all = [reading(0, 100), reading(4, 140)]
    const dayTotals = [{ place: { batch: 9, item: 1 }, day: addDays(FIRST, 1), amount: unitsOf(String(25)) }]
    expect(story(foldCounter(facts(all, { dayTotals })))).toEqual(['opening', '03-03 25, 03-05 15'])
  })

  it('says by how much the stated total of a single day differs (C5)', () => {
    const dayTotals = [{ place: { batch: 9, item: 1 }, day: FIRST, amount: unitsOf(String(12)) }]
    const { judged } = foldCounter(facts(readings(100, 110), { dayTotals }))
    expect(judged[1]?.difference).toBe(unitsOf(String(-2)))
    expect(judged[1]?.parts.reduce((sum, { amount }) => sum + amount, 0n)).toBe(unitsOf(String(10)))
  })

  const rises = [100, 110, 120, 130]
  it.each([
    ['the amount fell', reading(4, 100)],
    ['views or clicks fell', reading(4, 140, { impressions: 10n })],
    ['the amount rose, and neither views nor clicks did', reading(4, 140, { impressions: 4000n, clicks: 40n })],
    ['it rose by more than five times a usual day', reading(4, 181)],
    ['it rose by more than three times the usual amount per view', reading(4, 165)],
    ['it rose by less than a third of the usual amount per view', reading(4, 133)],
    ['46 days lie between it and the last reading', reading(49, 300)],
    ['it was read before the last one (2027-03-05)', reading(4, 140, { atMs: 0 })],
  ])('waits for a person when %s (C2)', (reason, next) => {
    const { held } = foldCounter(facts([...readings(...rises), next]))
    expect(held?.doubt.reason).toBe(reason)
  })

  const fallen = readings(200, 50, 120, 210, 260)
  it('lets all later readings wait while one is held, whatever they show (C2)', () => {
    expect(story(foldCounter(facts(fallen)))).toEqual(['opening', 'held', 'waits', 'waits', 'waits'])
  })

  it.each([
    ['clawback', [says(2, 'clawback', 1)], ['-150', '70', '90', '50']],
    ['a payout of 160, 10 earned beside it', [says(2, 'payout', 1, 10)], ['10', '70', '90', '50']],
    ['a reset, 50 earned since', [says(2, 'reset', 1, 50)], ['50', '70', '90', '50']],
    ['another account for good', [says(2, 'other-account', 1)], ['', '70', '90', '50']],
    [
      'wrong readings, 50 through 120',
      [says(2, 'wrong', 1), says(3, 'wrong', 1), says(5, 'right', 4)],
      ['wrong', 'wrong', '10', '50'],
    ],
    [
      'a wrong reading of 50, then a clawback',
      [says(2, 'wrong', 1), says(3, 'clawback', 1)],
      ['wrong', '-80', '90', '50'],
    ],
  ])('posts what a person says: %s (C4)', (_, answers, expected) => {
    const outcome = foldCounter(facts(fallen, { mode: 'unpaid', answers: new Map(answers) }))
    expect(outcome.held).toBeNull()
    expect(
      story(outcome)
        .slice(1)
        .map((each) => each.replace(/^\S+ (?=-?\d)/, '')),
    ).toEqual(expected)
  })

  it('asks again when the reading an answer compared with is no longer in force (C4)', () => {
    const answers = new Map([says(2, 'clawback', 1)])
    const opening = reading(-1, 190)
    const outcome = foldCounter(facts(fallen, { answers: new Map([...answers, says(1, 'wrong', 0)]), opening }))
    expect(outcome.held?.doubt.reason).toBe('asked again: clawback was said against another reading')
  })

  it.each([
    ['right', 'the amount fell; say clawback, payout or reset'],
    ['payout-returned', 'the amount did not rise, so nothing came back with it'],
    ['payout', 'no payout on record comes to it; say with --earned what was earned beside it'],
  ] as const)('refuses a word that cannot fit: %s (C4)', (as, reason) => {
    const { held } = foldCounter(facts(fallen, { mode: 'unpaid', answers: new Map([says(2, as, 1)]) }))
    expect(held?.doubt.reason).toBe(`${as} does not fit: ${reason}`)
  })

  it('shows for each answer what it would post (C3)', () => {
    const known = facts(fallen, { mode: 'unpaid' })
    const shown = previews(known, foldCounter(known), ['clawback', 'reset', 'wrong', 'right'])
    expect(
      shown.map(({ as, posts, settles }) => `${as} ${posts === null ? 'no' : Number(posts) / 1e8} ${settles}`),
    ).toEqual(['clawback 60 4', 'reset 210 4', 'wrong 0 1', 'right no 0'])
  })

  const unpaid = readings(60, 70, 80, 90, 15)
  it('takes a fall for the one payout on record that leaves a usual day (C5)', () => {
    const outcome = foldCounter(facts(unpaid, { mode: 'unpaid', payouts: [paid(3, 90)] }))
    expect(story(outcome).at(-1)).toBe('03-05 15')
    expect(outcome.judged.at(-1)?.payout?.reference).toBe('3')
  })

  it.each([
    ['leaves more than two usual days', [paid(3, 100)]],
    ['is dated more than a week after it', [paid(11, 90)]],
    ['explains an earlier fall already', []],
  ])('asks when the payout on record %s (C5)', (_, payouts) => {
    const { held } = foldCounter(facts(unpaid, { mode: 'unpaid', payouts }))
    expect(held?.doubt).toEqual({ reason: 'the amount fell', mayBePayout: true })
  })

  it('never lets one payout explain two falls (C5)', () => {
    const twice = readings(60, 70, 80, 90, 15, 25, 35, 45, 55, 65, 75, 85, 10)
    const { held, judged } = foldCounter(facts(twice, { mode: 'unpaid', payouts: [paid(4, 85, 'payout:X')] }))
    expect(judged.filter(({ payout }) => payout !== null)).toHaveLength(1)
    expect(held?.judged.reading.name).toBe('13.1')
  })

  it('does not look for a payout that a fall has shown in nights nobody read (C5)', () => {
    const all = readings(60, 70, 80, 90, 15, null, null, null, 55)
    expect(story(foldCounter(facts(all, { mode: 'unpaid', payouts: [paid(6, 90)] }))).at(-1)).toBe('03-09 40')
  })

  it('takes no fall for a payout that came back before it (C5)', () => {
    const back = { ...paid(3, 90, 'payout-returned:1:3'), returnOf: 'payout:3' }
    const { held } = foldCounter(facts(unpaid, { mode: 'unpaid', payouts: [paid(3, 90), back] }))
    expect(held?.doubt).toEqual({ reason: 'the amount fell', mayBePayout: true })
  })

  it('takes a rise for the payout that came back (C5)', () => {
    const back = { ...paid(5, 90, 'payout-returned:1:3'), returnOf: 'payout:3' }
    const all = [...readings(60, 70, 80, 90, 15), reading(5, 115)]
    const outcome = foldCounter(facts(all, { mode: 'unpaid', payouts: [paid(3, 90), back] }))
    expect(story(outcome).slice(-2)).toEqual(['03-05 15', '03-06 10'])
  })

  it('asks for a stated payout that no fall shows within a week (C5)', () => {
    const all = readings(60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160)
    const { unshown } = foldCounter(facts(all, { mode: 'unpaid', payouts: [paid(1, 50), paid(6, 60)] }))
    expect(unshown.map(({ reference }) => reference)).toEqual(['1'])
  })

  it('compares with a stated opening instead of the first reading (C0)', () => {
    const opening = reading(-1, 80)
    expect(story(foldCounter(facts(readings(100, 110), { opening })))).toEqual(['opening', '03-01 20', '03-02 10'])
  })
})
