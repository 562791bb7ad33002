import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMoney, MAX_UNITS } from '../../../src/domain/money/money.ts'
import type { LandedAnswer } from '../../../src/sources/answer.ts'
import { observeStatuses, type OrderStatusRow, type StatusRow } from '../../../src/sources/panel/observe.ts'
import { landed } from '../support.ts'

const row = { charge: '0.27819', start_count: '3572', status: 'Partial', remains: '157', currency: 'USD' }

function observe(orders: readonly string[], answer: LandedAnswer) {
  return observeStatuses({ action: 'multiStatus', orders }, answer)
}

/** The one row of an order whose status object is `fields`, given as JSON text or as a value. */
function only(fields: unknown): StatusRow {
  const text = typeof fields === 'string' ? fields : JSON.stringify(fields)
  const observed = observe(['1'], landed(`{"1":${text}}`))
  if (observed.kind !== 'rows' || observed.rows[0] === undefined) throw new Error(JSON.stringify(observed))
  expect(observed.rows).toHaveLength(1)
  return observed.rows[0]
}

function status(changes: Readonly<Record<string, unknown>>): OrderStatusRow {
  const observed = only({ ...row, ...changes })
  if (observed.kind !== 'status') throw new Error(JSON.stringify(observed))
  return observed
}

describe('the document example', () => {
  it('gives one row for every order asked', () => {
    const answer = landed({
      '1': row,
      '2': { error: 'Incorrect order ID' },
      '3': { ...row, charge: '1.44219', status: 'In progress' },
    })
    expect(observe(['1', '2', '3'], answer)).toMatchObject({
      kind: 'rows',
      problems: [],
      rows: [
        {
          kind: 'status',
          orderId: '1',
          rawStatus: 'Partial',
          status: 'partial',
          charge: 27_819_000n,
          chargeDecimals: 5,
          chargeRounded: false,
          chargeText: '0.27819',
          currency: 'USD',
          startCount: 3572n,
          remains: 157n,
          children: [],
        },
        { kind: 'error', orderId: '2', code: 'incorrect-order-id', text: 'Incorrect order ID' },
        { kind: 'status', orderId: '3', status: 'in-progress', charge: 144_219_000n },
      ],
    })
  })

  it('reads a single status, bare or wrapped', () => {
    const request = { action: 'status', order: '7' } as const
    for (const body of [row, { '7': row }]) {
      expect(observeStatuses(request, landed(body))).toMatchObject({
        rows: [{ kind: 'status', orderId: '7', charge: 27_819_000n }],
        problems: [],
      })
    }
    const numeric = observeStatuses(request, landed('{"charge":0.00000001,"status":"Completed"}'))
    expect(numeric).toMatchObject({ rows: [{ charge: 1n, chargeText: '0.00000001' }] })
  })
})

describe('a charge', () => {
  it.each([
    ['"0.00349"', 349_000n, 5],
    ['"0.00"', 0n, 2],
    ['0', 0n, 0],
    ['4.50', 450_000_000n, 2],
    ['1.9450000000000000621724893790087662637233734130859375', 194_500_000n, 3],
    ['1e-7', 10n, 7],
    ['" 16.6509 "', 1_665_090_000n, 4],
  ])('of %s is read from its characters', (text, charge, chargeDecimals) => {
    expect(only(`{"status":"Completed","charge":${text}}`)).toMatchObject({ kind: 'status', charge, chargeDecimals })
  })

  it.each(['null', '""', '" "'])('of %s is unknown, never zero', (text) => {
    expect(only(`{"status":"Completed","charge":${text}}`)).toMatchObject({
      kind: 'status',
      charge: null,
      chargeText: null,
    })
  })

  it('that is missing is unknown', () => {
    expect(only({ status: 'Completed' })).toMatchObject({
      kind: 'status',
      charge: null,
      currency: null,
      startCount: null,
      remains: null,
    })
  })

  it.each(['"abc"', '"1,5"', '"NaN"', '"-0.5"', '-1', 'true', '[]', '{}', '"99999999999999"'])(
    'of %s makes the row bad',
    (text) => {
      const observed = only(`{"status":"Completed","charge":${text}}`)
      expect(observed.kind).toBe('bad')
      expect(observed.kind === 'bad' && observed.reason).toMatch(/order 1/)
    },
  )

  it('says when its digits were cut', () => {
    expect(status({ charge: '0.000000015' })).toMatchObject({ charge: 2n, chargeRounded: true })
  })

  it('is read the same as text and as a number', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: MAX_UNITS }), (units) => {
        const text = formatMoney(units)
        const quoted = only(`{"status":"Completed","charge":"${text}"}`)
        expect(quoted).toMatchObject({ charge: units })
        expect(only(`{"status":"Completed","charge":${text}}`)).toEqual(quoted)
      }),
    )
  })
})

