import { describe, expect, it } from 'vitest'
import type { TargetEntry } from '../../../src/targets/entry.ts'
import type { CreateOutcome, Trouble } from '../../../src/targets/port.ts'
import { quickbooksBody } from '../../../src/targets/quickbooks/body.ts'
import { NOW_MS } from '../../http/support.ts'
import { ACCESS_TOKENS, echo, ENTRY, fault, line, REALM, stage, type Script, type Scripted } from './support.ts'

const KEY = 'a1b2c3d4-e5f6-7890-abcd-ef0123456789'

async function createOn(script: Script, entry: TargetEntry = ENTRY, tokens = {}) {
  const { target, asked, renewed } = await stage(script, { tokens })
  const outcome = await target.create({ body: quickbooksBody(entry), key: KEY, document: entry.document })
  expect(JSON.stringify(outcome, withBigints)).not.toMatch(new RegExp(ACCESS_TOKENS.join('|')))
  return { outcome, asked, renewed }
}

function withBigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

function refusal(outcome: CreateOutcome | Trouble) {
  if (outcome.kind !== 'refused') throw new Error(`not a refusal: ${outcome.kind}`)
  return outcome
}

describe('creating an entry', () => {
  it('posts the bare body once, with its request id and minor version 75', async () => {
    const { outcome, asked } = await createOn(({ body }) => ({ body: echo(body) }))
    expect(asked).toEqual([
      {
        method: 'POST',
        path: `/v3/company/${REALM}/journalentry`,
        parameters: { requestid: KEY, minorversion: '75' },
        authorization: `Bearer ${ACCESS_TOKENS[0]}`,
        body: quickbooksBody(ENTRY),
      },
    ])
    expect(outcome).toMatchObject({ kind: 'created', remote: { ...ENTRY, remoteId: '228', version: '0' } })
  })

  it('believes the echo of a foreign entry, and one in the home currency that comes back with the rate 1', async () => {
    const foreign = { ...ENTRY, currency: 'EUR', exchangeRate: '1.0840' }
    const abroad = await createOn(({ body }) => ({ body: echo(body) }), foreign)
    expect(abroad.outcome).toMatchObject({ kind: 'created', remote: { currency: 'EUR', exchangeRate: '1.084' } })
    const home = await createOn(({ body }) => ({ body: echo(body, { ExchangeRate: 1, CurrencyRef: undefined }) }))
    expect(home.outcome).toMatchObject({ kind: 'created', remote: { currency: 'USD', exchangeRate: null } })
  })

  const other = quickbooksBody({ ...ENTRY, lines: [line('35', 500_000_000n), line('79', -500_000_000n)] })
  const otherLines: unknown = Reflect.get(Object(JSON.parse(other)), 'Line')
  it.each([
    ['another number', { DocNumber: 'ACME-20261104-1' }, /document: sent "ACME-20261105-2", there "ACME-20261104-1"/],
    ['another date', { TxnDate: '2026-11-06' }, /date: sent "2026-11-05", there "2026-11-06"/],
    ['another currency', { CurrencyRef: { value: 'EUR' } }, /currency: sent "USD", there "EUR"/],
    [
      'other lines',
      { Line: otherLines },
      /sent, and not there: debit 97.10 on account 35; .* there, and never sent: debit 5.00 on account 35/,
    ],
    [
      'a rate of its own',
      { ExchangeRate: 1.5, CurrencyRef: { value: 'CAD' } },
      /exchange rate: sent none, there "1.5"/,
    ],
  ])('does not take a replay with %s for success', async (_name, changes, words) => {
    const { outcome } = await createOn(({ body }) => ({ body: echo(body, changes) }))
    expect(refusal(outcome)).toMatchObject({ reason: 'invalid', code: 'other-entry' })
    expect(refusal(outcome).message).toMatch(words)
    expect(refusal(outcome).message).toContain('entry 228')
    expect(refusal(outcome).evidence).toContain('"Id":"228"')
  })

  it('takes the same lines in another order for the same entry', async () => {
    const { outcome } = await createOn(({ body }) => {
      const sent: unknown = JSON.parse(body)
      const lines: unknown = Reflect.get(Object(sent), 'Line')
      return { body: echo(body, { Line: Array.isArray(lines) ? lines.toReversed() : [] }) }
    })
    expect(outcome.kind).toBe('created')
  })

  it('refuses a key that QuickBooks would cut before anything is sent', async () => {
    const { target, asked } = await stage(() => ({ body: '' }))
    const body = quickbooksBody(ENTRY)
    await expect(target.create({ body, key: 'k'.repeat(51), document: 'D' })).rejects.toThrow(/1 to 50/)
    await expect(
      target.create({ body: '{"Line":[{"JournalEntryLineDetail":{}}]}', key: KEY, document: 'D' }),
    ).rejects.toThrow(/not a journal entry/)
    expect(asked).toEqual([])
  })
})

