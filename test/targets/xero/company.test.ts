import { describe, expect, it } from 'vitest'
import { json, type Handler } from '../../http/support.ts'
import { ACME, startXero, TENANT, TOKEN } from './support.ts'

const account = (Code: string, Type: string, more: object = {}): object => ({
  AccountID: `id-${Code}`,
  Code,
  Name: `Account ${Code}`,
  Type,
  Status: 'ACTIVE',
  TaxType: 'NONE',
  ...more,
})

const answers: Readonly<Record<string, object>> = {
  '/api/Accounts': {
    Accounts: [
      account('200', 'REVENUE'),
      account('090', 'BANK', { CurrencyCode: 'USD', BankAccountNumber: '0209087654321050' }),
      account('610', 'CURRENT', { SystemAccount: 'DEBTORS' }),
      account('800', 'CURRLIAB', { SystemAccount: 'CREDITORS' }),
      account('960', 'EQUITY', { SystemAccount: 'RETAINEDEARNINGS' }),
      account('630', 'INVENTORY'),
      account('820', 'CURRLIAB', { SystemAccount: 'GST' }),
      account('497', 'EXPENSE', { SystemAccount: 'BANKCURRENCYGAIN' }),
      account('404', 'EXPENSE', { Status: 'ARCHIVED' }),
      account('', 'EXPENSE', { SystemAccount: '' }),
    ],
  },
  '/api/TaxRates': {
    TaxRates: [
      { Name: 'Tax Exempt', TaxType: 'NONE', Status: 'ACTIVE', EffectiveRate: 0.0 },
      { Name: 'Old rate', TaxType: 'TAX001', Status: 'DELETED' },
    ],
  },
  '/api/TrackingCategories': {
    TrackingCategories: [
      {
        Name: 'Source',
        Status: 'ACTIVE',
        Options: [
          { Name: 'netpanel', Status: 'ACTIVE' },
          { Name: 'old', Status: 'ARCHIVED' },
        ],
      },
      { Name: 'Gone', Status: 'ARCHIVED', Options: [] },
    ],
  },
}

const serve: Handler = (response, { url }) => json(response, 200, answers[url] ?? {})

describe('a pulled company', () => {
  it('has the accounts a journal may name, and says why it may not name the others', async () => {
    const { target } = await startXero(serve)
    const pulled = await target.pull()
    if (pulled.kind !== 'ok') throw new Error(pulled.message)
    const refusals = pulled.value.accounts.map(({ code, refusal }) => [code, refusal])
    expect(refusals).toEqual([
      ['200', null],
      ['090', expect.stringContaining('bank account')],
      ['610', expect.stringContaining('receivable')],
      ['800', expect.stringContaining('payable')],
      ['960', expect.stringContaining('retained earnings')],
      ['630', expect.stringContaining('inventory')],
      ['820', null],
      ['497', expect.stringContaining('itself')],
      ['404', expect.stringContaining('archived')],
      ['', expect.stringContaining('no code')],
    ])
    for (const [, refusal] of refusals) if (typeof refusal === 'string') expect(refusal).toMatch(/^[A-Z].*\.$/)
    expect(pulled.value.accounts.map(({ id }) => id)).toEqual([
      '200',
      '090',
      '610',
      '800',
      '960',
      '630',
      '820',
      '497',
      '404',
      'id-',
    ])
    expect(pulled.value.accounts[1]).toMatchObject({ type: 'BANK', currency: 'USD', isActive: true, needs: null })
  })

  it('has its tax rates, its active tracking categories, and every answer as it came', async () => {
    const { target, server } = await startXero(serve)
    const pulled = await target.pull()
    expect(pulled).toMatchObject({
      kind: 'ok',
      value: {
        id: TENANT,
        name: 'Acme Ads',
        currency: 'USD',
        multiCurrency: false,
        closedThrough: null,
        taxRates: [
          { type: 'NONE', name: 'Tax Exempt', isActive: true },
          { type: 'TAX001', name: 'Old rate', isActive: false },
        ],
        dimensions: [
          {
            name: 'Source',
            values: [
              { id: 'netpanel', name: 'netpanel', isActive: true },
              { id: 'old', name: 'old', isActive: false },
            ],
          },
        ],
        entities: [],
        raw: [
          expect.stringContaining('Acme'),
          expect.stringContaining('"200"'),
          expect.stringContaining('TAX001'),
          expect.stringContaining('Gone'),
        ],
      },
    })
    expect(server.received.map(({ url }) => url)).toEqual([
      '/api/Organisation',
      '/api/Accounts',
      '/api/TaxRates',
      '/api/TrackingCategories',
    ])
    for (const { headers } of server.received)
      expect(headers).toMatchObject({
        'xero-tenant-id': TENANT,
        authorization: `Bearer ${TOKEN}`,
        accept: 'application/json',
      })
  })

  it('of a custom connection is known by the id of the organisation', async () => {
    const { target } = await startXero(serve, { current: { ok: true, accessToken: TOKEN, companyId: '' } })
    expect(await target.pull()).toMatchObject({ kind: 'ok', value: { id: ACME.OrganisationID } })
  })

  it.each(['/api/Accounts', '/api/TaxRates', '/api/TrackingCategories'])(
    'is not there when %s answers something else',
    async (path) => {
      const { target } = await startXero((response, request, index) => {
        if (request.url === path) json(response, 200, { Accounts: 'none' })
        else serve(response, request, index)
      })
      expect(await target.pull()).toMatchObject({
        kind: 'unknown',
        message: expect.stringContaining(path.replace('/api', '')),
      })
    },
  )

  it('is not there when one answer is missing', async () => {
    const { target, server } = await startXero((response) =>
      response.writeHead(503, { 'content-type': 'text/plain' }).end('The Organisation is offline'),
    )
    expect(await target.pull()).toMatchObject({ kind: 'unavailable' })
    expect(server.received).toHaveLength(2)
  })
})