describe('counts', () => {
  it.each([
    ['157', 157n],
    [157, 157n],
    ['0', 0n],
    [0, 0n],
    ['', null],
    [null, null],
    [-56, -56n],
    ['-56', -56n],
    ['+56', -56n],
    ['157.0', 157n],
  ])('remains %j is %s', (remains, expected) => {
    expect(status({ remains }).remains).toBe(expected)
  })

  it.each(['10.5', 'many', 1.5, '1e9'])('remains %j is unknown and noted, and the charge is kept', (remains) => {
    const observed = observe(['1'], landed({ '1': { ...row, remains } }))
    expect(observed).toMatchObject({
      rows: [{ kind: 'status', remains: null, charge: 27_819_000n }],
      problems: [{ code: 'unreadable-count', orderId: '1' }],
    })
  })

  it.each([
    [{ start_count: null }, null],
    [{ start_count: '' }, null],
    [{ start_count: 8421 }, 8421n],
    [{ start_count: undefined, start_counter: '12' }, 12n],
  ])('start count of %j is %s', (fields, expected) => {
    expect(status(fields).startCount).toBe(expected)
  })
})

describe('a status', () => {
  it.each([
    ['Pending', 'pending'],
    ['In progress', 'in-progress'],
    ['In_Progress', 'in-progress'],
    ['Processing', 'in-progress'],
    ['Running', 'in-progress'],
    ['Active', 'in-progress'],
    ['Paused', 'in-progress'],
    ['Partial', 'partial'],
    ['Partially completed', 'partial'],
    ['Completed', 'completed'],
    ['Complete', 'completed'],
    ['Done', 'completed'],
    ['Canceled', 'canceled'],
    ['Cancelled', 'canceled'],
    ['canelled', 'canceled'],
    ['Refunded', 'canceled'],
    ['Refund', 'canceled'],
    ['Failed', 'failed'],
    ['Fail', 'failed'],
    [' ERROR ', 'failed'],
  ])('"%s" means %s', (raw, meaning) => {
    expect(status({ status: raw })).toMatchObject({ status: meaning, rawStatus: raw })
  })

  it.each(['3', 3, 'Verzögert', 'constructor'])('%j is unknown, noted and kept', (raw) => {
    const observed = observe(['1'], landed({ '1': { ...row, status: raw } }))
    const text = String(raw)
    expect(observed).toMatchObject({
      rows: [{ status: 'unknown', rawStatus: text }],
      problems: [{ code: 'unknown-status', text }],
    })
  })

  it.each([{ status: '' }, { status: null }, {}])('that is absent makes the row bad: %j', (fields) => {
    expect(only({ charge: '1', ...fields }).kind).toBe('bad')
  })
})

describe('parents and currencies', () => {
  it('keeps the children of drip-feed and subscription parents, which have no charge', () => {
    expect(only({ status: 'Completed', runs: '2', orders: ['37595771', 37596003] })).toMatchObject({
      charge: null,
      children: ['37595771', '37596003'],
    })
    const subscription = {
      status: 'Completed',
      expiry: '2026-07-20',
      posts: '1',
      orders: ['38407727'],
      old_orders: ['38407727', '9'],
    }
    expect(only(subscription)).toMatchObject({ charge: null, children: ['38407727', '9'] })
  })

  it.each([
    ['usd', 'USD'],
    ['', null],
    [null, null],
  ])('currency %j is %s', (currency, expected) => {
    expect(status({ currency }).currency).toBe(expected)
  })
})