describe('a fault', () => {
  const rows: readonly (readonly [string, number, object | string, Partial<Trouble>])[] = [
    [
      '3100: the wrong company or scope',
      403,
      fault('3100', 'message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403', '', 'AUTHORIZATION'),
      { kind: 'unauthorised' },
    ],
    ['403 with a code nobody knows', 403, fault('9', 'No', '', 'AuthorizationFault'), { kind: 'unauthorised' }],
    [
      '120: no administrator any more',
      400,
      fault('120', 'Authorization Failure', 'AuthorizationFailure: Unable to process request : -11014'),
      { kind: 'unauthorised' },
    ],
    [
      '6190: subscription lapsed',
      400,
      fault('6190', 'Invalid Company Status', 'Subscription period has ended'),
      { kind: 'unavailable' },
    ],
    [
      '6140: number taken',
      400,
      fault(
        '6140',
        'Duplicate Document Number Error',
        'DocNumber=ACME-20261105-2 is assigned to TxnType=Journal Entry with TxnId=9',
      ),
      { kind: 'refused', reason: 'duplicate-document', code: '6140' },
    ],
    [
      '6240: name taken',
      400,
      fault('6240', 'Duplicate Name Exists Error'),
      { kind: 'refused', reason: 'duplicate-document' },
    ],
    [
      '6210: books closed',
      400,
      fault('6210', 'Account Period Closed, Cannot Update Through Services', 'The account period has closed'),
      { kind: 'refused', reason: 'closed-period', code: '6210' },
    ],
    [
      '2500: unknown reference',
      400,
      fault('2500', 'Invalid Reference Id', 'Accounts element id 999 not found'),
      { kind: 'refused', reason: 'mapping', code: '2500' },
    ],
    [
      '610: inactive object',
      400,
      fault('610', 'Object Not Found', 'Something you are trying to use has been made inactive'),
      { kind: 'refused', reason: 'mapping' },
    ],
    [
      '6000 about payables',
      400,
      fault(
        '6000',
        'A business validation error has occurred',
        'When you use Accounts Payable, you must choose a vendor in the Name field.',
      ),
      { kind: 'refused', reason: 'mapping', code: '6000' },
    ],
    [
      '6000 about closed books',
      400,
      fault('6000', 'A business validation error has occurred', 'The accounting period has been closed.'),
      { kind: 'refused', reason: 'closed-period' },
    ],
    [
      '6000 about anything else',
      400,
      fault('6000', 'A business validation error has occurred', 'Amount is wrong'),
      { kind: 'refused', reason: 'invalid' },
    ],
    ['5010: stale object', 400, fault('5010', 'Stale Object Error'), { kind: 'refused', reason: 'invalid' }],
    [
      '2010: wrapped or unknown property',
      400,
      fault('2010', 'Request has invalid or unsupported property'),
      { kind: 'refused', reason: 'invalid' },
    ],
    ['2020: parameter missing', 400, fault('2020', 'Required param missing'), { kind: 'refused', reason: 'invalid' }],
    [
      '2050: too long',
      400,
      fault('2050', 'String length is either shorter or longer than supported'),
      { kind: 'refused', reason: 'invalid' },
    ],
    ['2170: unknown word', 400, fault('2170', 'Invalid Enumeration'), { kind: 'refused', reason: 'invalid' }],
    [
      '6540: in a deposit',
      400,
      fault('6540', 'Deposited Transaction cannot be changed'),
      { kind: 'refused', reason: 'invalid' },
    ],
    [
      '500 as a code: unsupported operation',
      400,
      fault('500', 'Unsupported Operation'),
      { kind: 'refused', reason: 'invalid' },
    ],
    [
      'a code nobody has listed',
      400,
      fault('7777', 'Something new'),
      { kind: 'refused', reason: 'invalid', code: '7777' },
    ],
    [
      '10000 with status 200',
      200,
      fault('10000', 'An application error has occurred', '', 'SystemFault'),
      { kind: 'unknown', answered: true },
    ],
    [
      'a system fault without a code',
      400,
      fault('', 'Internal', '', 'SystemFault'),
      { kind: 'unknown', answered: true },
    ],
    [
      'a refusal with status 200',
      200,
      fault('6210', 'Account Period Closed'),
      { kind: 'refused', reason: 'closed-period' },
    ],
    [
      'a refusal by a server that failed',
      500,
      fault('6210', 'Account Period Closed'),
      { kind: 'unknown', answered: true },
    ],
    ['500 without a fault', 500, 'Internal Server Error', { kind: 'unknown', answered: true }],
    ['503', 503, '', { kind: 'unknown', answered: true }],
    ['504 of a gateway', 504, '<html>Gateway Timeout</html>', { kind: 'unknown', answered: true }],
    ['408', 408, {}, { kind: 'unknown', answered: true }],
    ['400 of a proxy', 400, '<html>Bad Request</html>', { kind: 'unknown', answered: true }],
    ['403 of a firewall', 403, '<html>Forbidden</html>', { kind: 'unknown', answered: true }],
    ['302 to somewhere', 302, '', { kind: 'unknown', answered: true }],
    [
      "429 in the vendor's words",
      429,
      fault('3001', 'message=ThrottleExceeded; errorCode=003001; statusCode=429', '', 'SERVICE'),
      // It went out: a limit may be told after the entry was made, so this is no request that was never sent.
      { kind: 'throttled', scope: 'minute', untilMs: NOW_MS + 60_000, sent: true },
    ],
    [
      '3001 with another status',
      400,
      fault('003001', 'message=ThrottleExceeded', '', 'SERVICE'),
      { kind: 'throttled', sent: true },
    ],
    ['429 without a word', 429, '', { kind: 'throttled', untilMs: NOW_MS + 60_000, sent: true }],
    ['200 without an entry', 200, { time: 'now' }, { kind: 'unknown', answered: true }],
    ['200 without an id', 200, { JournalEntry: { DocNumber: 'ACME-20261105-2' } }, { kind: 'unknown', answered: true }],
    ['200 with an empty batch', 200, { BatchItemResponse: [], time: 'now' }, { kind: 'unknown', answered: true }],
    [
      '200 with a fault inside a batch',
      200,
      { BatchItemResponse: [{ bId: '1', ...fault('6210', 'Account Period Closed') }] },
      { kind: 'refused', reason: 'closed-period' },
    ],
    ['200 with a web page', 200, '<html>Maintenance</html>', { kind: 'unknown', answered: true }],
    ['200 with half an answer', 200, '{"JournalEntry":{"Id":"22', { kind: 'unknown', answered: true }],
    [
      '200 that says a key twice',
      200,
      '{"JournalEntry":{"Id":"22","Id":"23","SyncToken":"0"}}',
      { kind: 'unknown', answered: true },
    ],
    ['200 with nothing', 200, '', { kind: 'unknown', answered: true }],
  ]
  it.each(rows)('%s', async (_name, status, body, expected) => {
    const { outcome, asked } = await createOn(() => ({ status, body }))
    expect(outcome).toMatchObject(expected)
    expect(asked).toHaveLength(1)
    if (outcome.kind === 'created') throw new Error('nothing was created')
    expect(outcome.message).toMatch(/^QuickBooks "agency\/books" .*\.$/)
    expect(outcome.message).not.toMatch(/\(\)|: \.| {2}|undefined/)
  })

  it('is read in both spellings of the envelope', async () => {
    const lower = {
      fault: { error: [{ message: 'Account Period Closed', detail: 'closed', code: '6210' }], type: 'VALIDATION' },
    }
    const { outcome } = await createOn(() => ({ status: 400, body: lower }))
    expect(refusal(outcome)).toMatchObject({ reason: 'closed-period', code: '6210' })
    expect(refusal(outcome).message).toContain('Account Period Closed: closed (6210)')
    expect(refusal(outcome).evidence).toBe(JSON.stringify(lower))
  })

  it('is decided by the error that stops everything when there are several', async () => {
    const errors = [
      { Message: 'Invalid Reference Id', code: '2500' },
      { Message: 'Invalid Company Status', code: '6190' },
    ]
    const { outcome } = await createOn(() => ({
      status: 400,
      body: { Fault: { Error: errors, type: 'ValidationFault' } },
    }))
    expect(outcome.kind).toBe('unavailable')
  })

  it('of too many requests waits as long as QuickBooks says, and a minute at least', async () => {
    const until = async (retryAfter: string) => {
      const { outcome } = await createOn(() => ({ status: 429, body: '', headers: { 'retry-after': retryAfter } }))
      return outcome.kind === 'throttled' ? outcome.untilMs - NOW_MS : null
    }
    expect([await until('120'), await until('5')]).toEqual([120_000, 60_000])
  })
})

