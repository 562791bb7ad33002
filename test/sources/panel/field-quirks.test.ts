/**
 * What panels really send in each field, in one table: captured answers and the habits of public panel scripts. What is
 * left out, emptied, hidden or misspelt stays unknown: none of it may become a number it is not.
 */
import { describe, expect, it } from 'vitest'
import { observeBalance } from '../../../src/sources/panel/observe-account.ts'
import { observeServices } from '../../../src/sources/panel/observe-services.ts'
import { observeAdd, observeCancel, observeRefill } from '../../../src/sources/panel/observe-writes.ts'
import { observeStatuses, type StatusRow } from '../../../src/sources/panel/observe.ts'
import { landed } from '../support.ts'

/** The row of order 1, whose answer is this JSON text. */
function rowOf(text: string): StatusRow {
  const observed = observeStatuses({ action: 'multiStatus', orders: ['1', '2'] }, landed(`{"1":${text},"2":null}`))
  const row = observed.kind === 'rows' ? observed.rows[0] : undefined
  if (row === undefined) throw new Error(JSON.stringify(observed))
  return row
}

type Expected = Readonly<Record<string, unknown>>
const done = (fields: string): string => `{"status":"Completed",${fields}}`

/** Where it was seen, the row as sent, and what of it matters. */
const ROWS: readonly (readonly [string, string, Expected])[] = [
  ['a Perfect Panel charge', done('"charge":"0.27819"'), { charge: 27_819_000n, chargeDecimals: 5 }],
  ['a partial, net', '{"status":"Partial","charge":"0.00349","remains":"900"}', { charge: 349_000n, remains: 900n }],
  ['a canceled one, net', '{"status":"Canceled","charge":"0.00","remains":"1000"}', { charge: 0n, remains: 1000n }],
  ['a free or fully refunded order', done('"charge":"0.00"'), { charge: 0n, chargeDecimals: 2 }],
  ['a bare nought', done('"charge":"0"'), { charge: 0n, chargeDecimals: 0 }],
  [
    'a number of 52 decimals',
    done('"charge":1.9450000000000000621724893790087662637233734130859375'),
    { charge: 194_500_000n, chargeDecimals: 3, chargeRounded: false },
  ],
  ['a number whose ninth place counts', done('"charge":0.123456785'), { charge: 12_345_678n, chargeRounded: true }],
  ['a number with an exponent', done('"charge":4.5e-3'), { charge: 450_000n }],
  [
    'two decimals (RUB)',
    done('"charge":"41.30","currency":"RUB"'),
    { charge: 4_130_000_000n, chargeDecimals: 2, currency: 'RUB' },
  ],
  [
    'four decimals (NGN)',
    done('"charge":"16.6509","currency":"NGN"'),
    { charge: 1_665_090_000n, chargeDecimals: 4, currency: 'NGN' },
  ],
  ['an empty charge', done('"charge":""'), { charge: null, chargeText: null }],
  ['a charge of null', done('"charge":null'), { charge: null }],
  ['no charge at all', done('"remains":"0"'), { charge: null, remains: 0n, children: [] }],
  ['a charge of false', done('"charge":false'), { kind: 'bad' }],
  ['a charge with a comma', done('"charge":"1,50"'), { kind: 'bad' }],
  ['a charge with a sign of money', done('"charge":"$0.50"'), { kind: 'bad' }],
  ['a negative charge', done('"charge":"-0.50"'), { kind: 'bad' }],
  ['a charge in a list', done('"charge":["0.5"]'), { kind: 'bad' }],
  ['remains 0 on a canceled order', '{"status":"Canceled","charge":"0","remains":"0"}', { remains: 0n }],
  ['empty remains', done('"charge":"1","remains":""'), { remains: null, charge: 100_000_000n }],
  ['remains of null', done('"charge":"1","remains":null'), { remains: null }],
  ['over-delivery as a number', done('"charge":"1","remains":-56'), { remains: -56n }],
  ['over-delivery by SmartPanel', done('"charge":"1","remains":"+56"'), { remains: -56n }],
  ['remains with decimals', done('"charge":"1","remains":"56.5"'), { remains: null, charge: 100_000_000n }],
  ['remains as a word', done('"charge":"1","remains":"none"'), { remains: null }],
  ['a huge remains', done('"charge":"1","remains":99999999999999999999999'), { remains: null }],
  ['a start count of null', done('"charge":"1","start_count":null'), { startCount: null }],
  ['an empty start count', done('"charge":"1","start_count":""'), { startCount: null }],
  ['a start count as a number', done('"charge":"1","start_count":8421'), { startCount: 8421n }],
  ["CMSNT's start_counter", done('"charge":"1","start_counter":"12"'), { startCount: 12n }],
  ['no currency', done('"charge":"1"'), { currency: null }],
  ['an empty currency', done('"charge":"1","currency":""'), { currency: null }],
  ['a currency in small letters', done('"charge":"1","currency":"irt"'), { currency: 'IRT' }],
  ["CMSNT's Refund", '{"status":"Refund","charge":"1"}', { status: 'canceled', rawStatus: 'Refund' }],
  ["CMSNT's Running", '{"status":"Running","charge":"1"}', { status: 'in-progress' }],
  ["the document's Done", '{"status":"Done","charge":"1"}', { status: 'completed', rawStatus: 'Done' }],
  ["the document's Failed", '{"status":"Failed","charge":"1"}', { status: 'failed' }],
  ['Refunds', '{"status":"Refunds","charge":"1"}', { status: 'canceled' }],
  ['Active', '{"status":"Active","charge":"1"}', { status: 'in-progress' }],
  ['an unlisted spelling', '{"status":"Teilweise","charge":"1"}', { status: 'unknown', rawStatus: 'Teilweise' }],
  [
    'a numeric status, which scripts number differently',
    '{"status":3,"charge":"1"}',
    { status: 'unknown', rawStatus: '3' },
  ],
  ['a numeric status as text', '{"status":"0","charge":"1"}', { status: 'unknown', rawStatus: '0' }],
  ['an empty status', '{"status":"","charge":"1"}', { kind: 'bad' }],
  [
    'a drip-feed parent',
    '{"status":"Completed","runs":"2","orders":["37595771","37596003"]}',
    { charge: null, children: ['37595771', '37596003'] },
  ],
  [
    'a drip-feed parent with numbers',
    '{"status":"In progress","runs":2,"orders":[37595771]}',
    { charge: null, children: ['37595771'] },
  ],
  [
    'a subscription parent',
    '{"status":"Completed","expiry":"2026-07-20","posts":"1","orders":["38407727"],"old_orders":[]}',
    { charge: null, children: ['38407727'] },
  ],
  [
    'a subscription without children yet',
    '{"status":"Active","expiry":"","posts":0,"orders":[]}',
    { charge: null, children: [] },
  ],
  [
    'a child',
    '{"charge":"16.6509","start_count":"","status":"In progress","remains":"25","currency":"NGN"}',
    { charge: 1_665_090_000n, startCount: null, remains: 25n },
  ],
  ['an error object', '{"error":"Incorrect order ID"}', { kind: 'error', code: 'incorrect-order-id' }],
  ['a bare error text', '"Incorrect order ID"', { kind: 'error', code: 'incorrect-order-id' }],
  [
    'a translation key for an error',
    '{"error":"error.incorrect_order_id"}',
    { kind: 'error', code: 'incorrect-order-id' },
  ],
  [
    'an error beside a status',
    '{"status":"Completed","charge":"1","error":"late"}',
    { kind: 'bad', reason: expect.stringContaining('"late"') },
  ],
  ['null', 'null', { kind: 'missing' }],
  ['a number', '5', { kind: 'bad' }],
]

