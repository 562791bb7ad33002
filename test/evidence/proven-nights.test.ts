/** In how many of the last nights a panel's wallet was proven. */
import { describe, expect, it } from 'vitest'
import { provenNights } from '../../src/evidence/order-counts.ts'
import type { WalletReading } from '../../src/evidence/readings.ts'

/** "before 10", "after 10 -0.5" (what the books lack), "moved 10": the oldest first. */
function readings(...said: readonly string[]): readonly WalletReading[] {
  return said
    .map((text, at): WalletReading => {
      const [moment = '', balance = '0', difference = '0'] = text.split(' ')
      const held = BigInt(Number(balance) * 100)
      return {
        batch: at + 1,
        observedAtMs: at,
        moment: moment === 'before' ? 'before' : 'after',
        balance: held,
        currency: 'USD',
        booked: held - BigInt(Number(difference) * 100),
        consistent: moment === 'after',
        decimals: 2,
      }
    })
    .toReversed()
}

describe('a night of a wallet', () => {
  it.each([
    { name: 'that ties', said: ['before 10', 'after 10'], expected: [true] },
    { name: 'that differs', said: ['before 10', 'after 10 -0.5'], expected: [false] },
    {
      name: 'that differs as the night before did',
      said: ['before 10', 'after 10 -0.5', 'before 9', 'after 9 -0.5'],
      expected: [true, false],
    },
    { name: 'during which it moved', said: ['before 10', 'moved 9'], expected: [false] },
    {
      name: 'in which finished orders were asked about as well',
      said: ['before 10', 'after 10 -0.5', 'after 10'],
      expected: [true],
    },
    { name: 'that was cut off before its end', said: ['before 10', 'before 10', 'after 10'], expected: [true] },
  ])('$name', ({ said, expected }) => {
    expect(provenNights(readings(...said))).toEqual(expected)
  })

  it('counts among the last thirty alone', () => {
    const many = Array.from({ length: 40 }, () => ['before 10', 'after 10']).flat()
    expect(provenNights(readings(...many))).toHaveLength(30)
  })
})
