import { describe, expect, it } from 'vitest'
import type { CreateOutcome } from '../../../src/targets/port.ts'
import { json, NOW_MS, type Handler } from '../../http/support.ts'
import { ACME, entry, held, JOURNAL_ID, journals, page, request, startXero } from './support.ts'

const ZEROS = '00000000-0000-0000-0000-000000000000'

function invalid(...messages: readonly string[]): object {
  const errors = messages.map((Message) => ({ Message }))
  return {
    ErrorNumber: 10,
    Type: 'ValidationException',
    Message: 'A validation exception occurred',
    Elements: [{ ManualJournalID: ZEROS, ValidationErrors: errors }],
  }
}

function element(status: string, ...messages: readonly string[]): unknown {
  const errors = messages.map((Message) => ({ Message }))
  return held({}, { ManualJournalID: ZEROS, StatusAttributeString: status, ValidationErrors: errors })
}

const text =
  (status: number, type: string, body: string): Handler =>
  (response) =>
    response.writeHead(status, { 'content-type': type }).end(body)

type Row = readonly [what: string, handler: Handler, expected: Partial<CreateOutcome> & Record<string, unknown>]

const LOCK = 'The document date cannot be before the period lock date, currently set at 31 October 2026'
const YEAR_LOCK = 'The document date cannot be before the end of year lock date, currently set at 30 June 2026'
const NO_ACCOUNT = "Account code '999' is not a valid code for this document."
const ARCHIVED = "Account code '400' has been archived, or deleted."
const TAX = "The TaxType code 'OUTPUT' cannot be used with account code '400'."
const UNBALANCED = 'The total debits (100.00) must equal total credits (-10.00)'

const rows: readonly Row[] = [
  ['a journal with an id', (response) => journals(response, [held()]), { kind: 'created' }],
  [
    'a warning',
    (response) => journals(response, [held({}, { StatusAttributeString: 'WARNING', Warnings: [{ Message: 'Hm.' }] })]),
    { kind: 'created' },
  ],
  [
    'an element in error, with 200',
    (response) => journals(response, [element('ERROR', UNBALANCED)]),
    { kind: 'refused', reason: 'invalid', code: UNBALANCED.slice(0, 60) },
  ],
  [
    'an element in error without a word',
    (response) => journals(response, [element('ERROR')]),
    { kind: 'refused', reason: 'invalid' },
  ],
  [
    'a lock date, with 200',
    (response) => journals(response, [element('ERROR', LOCK)]),
    { kind: 'refused', reason: 'closed-period' },
  ],
  [
    'errors without a status, with 200 and no id',
    (response) => journals(response, [element('', NO_ACCOUNT)]),
    { kind: 'refused', reason: 'mapping' },
  ],
  [
    'errors beside an id, with 200',
    (response) => journals(response, [held({}, { ValidationErrors: [{ Message: LOCK }] })]),
    { kind: 'unknown', answered: true },
  ],
  [
    'a period lock date',
    (response) => json(response, 400, invalid(LOCK)),
    { kind: 'refused', reason: 'closed-period' },
  ],
  [
    "a year's lock date",
    (response) => json(response, 400, invalid(YEAR_LOCK)),
    { kind: 'refused', reason: 'closed-period' },
  ],
  [
    'an unknown account',
    (response) => json(response, 400, invalid(NO_ACCOUNT)),
    { kind: 'refused', reason: 'mapping' },
  ],
  ['an archived account', (response) => json(response, 400, invalid(ARCHIVED)), { kind: 'refused', reason: 'mapping' }],
  ['a tax type', (response) => json(response, 400, invalid(TAX)), { kind: 'refused', reason: 'mapping' }],
  [
    'a lock date and an account',
    (response) => json(response, 400, invalid(NO_ACCOUNT, LOCK)),
    { kind: 'refused', reason: 'closed-period' },
  ],
  ['another rule', (response) => json(response, 400, invalid(UNBALANCED)), { kind: 'refused', reason: 'invalid' }],
  [
    'a body it cannot read',
    (response) => json(response, 400, { ErrorNumber: 17, Type: 'PostDataInvalidException', Message: 'JSON broken' }),
    { kind: 'refused', reason: 'invalid', code: 'JSON broken' },
  ],
  [
    'a key that belongs to another request',
    (response) =>
      json(response, 400, { Title: 'Bad Request', Detail: 'Idempotency Key k-1 is used with a different request' }),
    { kind: 'unknown', answered: true },
  ],
  [
    'the same among the errors of an element',
    (response) => json(response, 400, invalid('Idempotency Key k-1 is used with a different request')),
    { kind: 'unknown', answered: true },
  ],
  ['a 400 that says nothing', (response) => json(response, 400, {}), { kind: 'unknown', answered: true }],
  ['a 400 in XML', text(400, 'text/xml', '<ApiException/>'), { kind: 'unknown', answered: true }],
  ['a 403', (response) => json(response, 403, { Detail: 'AuthenticationUnsuccessful' }), { kind: 'unauthorised' }],
  ['an organisation offline', text(503, 'text/plain', 'The Organisation is offline'), { kind: 'unavailable' }],
  ['a gateway', text(503, 'text/html', '<html>Service Unavailable</html>'), { kind: 'unknown', answered: true }],
  ['a 500', (response) => json(response, 500, { Message: 'oops' }), { kind: 'unknown', answered: true }],
  ['a 404', text(404, 'text/html', '<html>'), { kind: 'unknown', answered: true }],
  ['XML with 200', text(200, 'text/xml', '<Response/>'), { kind: 'unknown', answered: true }],
  ['half a JSON text with 200', text(200, 'application/json', '{"ManualJ'), { kind: 'unknown', answered: true }],
  ['no journal with 200', (response) => journals(response, []), { kind: 'unknown', answered: true }],
  ['two journals with 200', (response) => journals(response, [held(), held()]), { kind: 'unknown', answered: true }],
  [
    'no id with 200',
    (response) => journals(response, [held({}, { ManualJournalID: ZEROS })]),
    { kind: 'unknown', answered: true },
  ],
  [
    'no lines with 200',
    (response) => journals(response, [held({}, { JournalLines: undefined })]),
    { kind: 'unknown', answered: true },
  ],
  [
    'another journal with 200',
    (response) => journals(response, [held({ document: 'ACME-20261101-1' })]),
    { kind: 'unknown', answered: true },
  ],
]