describe('a status as it is really sent', () => {
  it.each(ROWS)('%s: %s', (_name, text, expected) => {
    expect(rowOf(text)).toMatchObject({ orderId: '1', ...expected })
  })

  it('an id left out of the answer is missing, and an id as a number or a text is the same id', () => {
    const asked = { action: 'multiStatus', orders: ['9', '10'] } as const
    expect(observeStatuses(asked, landed('[{"order":9,"status":"Done","charge":"1"}]'))).toMatchObject({
      rows: [
        { kind: 'status', orderId: '9' },
        { kind: 'missing', orderId: '10' },
      ],
    })
    expect(observeStatuses(asked, landed('[{"id":"9","status":"Done","charge":"1"}]'))).toMatchObject({
      rows: [{ kind: 'status', orderId: '9' }, { kind: 'missing' }],
    })
  })
})

describe('a numeric status', () => {
  const codes = { '0': 'pending', '3': 'completed' } as const
  it.each([
    ['3', 'completed'],
    ['"3"', 'completed'],
    ['" 0 "', 'pending'],
    ['5', 'unknown'],
    ['"03"', 'unknown'],
    ['"Completed"', 'completed'],
  ])('%s is %s where the meanings of 0 and 3 are configured', (status, meaning) => {
    const request = { action: 'status', order: '1' } as const
    const observed = observeStatuses(request, landed(`{"status":${status},"charge":"1"}`), codes)
    expect(observed).toMatchObject({ rows: [{ status: meaning }] })
  })
})

