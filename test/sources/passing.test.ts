/** What an answer to `balance` and `stats` is, by its status and its bytes: data, final, or worth asking about again. */
import { describe, expect, it } from 'vitest'
import { balanceVerdict, statsVerdict, type AnswerVerdict } from '../../src/sources/passing.ts'

const answer = (body: string, httpStatus = 200) => ({ httpStatus, contentType: '', body: Buffer.from(body) })

/** The same of both vendors. */
const ALIKE: readonly (readonly [string, string, number, AnswerVerdict])[] = [
  ['a web page with 200', '<!doctype html><title>Maintenance</title>', 200, 'again'],
  ['nothing', '', 200, 'again'],
  ['half an answer', '{"balance":"10', 200, 'again'],
  ['an error that passes', '{"error":"Server is busy, please try again later"}', 200, 'again'],
  ['an error of the database', '{"error":"SQLSTATE[HY000] [2002] Connection refused"}', 200, 'again'],
  ['a limit said in the body', '{"error":"Too many requests"}', 200, 'limited'],
  ['a failure on its side', '{"error":"Internal error"}', 500, 'again'],
  ['a refused key', '{"error":"Invalid API key"}', 200, 'answer'],
  ['a refused key in other words', '{"error":"API key is not active"}', 200, 'answer'],
  ['an account that is closed', '{"error":"Your account has been suspended"}', 200, 'answer'],
  ['a refused key with its status', '{"error":"Unauthorized"}', 401, 'answer'],
  ['a refused key with a web page', '<html>401</html>', 401, 'answer'],
  ['a firewall', '<html>Forbidden</html>', 403, 'answer'],
  ['an address that is not there', '<html>Not found</html>', 404, 'answer'],
  ['another address', '<html>Moved</html>', 302, 'answer'],
  ['an object without anything', '{}', 200, 'answer'],
]

describe.each([
  ['balance', balanceVerdict],
  ['stats', statsVerdict],
])('an answer to %s', (_, verdict) => {
  it.each(ALIKE)('that is %s', (_what, body, status, expected) => {
    expect(verdict(answer(body, status))).toBe(expected)
  })
})

describe('an answer with data', () => {
  it.each([
    ['a balance', balanceVerdict, '{"balance":"10.5","currency":"USD"}', 'answer'],
    ["a hidden balance, which is the vendor's answer", balanceVerdict, '{"balance":null,"currency":"USD"}', 'answer'],
    [
      'statistics',
      statsVerdict,
      '{"success":true,"role":"publisher","stats":{"impressions":1,"clicks":1,"earnings":1.5}}',
      'answer',
    ],
    ['success: false without a reason', statsVerdict, '{"success":false}', 'again'],
    ['success: false for the key', statsVerdict, '{"success":false,"message":"Invalid key"}', 'answer'],
    ['success: false for now', statsVerdict, '{"success":false,"message":"Temporarily unavailable"}', 'again'],
    [
      'nested deeper than any reader goes',
      balanceVerdict,
      `{"balance":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
      'again',
    ],
    ['a balance said twice', balanceVerdict, '{"balance":"10.5","balance":"99.5","currency":"USD"}', 'again'],
  ] as const)('%s', (_, verdict, body, expected) => {
    expect(verdict(answer(body))).toBe(expected)
  })
})
