import { describe, expect, it } from 'vitest'
import type { TargetMapping } from '../../../src/domain/journals/target-mapping.ts'
import type { Company } from '../../../src/targets/company.ts'
import {
  checkMapping,
  isComplete,
  type AccountInUse,
  type CheckInput,
} from '../../../src/targets/mapping/check-mapping.ts'
import { changesBetween, linesHash, mappingLines } from '../../../src/targets/mapping/mapping-lines.ts'
import { proposeAccount, similarity } from '../../../src/targets/mapping/propose.ts'
import { account, chart, company, mapping, place } from '../build/support.ts'

const inUse = (key: string, currency = 'USD'): AccountInUse => ({ key, currency, hasPostings: true })

function check(more: Partial<CheckInput>) {
  const keys = ['1310:netpanel', '5100:netpanel', '5190:netpanel'].map((key) => inUse(key))
  return checkMapping({ type: 'quickbooks', mapping: mapping(), company: company(), chart, inUse: keys, ...more })
}

describe('a mapping checked against a company', () => {
  it('is complete when every account in use leads somewhere', () => {
    const checked = check({})
    expect(checked).toMatchObject({ coveragePercent: 100, problems: [] })
    expect(isComplete(checked)).toBe(true)
  })

  it('is never rounded up to everything', () => {
    const keys = Array.from({ length: 999 }, (_, index) => inUse(`5100:p${index}`))
    const checked = check({ inUse: [...keys, inUse('9999')] })
    expect(checked.coveragePercent).toBe(99)
    expect(isComplete(checked)).toBe(false)
  })

  it.each<[string, Partial<Company>, Partial<TargetMapping>, string]>([
    [
      'a class that is not there',
      {},
      {
        dimensions: [{ name: 'class', from: 'client', values: new Map([['a', 'A']]), fallback: null, accounts: null }],
      },
      'Acme Books has no dimension "class".',
    ],
    [
      'a fallback that is inactive',
      { dimensions: [{ name: 'class', values: [{ id: '1', name: 'Old', isActive: false }] }] },
      { dimensions: [{ name: 'class', from: 'client', values: new Map(), fallback: 'Old', accounts: null }] },
      'The class "Old" is inactive in Acme Books.',
    ],
    [
      "an account's own tag that is not there",
      { dimensions: [{ name: 'class', values: [] }] },
      {
        accounts: new Map([
          ...mapping().accounts,
          ['5100', place('SMM services', { tags: new Map([['class', 'X']]) })],
        ]),
      },
      'The class "X" does not exist in Acme Books.',
    ],
  ])('names %s', (_, changed, mapped, sentence) => {
    const checked = check({ company: company(changed), mapping: mapping(mapped) })
    expect(checked.problems).toEqual([sentence])
    expect(isComplete(checked)).toBe(false)
  })

  it('names a currency the company does not keep, for QuickBooks', () => {
    const alone = company({ multiCurrency: false })
    const euros = [inUse('5100:netpanel', 'EUR')]
    expect(check({ company: alone, inUse: euros }).problems).toEqual([
      'The book has EUR, and Acme Books keeps USD alone: turn multicurrency on there.',
    ])
    expect(check({ company: alone, inUse: euros, type: 'xero' }).problems).toEqual([])
  })
})

describe('a proposal', () => {
  const accounts = [
    account('1', 'Advertising:SMM cost of services', { code: '7000' }),
    account('2', 'Services', { code: '5100' }),
    account('3', 'SMM services cost', { isActive: false }),
    account('4', 'SMM services cost', { refusal: 'It may not.' }),
    account('5', 'Rent', { code: '1' }),
  ]
  const chartOf = (code: string) => chart.accounts.get(code)

  it.each<[string, string, string | undefined]>([
    ['the same words in any order go before the number', '5100', '2'],
    ['nothing in common is no proposal', '6110', undefined],
  ])('%s', (_, code, expected) => {
    const found = proposeAccount(company({ accounts }), code, { chart: chartOf(code), place: undefined })
    expect(found?.id).toBe(expected)
    const turned = company({ accounts: accounts.toReversed() })
    expect(proposeAccount(turned, code, { chart: chartOf(code), place: undefined })).toEqual(found)
  })

  it.each([
    ['SMM services cost', 'smm SERVICES: cost', 100],
    ['SMM services cost', 'Rent', 0],
    ['Bank - operating', 'Bank', 66],
    ['', '', 0],
  ])('finds %j and %j to be %i %% alike', (a, b, percent) => {
    expect(similarity(a, b)).toBe(percent)
  })
})

describe('a mapping as lines', () => {
  const tagged = mapping({
    accounts: new Map([
      [
        '1110',
        place('A/R', {
          entity: 'Payelancer',
          tags: new Map([
            ['department', 'D'],
            ['class', 'C'],
          ]),
        }),
      ],
    ]),
    dimensions: [
      {
        name: 'class',
        from: 'service',
        values: new Map([['Likes', 'Growth']]),
        fallback: 'Other',
        accounts: new Set(['5190', '5100']),
      },
    ],
  })

  it('says everything that decides where a line goes', () => {
    expect(mappingLines(tagged)).toEqual([
      'account 1110: name "A/R", entity "Payelancer", class "C", department "D"',
      'dimension class: from service, for 5100 5190, otherwise "Other"',
      'dimension class: service "Likes" is "Growth"',
    ])
  })

  it('is the same whatever the order of the file', () => {
    const turned = mapping({ accounts: new Map([...mapping().accounts].toReversed()) })
    expect(linesHash(mappingLines(turned))).toBe(linesHash(mappingLines(mapping())))
  })

  it('shows a change as what was and what is, side by side', () => {
    const before = ['account 1: name "A"', 'account 2: name "B"', 'account 3: name "C"']
    const after = ['account 1: name "X"', 'account 2: name "B"', 'account 4: name "D"']
    expect(changesBetween(before, after)).toEqual([
      '- account 1: name "A"',
      '+ account 1: name "X"',
      '- account 3: name "C"',
      '+ account 4: name "D"',
    ])
    expect(changesBetween(after, after)).toEqual([])
  })
})