describe('an order that is not answered with a status', () => {
  it.each([
    [{ error: 'Incorrect order ID' }, 'incorrect-order-id'],
    ['"Incorrect order ID"', 'incorrect-order-id'],
    [{ error: 'error.incorrect_order_id' }, 'incorrect-order-id'],
    [{ error: 'Service temporarily disabled' }, 'other'],
    ['"maintenance"', 'other'],
  ])('%j is an error of that order', (fields, code) => {
    expect(only(fields)).toMatchObject({ kind: 'error', orderId: '1', code })
  })

  it('is missing when left out or null, also when nothing at all came back', () => {
    expect(observe(['1', '2', '3'], landed({ '1': row, '3': null }))).toMatchObject({
      rows: [{ kind: 'status' }, { kind: 'missing', orderId: '2' }, { kind: 'missing', orderId: '3' }],
    })
    for (const body of ['[]', '{}']) {
      expect(observe(['1', '2'], landed(body))).toMatchObject({ rows: [{ kind: 'missing' }, { kind: 'missing' }] })
    }
  })

  it.each(['5', 'true', '[1]'])('is bad when answered with %s', (text) => {
    expect(only(text).kind).toBe('bad')
  })
})

describe('an answer that contradicts itself', () => {
  const read = (text: string) =>
    observeStatuses(
      { action: 'multiStatus', orders: ['1', '2'] },
      { httpStatus: 200, contentType: 'application/json', body: Buffer.from(text) },
    )

  it.each([
    '{"1":{"status":"Completed","charge":"1.0","charge":"2.0"},"2":{"status":"Pending","charge":"1"}}',
    '{"1":{"status":"Completed","status":"Canceled","charge":1.0},"2":{"status":"Pending","charge":"1"}}',
    '{"1":{"status":"Completed","charge":"1.0"},"1":{"status":"Completed","charge":"2.0"}}',
  ])('by saying a thing twice is read as nothing: %s', (text) => {
    expect(read(text)).toMatchObject({ kind: 'bad-body', code: 'unexpected-shape' })
  })

  it('is not one that names a field also deeper down', () => {
    const text =
      '{"1":{"status":"Completed","charge":"1.0","provider":{"charge":"0.5"}},"2":{"error":"Incorrect order ID"}}'
    expect(read(text)).toMatchObject({ kind: 'rows', rows: [{ kind: 'status' }, { kind: 'error' }] })
  })

  it('by an error beside a status books neither', () => {
    const text =
      '{"1":{"error":"Incorrect order ID","status":"Completed","charge":"4.5"},"2":{"error":"","status":"Pending","charge":"1"}}'
    expect(read(text)).toMatchObject({
      kind: 'rows',
      rows: [{ kind: 'bad', reason: expect.stringContaining('"Incorrect order ID"') }, { kind: 'status' }],
    })
  })
})

describe('what was not asked', () => {
  it('is noted and gives no row; an order asked twice gives one', () => {
    const observed = observe(['1', '1'], landed({ '1': row, '99': row }))
    expect(observed).toMatchObject({
      rows: [{ orderId: '1' }],
      problems: [{ code: 'unrequested-order', orderId: '99' }],
    })
    expect(observed.kind === 'rows' && observed.rows).toHaveLength(1)
  })

  it('rows of an array are found by their order id, text or number', () => {
    const answer = landed([
      { order: 9, ...row },
      { id: '2', ...row, charge: 0.5 },
    ])
    expect(observe(['2', '9'], answer)).toMatchObject({
      rows: [
        { orderId: '2', charge: 50_000_000n },
        { orderId: '9', charge: 27_819_000n },
      ],
    })
  })

  it('an order called like a part of every object is missing, not found', () => {
    expect(observe(['constructor', '1'], landed({ '1': row }))).toMatchObject({
      rows: [{ kind: 'missing' }, { kind: 'status' }],
    })
  })
})

