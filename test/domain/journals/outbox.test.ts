/** Which key a request may carry: the rule that makes two requests of one journal one to the vendor. */
import { expect, it } from 'vitest'
import { keyChoice, NEW_KEY_MS, SAME_KEY_MS, type KeyChoice } from '../../../src/domain/journals/outbox.ts'

const SENT_MS = 1_000_000
/** From the vendors' documents: Xero replays an answer by its key for six minutes. */
const VENDOR_KEY_MS = 360_000

it.each<readonly [string, number | null, number, KeyChoice]>([
  ['was never sent', null, SENT_MS, 'same'],
  ['was sent just now', SENT_MS, SENT_MS, 'same'],
  ['is sent by a clock that was set back', SENT_MS, SENT_MS - 60_000, 'same'],
  ['was sent almost five minutes ago', SENT_MS, SENT_MS + SAME_KEY_MS - 1, 'same'],
  ['was sent five minutes ago', SENT_MS, SENT_MS + SAME_KEY_MS, 'wait'],
  ['was sent almost ten minutes ago', SENT_MS, SENT_MS + NEW_KEY_MS - 1, 'wait'],
  ['was sent ten minutes ago', SENT_MS, SENT_MS + NEW_KEY_MS, 'new'],
])('what %s', (_name, sentAtMs, nowMs, expected) => {
  expect(keyChoice(sentAtMs, nowMs)).toBe(expected)
})

it('uses a key only while the vendor knows it, and another only when it has forgotten it', () => {
  expect(SAME_KEY_MS).toBeLessThan(VENDOR_KEY_MS)
  expect(NEW_KEY_MS).toBeGreaterThan(VENDOR_KEY_MS)
})
