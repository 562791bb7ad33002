import { describe, expect, it } from 'vitest'
import type { Company } from '../../../src/targets/company.ts'
import { fault, PREFERENCES, REALM, stage, type Asked, type Scripted } from './support.ts'

const LISTS: Readonly<Record<string, readonly object[]>> = {
  Account: [
    { Id: '35', Name: 'Checking', FullyQualifiedName: 'Checking', AccountType: 'Bank', CurrencyRef: { value: 'USD' } },
    { Id: '36', Name: 'Euros', FullyQualifiedName: 'Bank:Euros', AccountType: 'Bank', CurrencyRef: { value: 'EUR' } },
    { Id: '84', Name: 'A/R', AcctNum: '1100', AccountType: 'Accounts Receivable', CurrencyRef: { value: 'USD' } },
    { Id: '33', Name: 'A/P', AccountType: 'Accounts Payable', Active: true },
    { Id: '79', Name: 'Sales', AcctNum: '4000', AccountType: 'Income', CurrencyRef: { value: 'EUR' } },
    { Id: '80', Name: 'Old (deleted)', AccountType: 'Expense', Active: false },
    { Id: '81', Name: 'Estimates', AccountType: 'Non-Posting' },
  ],
  Class: [{ Id: '200', Name: 'Europe', FullyQualifiedName: 'Region:Europe', Active: true }],
  Department: [{ Id: '3', Name: 'Berlin', Active: false }],
  Customer: [{ Id: '7', DisplayName: 'Amy', FullyQualifiedName: 'Amy', Active: true }],
  Vendor: [{ Id: '12', DisplayName: 'Payelancer', Active: false }],
}

function company(preferences: object = PREFERENCES) {
  return ({ path, parameters }: Asked): Scripted => {
    if (path.endsWith('/preferences')) return { body: preferences }
    if (path.endsWith(`/companyinfo/${REALM}`)) return { body: { CompanyInfo: { CompanyName: 'Sandbox Company' } } }
    const entity = /from (\w+)/.exec(parameters['query'] ?? '')?.[1] ?? ''
    return { body: { QueryResponse: { [entity]: LISTS[entity] ?? [] } } }
  }
}

async function pull(script: (asked: Asked) => Scripted) {
  const { target, asked } = await stage(script)
  return { answer: await target.pull(), asked }
}

function pulled(answer: Awaited<ReturnType<typeof pull>>['answer']): Company {
  if (answer.kind !== 'ok') throw new Error(answer.message)
  return answer.value
}

describe('pulling a company', () => {
  it('takes its accounts with what an entry may not do with them', async () => {
    const { answer } = await pull(company())
    expect(pulled(answer)).toMatchObject({
      id: REALM,
      name: 'Sandbox Company',
      currency: 'USD',
      multiCurrency: true,
      closedThrough: '2026-02-28',
      taxRates: [],
    })
    expect(pulled(answer).accounts).toMatchObject([
      {
        id: '35',
        name: 'Checking',
        code: '',
        type: 'Bank',
        currency: null,
        isActive: true,
        refusal: null,
        needs: null,
      },
      { id: '36', name: 'Bank:Euros', currency: 'EUR' },
      { id: '84', name: 'A/R', code: '1100', currency: 'USD', needs: 'Customer' },
      { id: '33', currency: 'USD', needs: 'Vendor' },
      { id: '79', code: '4000', currency: null, needs: null },
      { id: '80', isActive: false, refusal: expect.stringContaining('inactive') },
      { id: '81', isActive: true, refusal: expect.stringContaining('non-posting') },
    ])
  })

  it('takes classes, departments, customers and vendors, inactive ones too', async () => {
    const { answer, asked } = await pull(company())
    expect(pulled(answer).dimensions).toEqual([
      { name: 'class', values: [{ id: '200', name: 'Region:Europe', isActive: true }] },
      { name: 'department', values: [{ id: '3', name: 'Berlin', isActive: false }] },
    ])
    expect(pulled(answer).entities).toEqual([
      { type: 'Customer', id: '7', name: 'Amy', isActive: true },
      { type: 'Vendor', id: '12', name: 'Payelancer', isActive: false },
    ])
    expect(asked.map(({ parameters }) => parameters['query']).filter((query) => query !== undefined)).toEqual(
      ['Account', 'Class', 'Department', 'Customer', 'Vendor'].map(
        (entity) => `select * from ${entity} where Active in (true, false) MAXRESULTS 1000`,
      ),
    )
    expect(pulled(answer).raw).toHaveLength(7)
  })

  it('asks for no classes and departments where they are turned off, and binds no account to a currency', async () => {
    const preferences = { Preferences: { HomeCurrency: { value: 'GBP' }, MultiCurrencyEnabled: false } }
    const { answer, asked } = await pull(company(preferences))
    expect(pulled(answer)).toMatchObject({ currency: 'GBP', multiCurrency: false, closedThrough: null, dimensions: [] })
    expect(new Set(pulled(answer).accounts.map(({ currency }) => currency))).toEqual(new Set([null]))
    expect(asked.map(({ parameters }) => parameters['query'] ?? '').join()).not.toMatch(/Class|Department/)
  })

  it.each([
    ['preferences', '/preferences'],
    ['company', '/companyinfo'],
    ['Account', 'from Account'],
    ['Class', 'from Class'],
    ['Department', 'from Department'],
    ['Customer', 'from Customer'],
    ['Vendor', 'from Vendor'],
  ])('is whole or not at all: %s refused', async (_name, where) => {
    const { answer } = await pull((asked) => {
      const isRefused = `${asked.path} ${asked.parameters['query'] ?? ''}`.includes(where)
      return isRefused ? { status: 400, body: fault('6190', 'Invalid Company Status') } : company()(asked)
    })
    expect(answer.kind).toBe('unavailable')
  })

  it('takes nothing over when one account cannot be read', async () => {
    const { answer } = await pull((asked) => {
      const isAccounts = (asked.parameters['query'] ?? '').includes('Account')
      return isAccounts ? { body: { QueryResponse: { Account: [{ Name: 'No id' }] } } } : company()(asked)
    })
    expect(answer).toMatchObject({ kind: 'unknown', answered: true })
    expect(answer.kind === 'unknown' ? answer.message : '').toMatch(/an Account that cannot be read \(Id\)/)
  })
})