describe('a whole answer that cannot be used', () => {
  it.each([
    ['<!doctype html><title>Just a moment...</title>', 200, 'text/html', 'html'],
    ['\n  <html>', 200, 'application/json', 'html'],
    ['{"1":{"charge":"0.2', 200, 'application/json', 'not-json'],
    ['', 200, '', 'not-json'],
    ['"Incorrect request"', 200, 'application/json', 'bad-request'],
    ['{"error":"Invalid API key"}', 200, 'application/json', 'unauthorized'],
    ['{"error":"Not enough funds on balance"}', 200, 'application/json', 'insufficient-balance'],
    ['{"error":"neworder.error.not_enough_funds"}', 200, 'application/json', 'insufficient-balance'],
    ['{"error":"Something broke"}', 200, 'application/json', 'vendor-error'],
    ['{"error":null}', 200, 'application/json', 'vendor-error'],
    ['{"error":"Incorrect order ID"}', 200, 'application/json', 'not-found'],
    ['{"status":"success","data":"Empty Data"}', 200, 'application/json', 'unexpected-shape'],
    ['null', 200, 'application/json', 'unexpected-shape'],
    ['42', 200, 'application/json', 'unexpected-shape'],
    ['[{"charge":"1"}]', 200, 'application/json', 'unexpected-shape'],
    ['{"error":"Bad shape"}', 400, 'application/json', 'bad-request'],
    ['{"error":"x"}', 401, 'application/json', 'unauthorized'],
    ['', 402, '', 'insufficient-balance'],
    ['<html>', 403, 'text/html', 'forbidden'],
    ['not here', 404, 'text/plain', 'not-found'],
    ['{}', 429, 'application/json', 'rate-limited'],
    ['<html>bad gateway', 502, 'text/html', 'upstream'],
    ['', 503, '', 'unavailable'],
    ['', 301, '', 'http-status'],
    ['', 418, '', 'http-status'],
  ] as const)('%s with status %s and type "%s" is %s', (body, httpStatus, contentType, code) => {
    const observed = observe(['1', '2'], landed(body, httpStatus, contentType))
    expect(observed).toMatchObject({ kind: 'bad-body', code })
    expect(observed.kind === 'bad-body' && observed.reason).toMatch(/^The panel .*[a-z)”"]\.$/)
  })

  it('JSON labelled as a web page, or after a byte order mark, is still JSON', () => {
    expect(observe(['1'], landed({ '1': row }, 200, 'text/html'))).toMatchObject({ rows: [{ kind: 'status' }] })
    expect(observe(['1'], landed(`\ufeff${JSON.stringify({ '1': row })}`))).toMatchObject({
      rows: [{ kind: 'status' }],
    })
  })

  it.each([
    [200, { error: 'Incorrect order ID' }],
    [400, { error: 'Incorrect order ID' }],
    [404, { error: 'Unknown order' }],
  ])('with status %s, %j about the only order asked is that order being unknown', (httpStatus, body) => {
    const expected = { kind: 'rows', rows: [{ kind: 'error', orderId: '7', code: 'incorrect-order-id' }] }
    expect(observe(['7'], landed(body, httpStatus))).toMatchObject(expected)
    expect(observeStatuses({ action: 'status', order: '7' }, landed(body, httpStatus))).toMatchObject(expected)
  })

  it('an error about the key is never taken for an unknown order', () => {
    expect(observe(['7'], landed({ error: 'Invalid API key' }))).toMatchObject({
      kind: 'bad-body',
      code: 'unauthorized',
    })
    expect(observe(['7'], landed({ error: 'Invalid order key' }, 401))).toMatchObject({
      kind: 'bad-body',
      code: 'unauthorized',
    })
  })
})

describe('any JSON at all', () => {
  it('gives every order asked exactly one row, or one bad body', () => {
    const ids = fc.uniqueArray(fc.constantFrom('1', '2', '3', '44', 'x'), { minLength: 1 })
    const body = fc.oneof(
      fc.json(),
      fc.dictionary(fc.constantFrom('1', '2', '3', '44', 'y'), fc.jsonValue()).map((value) => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(ids, body, (orders, text) => {
        const observed = observe(orders, landed(text))
        if (observed.kind === 'rows') expect(observed.rows.map((each) => each.orderId)).toEqual(orders)
        else expect(observed.reason).not.toBe('')
      }),
    )
  })
})
