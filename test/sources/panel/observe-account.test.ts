import { describe, expect, it } from 'vitest'
import { observeBalance } from '../../../src/sources/panel/observe-account.ts'
import { observeServices } from '../../../src/sources/panel/observe-services.ts'
import { observeAdd, observeCancel, observeRefill } from '../../../src/sources/panel/observe-writes.ts'
import { landed } from '../support.ts'

describe('observeBalance', () => {
  it.each([
    ['{"balance":"100.84292","currency":"USD"}', 10_084_292_000n, 5, 'USD'],
    ['{"balance":100.84292,"currency":"usd"}', 10_084_292_000n, 5, 'USD'],
    ['{"balance":"-1.5","currency":""}', -150_000_000n, 1, null],
    ['{"balance":"0"}', 0n, 0, null],
  ])('%s', (body, balance, decimals, currency) => {
    expect(observeBalance(landed(body))).toMatchObject({ kind: 'balance', balance, decimals, currency })
  })

  it.each([
    '{"balance":""}',
    '{"balance":null}',
    '{"currency":"USD"}',
    '{"balance":"1,234.50"}',
    '{"balance":true}',
    '[]',
    'null',
  ])('%s is bad, never zero', (body) => {
    expect(observeBalance(landed(body)).kind).toBe('bad')
  })

  it('explains an answer that is an error', () => {
    expect(observeBalance(landed({ error: 'Invalid API key' }))).toMatchObject({
      kind: 'bad-body',
      code: 'unauthorized',
    })
    expect(observeBalance(landed('', 502))).toMatchObject({ kind: 'bad-body', code: 'upstream' })
  })
})

describe('observeServices', () => {
  const service = {
    service: '1',
    name: 'Followers',
    type: 'Default',
    rate: '0.90',
    min: '50',
    max: '10000',
    category: 'First Category',
  }

  it('reads the document example and the common variants', () => {
    const list = [
      service,
      { ...service, service: 2, rate: 8, min: 10, max: 1500, refill: true, cancel: '0', dripfeed: 1 },
    ]
    expect(observeServices(landed(list))).toMatchObject({
      kind: 'services',
      rows: [
        {
          kind: 'service',
          service: '1',
          name: 'Followers',
          type: 'Default',
          rate: 90_000_000n,
          min: 50n,
          max: 10_000n,
          refill: null,
          cancel: null,
        },
        {
          kind: 'service',
          service: '2',
          rate: 800_000_000n,
          rateText: '8',
          min: 10n,
          max: 1500n,
          refill: true,
          cancel: false,
          dripfeed: true,
        },
      ],
    })
  })

  it('keeps the good rows beside bad ones, and the first of two with one id', () => {
    const list = [
      { ...service, rate: '' },
      { name: 'no id' },
      service,
      { ...service, rate: '5' },
      { ...service, service: '9', min: '', max: null },
    ]
    const observed = observeServices(landed(list))
    expect(observed.kind === 'services' && observed.rows.map((row) => row.kind)).toEqual([
      'bad',
      'bad',
      'bad',
      'bad',
      'service',
    ])
    expect(observeServices(landed([service, { ...service, rate: '5' }]))).toMatchObject({
      rows: [{ rate: 90_000_000n }, { kind: 'bad', index: 1 }],
    })
  })

  it('takes an empty-data message for an empty catalogue that says so, and nothing else for one', () => {
    expect(observeServices(landed({ status: 'success', data: 'Empty Data' }))).toEqual({
      kind: 'services',
      rows: [],
      emptyText: 'Empty Data',
    })
    for (const body of [{ status: 'success', data: 'x' }, { status: 'fail', data: 'Empty Data' }, {}]) {
      expect(observeServices(landed(body))).toMatchObject({ kind: 'bad-body', code: 'unexpected-shape' })
    }
  })
})

describe('answers to writes', () => {
  it.each(['{"order":23501}', '{"order":"23501"}'])('%s is a placed order', (body) => {
    expect(observeAdd(landed(body))).toEqual({ kind: 'placed', orderId: '23501' })
  })

  it('an order without an id, too little balance, and a subscription are explained', () => {
    expect(observeAdd(landed('{"order":null}'))).toMatchObject({ kind: 'unknown', code: 'unexpected-shape' })
    expect(observeAdd(landed({ error: 'Not enough funds on balance' }))).toMatchObject({ code: 'insufficient-balance' })
    const refused = observeAdd(landed({ error: 'Subscriptions cannot be created by API' }, 400))
    expect(refused).toMatchObject({ kind: 'refused', code: 'bad-request' })
    expect(refused.kind === 'refused' && refused.reason).toContain('Subscriptions cannot be created by API')
  })

  it('reads cancel answers of the document and of the common dialect', () => {
    const body = [
      { order: 9, cancel: { status: 'success' } },
      { order: 2, error: 'Incorrect order ID' },
      { order: '3', cancel: 1 },
      { order: 4, cancel: { error: 'Incorrect order ID' } },
    ]
    expect(observeCancel(['9', '2', '3', '4', '5'], landed(body))).toEqual({
      kind: 'rows',
      rows: [
        { kind: 'requested', orderId: '9' },
        { kind: 'refused', orderId: '2', text: 'Incorrect order ID' },
        { kind: 'requested', orderId: '3' },
        { kind: 'refused', orderId: '4', text: 'Incorrect order ID' },
        { kind: 'missing', orderId: '5' },
      ],
    })
    expect(observeCancel(['9'], landed('[]'))).toMatchObject({ kind: 'bad-body' })
  })

  it('reads refill ids and refill statuses', () => {
    expect(observeRefill('refill', landed('{"refill":1}'))).toEqual({ kind: 'refill', text: '1' })
    expect(observeRefill('status', landed('{"status":"Rejected"}'))).toEqual({ kind: 'refill', text: 'Rejected' })
    expect(observeRefill('refill', landed('{}'))).toMatchObject({ kind: 'bad-body' })
  })
})