/** Whole answers, for every call: what is unusable is so for all of them. */
const BODIES: readonly (readonly [string, number, string, string, string])[] = [
  ['a web page with 200', 200, 'text/html', '<!DOCTYPE html><html></html>', 'html'],
  ['a web page labelled as JSON', 200, 'application/json', ' <html>', 'html'],
  ['nothing', 200, 'application/json', '', 'not-json'],
  ['half an answer', 200, 'application/json', '{"order":', 'not-json'],
  ['a PHP warning before the answer', 200, 'text/plain', 'Warning: x in y.php\n{"order":1}', 'not-json'],
  ['an error in a 200', 200, 'application/json', '{"error":"Invalid API key"}', 'unauthorized'],
  [
    'a translation key in a 200',
    200,
    'application/json',
    '{"error":"neworder.error.not_enough_funds"}',
    'insufficient-balance',
  ],
  ['an unknown error in a 200', 200, 'application/json', '{"error":"neworder.error.invalid_link"}', 'vendor-error'],
  ['an error without a text', 200, 'application/json', '{"error":""}', 'vendor-error'],
  ['a bare string', 200, 'application/json', '"Invalid API key"', 'unauthorized'],
  ['400', 400, 'application/json', '{"error":"x"}', 'bad-request'],
  ['401', 401, 'application/json', '{"error":"x"}', 'unauthorized'],
  ['402', 402, 'application/json', '{"error":"x"}', 'insufficient-balance'],
  ['403', 403, 'text/html', '<html>', 'forbidden'],
  ['404', 404, 'application/json', '{"error":"x"}', 'not-found'],
  ['429', 429, 'application/json', '{"error":"x"}', 'rate-limited'],
  ['502', 502, 'text/html', '<html>', 'upstream'],
  ['503', 503, 'text/html', '', 'unavailable'],
  ['a redirect', 302, 'text/html', '', 'http-status'],
]
const CALLS = {
  balance: observeBalance,
  services: observeServices,
  cancel: (answer) => observeCancel(['1', '2'], answer),
  refill: (answer) => observeRefill('refill', answer),
  statuses: (answer) => observeStatuses({ action: 'multiStatus', orders: ['1', '2'] }, answer),
} as const satisfies Readonly<Record<string, (answer: ReturnType<typeof landed>) => { readonly kind: string }>>

describe('a whole answer that cannot be used', () => {
  it.each(BODIES)('%s is one explained outcome for every call', (_name, httpStatus, contentType, body, code) => {
    for (const [call, observe] of Object.entries(CALLS)) {
      const observed = observe(landed(body, httpStatus, contentType))
      expect([call, observed.kind, 'code' in observed ? observed.code : '']).toEqual([call, 'bad-body', code])
      expect('reason' in observed ? observed.reason : '').toMatch(/\.$/)
    }
    const added = observeAdd(landed(body, httpStatus, contentType))
    expect(['refused', 'unknown']).toContain(added.kind)
    expect(added).toMatchObject({ code, reason: expect.stringMatching(/\.$/) })
  })
})

