/** A source's limits for its counter: defaults, and what is refused with which words. */
import { expect, it } from 'vitest'
import { parseConfig } from '../../src/config/load.ts'
import { COUNTER_LIMITS } from '../../src/domain/counters/counter-policy.ts'

function limitsOf(counter: string): unknown {
  const [book] = parseConfig(
    `database: sqlite:./x.db
books:
  - name: agency
    currency: USD
    sources:
      - name: pub
        type: payelancer
        role: publisher
        baseUrl: https://payelancer.example
        apiKey: { env: K }
        currency: USD
${counter}`,
    'tieout.yaml',
  ).books
  const [source] = book?.sources ?? []
  return source?.type === 'payelancer' ? source.counter : null
}

it('are the documented ones until a source says otherwise, one by one', () => {
  expect(limitsOf('')).toEqual(COUNTER_LIMITS)
  expect(limitsOf('        counter: { spikeFactor: 8, payoutDays: 3 }')).toEqual({
    ...COUNTER_LIMITS,
    spikeFactor: 8,
    payoutDays: 3,
  })
})

it.each([
  ['{ clawbackPercent: 120 }', /tieout\.yaml:12: .*counter\.clawbackPercent: at most 100/],
  ['{ spikeFactor: 2.5 }', /counter\.spikeFactor: a whole number from 0 to 10000/],
  ['{ spikeFaktor: 3 }', /counter\.spikeFaktor: this key is not known\. Did you mean "spikeFactor"\?/],
  ['{ feePercent: 3 }', /Known here: clawbackPercent, spikeFactor, rateFactor, payoutDays, payoutFeePercent/],
])('refuse %s', (text, message) => {
  expect(() => limitsOf(`        counter: ${text}`)).toThrow(message)
})
