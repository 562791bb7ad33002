/** Which reading of several parents a wallet's change believes: a table of cases, and every change of small worlds. */
import { describe, expect, it } from 'vitest'
import { parentReadings, readParents, type ParentMember } from '../../../src/domain/wallets/parent-readings.ts'

/** "9/0" is a whole of 9.00 whose runs are booked with nothing; "~" is one that rounding alone tells from its runs. */
function members(...said: readonly string[]): readonly ParentMember[] {
  return said.map((text) => {
    const [charge = '', booked = ''] = text.replace('~', '').split('/')
    return { whole: cents(booked) - cents(charge), isRounded: text.startsWith('~') }
  })
}

function cents(text: string): bigint {
  return BigInt(Math.round(Number(text) * 100)) * 1_000_000n
}

function read(said: readonly string[], change: string, against = '', waiting: readonly string[] = []): string {
  const changes = { changes: [cents(change)], against: against === '' ? [] : [cents(against)] }
  const refunds = waiting.map(cents)
  const reading = readParents(parentReadings(members(...said), 2), changes, (amount) => refunds.includes(amount))
  if (reading === null || reading.outcomes.every((outcome) => outcome === null)) return 'nothing'
  return reading.outcomes.map((outcome) => outcome ?? 'open').join(' ')
}

describe('a change of the wallet', () => {
  it.each([
    { said: ['9/0'], change: '0', expected: 'children' },
    { said: ['9/0'], change: '-9', expected: 'whole' },
    { said: ['9/9'], change: '0', expected: 'children' },
    { said: ['9/9'], change: '-9', expected: 'nothing' },
    { said: ['9/3'], change: '-6', expected: 'whole' },
    { said: ['9/3'], change: '-9', expected: 'nothing' },
    { said: ['9/0', '4/0'], change: '-4', expected: 'children whole' },
    { said: ['9/0', '9/0'], change: '-9', expected: 'nothing' },
    { said: ['9/0', '9/0'], change: '-18', expected: 'whole whole' },
    { said: ['9/3', '6/0'], change: '-6', expected: 'nothing' },
    { said: ['9/0', '9/0', '4/0'], change: '-13', expected: 'open open whole' },
    { said: ['~9/9.01'], change: '0.01', expected: 'whole' },
    { said: ['~9/9.01', '~9/8.99'], change: '0', expected: 'nothing' },
    // Too few amounts for so many readings: all alike, and one that is otherwise speaks against it.
    { said: ['0.03/0', '0.02/0', '0.01/0'], change: '-0.05', expected: 'nothing' },
    { said: ['0.03/0', '0.02/0', '0.01/0'], change: '-0.06', expected: 'whole whole whole' },
  ])('of $change is read of $said as $expected', ({ said, change, expected }) => {
    expect(read(said, change)).toBe(expected)
  })

  it('that fits another way with charges of before, or with a refund that waits, is read as nothing', () => {
    expect(read(['9/0'], '0', '-9')).toBe('nothing')
    expect(read(['9/0'], '0', '-3')).toBe('children')
    expect(read(['9/0'], '0', '', ['9'])).toBe('nothing')
    expect(read(['9/0'], '0', '', ['3'])).toBe('children')
    expect(read(['9/0'], '-9', '', ['9'])).toBe('whole')
    expect(read(['9/0'], '-6', '', ['3'])).toBe('whole')
    expect(read(['9/0'], '3', '', ['3', '12'])).toBe('nothing')
    // What only charges of before would explain is not believed.
    expect(read(['9/0'], '5', '-9')).toBe('nothing')
  })

  it('of two or three parents is believed just as far as all ways that fit agree', () => {
    const prices = [3, 6, 9]
    const worlds = prices.flatMap((one) => prices.flatMap((two) => prices.map((three) => [one, two, three])))
    for (const world of worlds) {
      for (let change = 0; change <= 27; change += 3) {
        const ways = [0, 1, 2, 3, 4, 5, 6, 7].filter(
          (mask) => world.reduce((sum, price, at) => sum + ((mask >> at) & 1 ? price : 0), 0) === change,
        )
        const told = world.map((_, at) => {
          const count = ways.filter((mask) => (mask >> at) & 1).length
          return count === ways.length ? 'whole' : count === 0 ? 'children' : 'open'
        })
        const isTold = ways.length > 0 && told.some((each) => each !== 'open')
        const said = world.map((price) => `${price}00/0`)
        expect(read(said, String(-100 * change))).toBe(isTold ? told.join(' ') : 'nothing')
      }
    }
  })

  it('of very many parents is read in time that grows with them alone', () => {
    const many = Array.from({ length: 2_000 }, (_, at) => `${at + 1}/0`)
    expect(read(many, '0').startsWith('children children')).toBe(true)
    expect(read(many, '-7')).toBe('nothing')
  })
})