describe('a catalogue as it is really sent', () => {
  const service = { service: 7, name: 'Likes', type: 'Default', rate: '0.50', min: 10, max: '1000', category: 'A' }
  const read = (row: object) => {
    const observed = observeServices(landed([row]))
    return observed.kind === 'services' ? observed.rows[0] : observed
  }
  it.each([
    ['an id as a number, a max as text', {}, { service: '7', min: 10n, max: 1000n, rate: 50_000_000n }],
    [
      'flags of the standard',
      { refill: true, cancel: '0', dripfeed: 1 },
      { refill: true, cancel: false, dripfeed: true },
    ],
    ['no flags, as in the document', {}, { refill: null, cancel: null, dripfeed: null }],
    ['empty limits', { min: '', max: null }, { min: null, max: null }],
    ['an empty rate', { rate: '' }, { kind: 'bad' }],
    ['no rate', { rate: null }, { kind: 'bad' }],
    ['a rate with a comma', { rate: '0,50' }, { kind: 'bad' }],
  ] as const)('%s', (_name, changes, expected) => {
    expect(read({ ...service, ...changes })).toMatchObject(expected)
  })

  it('a rate as a number keeps its digits', () => {
    const body = '[{"service":"1","name":"x","type":"Default","rate":0.02735000000000000014,"min":1,"max":2}]'
    expect(observeServices(landed(body))).toMatchObject({
      rows: [{ rate: 2_735_000n, rateText: '0.02735000000000000014' }],
    })
  })
})

describe('the answer to an order as it is really sent', () => {
  it.each([
    ['{"order":23501}', '23501'],
    ['{"order":"23501"}', '23501'],
    ['{"order":" 23501 ","charge":"0.1"}', '23501'],
    ['{"order":9007199254740993}', '9007199254740993'],
    ['{"order":9007199254740993123456789}', '9007199254740993123456789'],
    ['{"order":23501,"error":null}', '23501'],
    ['{"order":23501,"error":"","message":"Order placed"}', '23501'],
  ])('%s is order %s', (body, orderId) => {
    expect(observeAdd(landed(body))).toEqual({ kind: 'placed', orderId })
  })

  it.each([
    '{"order":0}',
    '{"order":"0"}',
    '{"order":-1}',
    '{"order":""}',
    '{"order":null}',
    '{"order":false}',
    '{"order":"not placed"}',
    '{"order":"a1b2-c3"}',
    '{"order":1e3}',
    '{}',
    '[]',
    'null',
    '5',
    '{"order":1.5}',
    '{"order":[1]}',
  ])('%s names no order, which does not mean that there is none', (body) => {
    expect(observeAdd(landed(body))).toMatchObject({ kind: 'unknown', code: 'unexpected-shape' })
  })

  it.each(['{"order":"23999","error":"x"}', '{"order":23999,"error":1}', '{"error":{"code":5},"order":23999}'])(
    '%s says two things, so neither is believed',
    (body) => {
      expect(observeAdd(landed(body))).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('an error') })
    },
  )
})

describe('a wallet as it is really sent', () => {
  it.each([
    ['another currency than the orders', '{"balance":"5","currency":"VND"}', { kind: 'balance', currency: 'VND' }],
    ['no currency', '{"balance":"5.25"}', { kind: 'balance', currency: null, balance: 525_000_000n }],
    ['a debt', '{"balance":-3.5,"currency":"USD"}', { kind: 'balance', balance: -350_000_000n }],
    ['thousands', '{"balance":"1,000.50","currency":"USD"}', { kind: 'bad' }],
    ['nothing', '{"balance":"","currency":"USD"}', { kind: 'bad' }],
  ] as const)('%s: %s', (_name, body, expected) => {
    expect(observeBalance(landed(body))).toMatchObject(expected)
  })
})