describe('the connection', () => {
  const lower = {
    fault: {
      error: [{ message: 'message=AuthenticationFailed; errorCode=003200; statusCode=401', code: '3200' }],
      type: 'AUTHENTICATION',
    },
  }
  const expired: readonly (readonly [string, Scripted])[] = [
    [
      '401 and a fault',
      {
        status: 401,
        body: fault('3200', 'message=AuthenticationFailed; errorCode=003200; statusCode=401', '', 'AUTHENTICATION'),
      },
    ],
    ['401 and the other envelope', { status: 401, body: lower }],
    ['401 and nothing', { status: 401, body: '' }],
    ['3200 with another status', { status: 400, body: lower }],
  ]
  it.each(expired)('renews a token refused by %s once, and sends the same again', async (_name, answer) => {
    const { outcome, asked, renewed } = await createOn(({ body }, index) =>
      index === 0 ? answer : { body: echo(body) },
    )
    expect(outcome.kind).toBe('created')
    expect(renewed).toEqual([ACCESS_TOKENS[0]])
    expect(asked.map(({ authorization }) => authorization)).toEqual(ACCESS_TOKENS.map((token) => `Bearer ${token}`))
    expect(asked[1]).toMatchObject({ body: asked[0]?.body, parameters: asked[0]?.parameters })
  })

  it('gives up when the new token is refused too', async () => {
    const { outcome, asked } = await createOn(() => ({ status: 401, body: lower }))
    expect(outcome.kind).toBe('unauthorised')
    expect(asked).toHaveLength(2)
  })

  it.each([
    [true, 'unauthorised'],
    [false, 'unavailable'],
  ])('says what the token source says (reconnect: %s)', async (reconnect, kind) => {
    const none = () => Promise.resolve({ ok: false, reconnect, message: 'No token.' } as const)
    const never = await createOn(() => ({ body: '' }), ENTRY, { current: none })
    expect(never.outcome).toEqual({ kind, message: 'No token.' })
    expect(never.asked).toEqual([])
    const later = await createOn(() => ({ status: 401, body: '' }), ENTRY, { renew: none })
    expect(later.outcome).toEqual({ kind, message: 'No token.' })
  })

  it('knows nothing of a create whose answer never came, and does not send it twice', async () => {
    const { outcome, asked } = await createOn(() => 'hang up')
    expect(outcome).toMatchObject({ kind: 'unknown', answered: false })
    expect(asked).toHaveLength(1)
  })

  it('sends nothing once it is told to stop, and says so', async () => {
    const { target, asked } = await stage(() => ({ body: '' }), { signal: AbortSignal.abort() })
    const outcome = await target.create({ body: quickbooksBody(ENTRY), key: KEY, document: ENTRY.document })
    expect(outcome).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('is stopping') })
    expect(asked).toEqual([])
  })

  it('asks the limiter for every request, the repeated one too', async () => {
    const { target, passed } = await stage(() => ({ status: 401, body: '' }))
    await target.create({ body: quickbooksBody(ENTRY), key: KEY, document: ENTRY.document })
    expect(passed()).toBe(2)
  })

  it('keeps a token that the answer repeats out of messages and evidence', async () => {
    const { outcome } = await createOn(({ authorization }) => ({
      status: 400,
      body: fault('2010', `header ${authorization}`),
    }))
    expect(refusal(outcome).message).toContain('header Bearer [redacted]')
  })
})
