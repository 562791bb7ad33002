/** Which key a request may carry: the rule that makes two requests of one journal one to the vendor. */
import { expect, it } from 'vitest'
import { keyChoice, NEW_KEY_MS, SAME_KEY_MS, type KeyChoice } from '../../../src/domain/journals/outbox.ts'

const SENT_MS = 1_000_000
/** From the vendors' documents: Xero replays an answer by its key for six minutes. */
const VENDOR_KEY_MS = 360_000

it.each<{ what: string; sentAtMs: number | null; nowMs: number; expected: KeyChoice; lookedUpMs?: number }>([
  { what: 'was never sent', sentAtMs: null, nowMs: SENT_MS, expected: 'same' },
  { what: 'was sent just now', sentAtMs: SENT_MS, nowMs: SENT_MS, expected: 'same' },
  { what: 'is sent by a clock that was set back', sentAtMs: SENT_MS, nowMs: SENT_MS - 60_000, expected: 'same' },
  { what: 'was sent almost five minutes ago', sentAtMs: SENT_MS, nowMs: SENT_MS + SAME_KEY_MS - 1, expected: 'same' },
  { what: 'was sent five minutes ago', sentAtMs: SENT_MS, nowMs: SENT_MS + SAME_KEY_MS, expected: 'wait' },
  { what: 'was sent almost ten minutes ago', sentAtMs: SENT_MS, nowMs: SENT_MS + NEW_KEY_MS - 1, expected: 'wait' },
  { what: 'was sent ten minutes ago', sentAtMs: SENT_MS, nowMs: SENT_MS + NEW_KEY_MS, expected: 'new' },
  // The process stood still after it had asked: what was under way then may be there by now.
  {
    what: 'was looked up before that',
    sentAtMs: SENT_MS,
    nowMs: SENT_MS + 3 * NEW_KEY_MS,
    expected: 'wait',
    lookedUpMs: SENT_MS + NEW_KEY_MS - 1,
  },
  {
    what: 'was looked up then',
    sentAtMs: SENT_MS,
    nowMs: SENT_MS + 3 * NEW_KEY_MS,
    expected: 'new',
    lookedUpMs: SENT_MS + NEW_KEY_MS,
  },
  {
    what: 'was looked up and never sent',
    sentAtMs: null,
    nowMs: SENT_MS + NEW_KEY_MS,
    expected: 'same',
    lookedUpMs: SENT_MS,
  },
])('what $what', ({ sentAtMs, nowMs, expected, lookedUpMs = nowMs }) => {
  expect(keyChoice(sentAtMs, { lookedUpMs, nowMs })).toBe(expected)
})

it('uses a key only while the vendor knows it, and another only when it has forgotten it', () => {
  expect(SAME_KEY_MS).toBeLessThan(VENDOR_KEY_MS)
  expect(NEW_KEY_MS).toBeGreaterThan(VENDOR_KEY_MS)
})