describe('what comes of a create', () => {
  it.each(rows)('after %s', async (_what, handler, expected) => {
    const { target, asked } = await startXero(handler)
    const outcome = await target.create(request())
    expect(outcome).toMatchObject(expected)
    expect(asked()).toHaveLength(1)
    if (outcome.kind !== 'created') expect(outcome.message).toMatch(/^Xero "agency\/books" .+[.)\w]$/s)
  })

  it('keeps the refusal as it came', async () => {
    const body = invalid(LOCK)
    const { target } = await startXero((response) => json(response, 400, body))
    const outcome = await target.create(request())
    expect(outcome.kind === 'refused' && JSON.parse(outcome.evidence)).toEqual(body)
    expect(outcome).toMatchObject({ message: `Xero "agency/books" (create ACME-20261105-2): Xero refused it: ${LOCK}` })
  })

  it('is nothing sent while the currency of the organisation is not known', async () => {
    const { target, asked } = await startXero((response) => journals(response, [held()]), {
      organisation: text(503, 'text/plain', 'The Organisation is offline'),
    })
    expect(await target.create(request())).toMatchObject({ kind: 'unavailable' })
    expect(asked()).toEqual([])
  })
})

describe('throttling', () => {
  const SECOND = 1_000
  it.each<readonly [string, Readonly<Record<string, string>>, string, number]>([
    ['minute', { 'x-rate-limit-problem': 'minute', 'retry-after': '23' }, 'minute', 23 * SECOND],
    ['appminute', { 'x-rate-limit-problem': 'appminute', 'retry-after': '5' }, 'minute', 5 * SECOND],
    ['day', { 'x-rate-limit-problem': 'day', 'retry-after': '41234' }, 'day', 41_234 * SECOND],
    ['Day', { 'X-Rate-Limit-Problem': 'Day', 'Retry-After': '60' }, 'day', 60 * SECOND],
    ['concurrent', { 'x-rate-limit-problem': 'concurrent' }, 'concurrent', 2 * SECOND],
    ['day without a wait', { 'x-rate-limit-problem': 'day' }, 'day', 900 * SECOND],
    ['a wait of years', { 'x-rate-limit-problem': 'day', 'retry-after': '99999999' }, 'day', 172_800 * SECOND],
    ["a gateway's", {}, 'minute', 60 * SECOND],
  ])('of kind %s says until when', async (_kind, headers, scope, waitMs) => {
    const { target } = await startXero((response) => response.writeHead(429, headers).end())
    expect(await target.create(request())).toMatchObject({ kind: 'throttled', scope, untilMs: NOW_MS + waitMs })
  })

  it('is remembered: nothing is sent before, and everything after', async () => {
    let nowMs = NOW_MS
    const { target, server, asked } = await startXero(
      (response, _request, index) => {
        if (index === 0) response.writeHead(429, { 'x-rate-limit-problem': 'minute', 'retry-after': '23' }).end()
        else journals(response, [held()])
      },
      { nowMs: () => nowMs },
    )
    expect(await target.create(request())).toMatchObject({ kind: 'throttled', sent: true })
    const before = server.received.length
    expect(await target.create(request())).toMatchObject({ kind: 'throttled', scope: 'minute', sent: false })
    expect(await target.closedThrough()).toMatchObject({ kind: 'throttled', untilMs: NOW_MS + 23_000 })
    expect(server.received).toHaveLength(before)
    nowMs += 23_000
    expect(await target.create(request())).toMatchObject({ kind: 'created' })
    expect(asked()).toHaveLength(2)
  })

  it('by too many at once stops one request only', async () => {
    const { target } = await startXero((response, _request, index) => {
      if (index === 0) response.writeHead(429, { 'x-rate-limit-problem': 'concurrent' }).end()
      else journals(response, [held()])
    })
    expect(await target.create(request())).toMatchObject({ kind: 'throttled', scope: 'concurrent' })
    expect(await target.create(request())).toMatchObject({ kind: 'created' })
  })

  it('is foreseen when the last answer says that nothing is left of the day', async () => {
    let nowMs = NOW_MS
    const left = ['2', '1', '0', '4999']
    const { target, asked } = await startXero(
      (response, _request, index) => {
        response.setHeader('x-daylimit-remaining', left[index] ?? '')
        journals(response, [held()])
      },
      { nowMs: () => nowMs },
    )
    const kinds: string[] = []
    for (let count = 0; count < 5; count += 1) kinds.push((await target.create(request())).kind)
    expect(kinds).toEqual(['created', 'created', 'created', 'throttled', 'throttled'])
    expect(asked()).toHaveLength(3)
    nowMs += 900_000
    expect(await target.create(request())).toMatchObject({ kind: 'created' })
  })
})

