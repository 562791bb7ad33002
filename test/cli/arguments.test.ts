/** Times as a person types them. */
import { expect, it } from 'vitest'
import { instantOrDayArgument } from '../../src/cli/arguments.ts'

it.each([
  ['2026-03-11T00:00:00Z', Date.UTC(2026, 2, 11)],
  ['2026-03-11', '2026-03-11'],
])('takes %s as an instant or a day', (text, expected) => {
  expect(instantOrDayArgument(text)).toBe(expected)
})

it.each(['2026-02-30', 'yesterday', '2026-03-11T00:00'])('refuses %s, and says what to write', (text) => {
  expect(() => instantOrDayArgument(text)).toThrow('or a day')
})