describe('a read', () => {
  it.each<readonly [string, Handler, object]>([
    ['an offline organisation', text(503, 'text/plain', 'The Organisation is offline'), { kind: 'unavailable' }],
    ['HTML', text(200, 'text/html', '<html>'), { kind: 'unknown', answered: true }],
    [
      'a journal said twice',
      text(200, 'application/json', '{"ManualJournals":[],"ManualJournals":[{"ManualJournalID":"x"}]}'),
      { kind: 'unknown', answered: true },
    ],
    [
      'a refused filter',
      (response) => json(response, 400, { Type: 'QueryParseException', Message: 'No.' }),
      { kind: 'refused' },
    ],
    ['no list', (response) => json(response, 200, {}), { kind: 'unknown', answered: true }],
    ['a journal of no shape', (response) => page(response, [{ Narration: 5 }]), { kind: 'unknown', answered: true }],
    [
      'a wanted journal that cannot be read',
      (response) => page(response, [held({}, { Date: 'yesterday' })]),
      { kind: 'unknown', message: expect.stringContaining('ACME-20261105-2') },
    ],
  ])('is no answer after %s', async (_what, handler, expected) => {
    const { target } = await startXero(handler)
    const wanted = [entry(), entry({ document: 'ACME-20261105-3' })]
    expect(await target.find(wanted)).toMatchObject(expected)
    expect(await target.list({ documentPrefix: 'ACME-', from: '2026-11-01', to: '2026-11-30' })).toMatchObject(expected)
  })

  it('is sent once more when the connection breaks, and no more', async () => {
    const { target, asked } = await startXero((response, _request, index) => {
      if (index === 0) response.destroy()
      else page(response, [held()])
    })
    expect(await target.find([entry()])).toMatchObject({ kind: 'ok', value: [{ remoteId: JOURNAL_ID }] })
    expect(asked()).toHaveLength(2)
    const broken = await startXero((response) => response.destroy())
    expect(await broken.target.find([entry()])).toMatchObject({ kind: 'unknown', answered: false })
    expect(broken.asked()).toHaveLength(2)
  })

  it('waits for nothing: a day limit of hours is told, not slept', async () => {
    const { target, asked } = await startXero((response) =>
      response.writeHead(429, { 'x-rate-limit-problem': 'day', 'retry-after': '40000' }).end(),
    )
    expect(await target.find([entry()])).toMatchObject({ kind: 'throttled', untilMs: NOW_MS + 40_000_000 })
    expect(asked()).toHaveLength(1)
  })
})

describe('the days that are closed', () => {
  it.each([
    [{}, null],
    [{ PeriodLockDate: null, EndOfYearLockDate: '' }, null],
    [{ PeriodLockDate: '/Date(1793404800000+0000)/' }, '2026-10-31'],
    [{ EndOfYearLockDate: '/Date(1782777600000+0000)/' }, '2026-06-30'],
    [{ PeriodLockDate: '2026-10-31T00:00:00', EndOfYearLockDate: '2026-06-30' }, '2026-10-31'],
    [{ PeriodLockDate: '2026-05-31', EndOfYearLockDate: '2026-06-30' }, '2026-06-30'],
  ])('with %o end on %s', async (locks, closed) => {
    const organisation: Handler = (response) => json(response, 200, { Organisations: [{ ...ACME, ...locks }] })
    const { target, server } = await startXero(() => undefined, { organisation })
    expect(await target.closedThrough()).toEqual({ kind: 'ok', value: closed })
    expect(server.received).toHaveLength(1)
  })

  it('are unknown when a lock date cannot be read', async () => {
    const organisation: Handler = (response) =>
      json(response, 200, { Organisations: [{ ...ACME, PeriodLockDate: 'end of October' }] })
    const { target } = await startXero(() => undefined, { organisation })
    expect(await target.closedThrough()).toMatchObject({ kind: 'unknown', answered: true })
  })
})
