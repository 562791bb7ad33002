import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/temp-folder.ts'
import { loadChart, loadMappings, loadPostingRules, mappingPath } from '../../src/config/mappings.ts'
import { lookUpAccount, splitAccountKey } from '../../src/domain/accounts.ts'
import { ConfigError } from '../../src/domain/errors.ts'
import { postingsFor, type SourceKind } from '../../src/domain/posting-rules.ts'
import { DEFAULT_CHART } from '../../src/sandbox/targets/chart.ts'

/** A mapping directory with one file of its own. */
function directoryWith(name: string, text: string): string {
  const directory = temporaryFolder()
  writeFileSync(join(directory, name), text)
  return directory
}

function messageOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof ConfigError) return `${error.message} ${error.hint}`
    throw error
  }
  return 'no error'
}

const own = loadMappings()

describe("the package's own mappings", () => {
  it.each<[SourceKind, string, string, string]>([
    ['panel', 'charge', '5100:s', '1310:s'],
    ['panel', 'refund', '1330:s', '5190:s'],
    ['panel', 'top-up', '1310:s', '1070'],
    ['panel', 'opening-wallet', '1310:s', '3900'],
    ['panel', 'bonus', '1310:s', '1320:s'],
    ['publisher', 'earn', '1100:s', '4000:s'],
    ['publisher', 'clawback', '4090:s', '1100:s'],
    ['publisher', 'opening-receivable', '1100:s', '3900'],
    ['advertiser', 'spend', '5000:s', '1300:s'],
    ['advertiser', 'spend-credit', '1300:s', '5090:s'],
    ['advertiser', 'top-up', '1300:s', '1070'],
    ['advertiser', 'opening-wallet', '1300:s', '3900'],
  ])('books a %s %s as Dr %s Cr %s', (sourceKind, kind, debit, credit) => {
    const [first, second] = postingsFor(own.rules, { sourceKind, kind, source: 's', amount: 7n })
    expect([first, second]).toEqual([
      { account: debit, amount: 7n },
      { account: credit, amount: -7n },
    ])
  })

  it('map every account of the chart to QuickBooks and Xero', () => {
    for (const code of own.chart.accounts.keys()) {
      expect(lookUpAccount(own.quickbooks.accounts, code), code).toBeDefined()
      expect(lookUpAccount(own.xero.accounts, code), code).toBeDefined()
    }
  })

  it('give every Xero and QuickBooks entry an account of the chart, and no two codes one Xero account', () => {
    for (const key of [...own.quickbooks.accounts.keys(), ...own.xero.accounts.keys()]) {
      expect(own.chart.accounts.has(splitAccountKey(key).code), key).toBe(true)
    }
    expect(new Set([...own.xero.accounts.values()].map((account) => account.code)).size).toBe(own.xero.accounts.size)
  })
})

describe('ordinary lines of a bank account', () => {
  it.each([
    ["a client's retainer", '4100', 'revenue'],
    ['a software bill', '6300', 'expense'],
    ['rent', '6310', 'expense'],
  ])('%s has an account of the chart, %s', (_, code, type) => {
    expect(own.chart.accounts.get(code)?.type).toBe(type)
  })

  it('lead to accounts that a company of the sandbox has, as all of the chart do', () => {
    const codes = new Set(DEFAULT_CHART.map(({ code }) => code))
    expect([...own.chart.accounts.keys()].filter((code) => !codes.has(code))).toEqual([])
  })
})

describe('a custom mapping directory', () => {
  it('replaces the package file by file', () => {
    const text = 'accounts:\n  "1310": Wallets\n  "1310:netpanel": "Wallets:Netpanel"\n'
    const { quickbooks, chart } = loadMappings(directoryWith('quickbooks.yaml', text))
    expect(lookUpAccount(quickbooks.accounts, '1310:netpanel')).toBe('Wallets:Netpanel')
    expect(lookUpAccount(quickbooks.accounts, '5100')).toBeUndefined()
    expect(chart.accounts.size).toBe(own.chart.accounts.size)
  })

  it('says more about an account than its name, for QuickBooks', () => {
    const text = [
      'accounts:',
      '  "1310": { number: "1310-1" }',
      '  "1110": { name: Receivables, entity: Payelancer, class: Ads }',
      'dimensions:',
      '  class: { from: service, values: { Followers: Growth }, default: Other, accounts: ["5100"] }',
      '  department: { from: client }',
    ].join('\n')
    const { quickbooks, delivery } = loadMappings(directoryWith('quickbooks.yaml', text))
    expect([...quickbooks.accounts]).toEqual([['1110', 'Receivables']])
    expect(delivery.quickbooks.accounts.get('1310')).toEqual({
      by: 'number',
      value: '1310-1',
      entity: null,
      tags: new Map(),
    })
    expect(delivery.quickbooks.accounts.get('1110')).toEqual({
      by: 'name',
      value: 'Receivables',
      entity: 'Payelancer',
      tags: new Map([['class', 'Ads']]),
    })
    expect(delivery.quickbooks.dimensions).toEqual([
      {
        name: 'class',
        from: 'service',
        values: new Map([['Followers', 'Growth']]),
        fallback: 'Other',
        accounts: new Set(['5100']),
      },
      { name: 'department', from: 'client', values: new Map(), fallback: null, accounts: null },
    ])
  })

  it('tracks Xero accounts and lines', () => {
    const text = [
      'currency: USD',
      'taxRate: Tax Exempt',
      'accounts:',
      '  "5100": { code: "310", tracking: { Region: North } }',
      'dimensions:',
      '  Client: { from: client, values: { acme: Acme Ltd } }',
    ].join('\n')
    const { delivery } = loadMappings(directoryWith('xero.yaml', text))
    expect(delivery.xero.accounts.get('5100')?.tags).toEqual(new Map([['Region', 'North']]))
    expect(delivery.xero.dimensions[0]?.values).toEqual(new Map([['acme', 'Acme Ltd']]))
  })

  it('must exist', () => {
    expect(messageOf(() => loadMappings('/nowhere/at/all'))).toContain('/nowhere/at/all does not exist')
  })
})

describe('a mistake in a mapping file', () => {
  it.each([
    ['an unknown key', 'quickbooks.yaml', 'accounts:\n  "1310": Wallet\nacounts: {}\n', ':3: unknown key "acounts"'],
    ['a code that is not one', 'quickbooks.yaml', 'accounts:\n  "13x": Wallet\n', ':2: accounts.13x: '],
    ['a formula', 'quickbooks.yaml', 'accounts:\n  "1310": "=cmd"\n', ':2: accounts.1310: a name cannot start with'],
    [
      'a formula in wide signs',
      'quickbooks.yaml',
      'accounts:\n  "1310": ＝cmd\n',
      ':2: accounts.1310: a name cannot start',
    ],
    ['a number for a code', 'xero.yaml', 'currency: USD\ntaxRate: None\naccounts:\n  "1310": { code: 0200 }\n', ':4: '],
    ['a missing key', 'xero.yaml', 'currency: USD\naccounts: {}\n', ':1: taxRate: '],
    ['a key given twice', 'quickbooks.yaml', 'accounts:\n  "1310": a\n  "1310": b\n', ':3: '],
    [
      'a name and a number',
      'quickbooks.yaml',
      'accounts:\n  "1310": { name: W, number: "1" }\n',
      ':2: accounts.1310: give exactly one of name and number',
    ],
    [
      'an unknown key of an account',
      'quickbooks.yaml',
      'accounts:\n  "1310": { name: W, clas: x }\n',
      ':2: unknown key "clas"',
    ],
    [
      'an unknown origin',
      'quickbooks.yaml',
      'accounts:\n  "1310": W\ndimensions:\n  class: { from: order }\n',
      ':4: dimensions.class.from: a dimension comes from source, service, client',
    ],
    [
      'a third tracking category',
      'xero.yaml',
      'currency: USD\ntaxRate: None\naccounts: {}\ndimensions:\n  A: { from: source }\n  B: { from: source }\n  C: { from: source }\n',
      ':4: dimensions: Xero has at most two tracking categories',
    ],
    ['a list', 'quickbooks.yaml', '- "1310"\n', ':1: the file has to be a mapping, lines of "key: value"'],
    ['nothing', 'xero.yaml', '\n', ':1: the file is empty'],
    ['no YAML at all', 'chart.yaml', 'accounts: [\n', ':2: '],
    [
      'a side that is none',
      'chart.yaml',
      'accounts:\n  "1310": { name: W, type: asset, normal: left }\n',
      ':2: accounts.1310.normal',
    ],
  ])('of %s is refused with its file and line', (_, name, text, expected) => {
    const directory = directoryWith(name, text)
    expect(messageOf(() => loadMappings(directory))).toContain(`${join(directory, name)}${expected}`)
  })

  it('of a rule whose account is not in the chart names the rule, the account and both files', () => {
    const original = readFileSync(mappingPath('posting-rules.yaml'), 'utf8')
    const directory = directoryWith(
      'posting-rules.yaml',
      original.replace(
        "refund: { debit: '1330:{source}', credit: '5190:{source}'",
        "refund: { debit: '1330:{source}', credit: '5199:{source}'",
      ),
    )
    const message = messageOf(() => loadMappings(directory))
    expect(message).toMatch(/posting-rules\.yaml:\d+: the rule panel\.order\.refund names account 5199:\{source\}/)
    expect(message).toContain('which is not in mappings/chart.yaml')
  })

  it('of a file that is not there says which', () => {
    expect(messageOf(() => loadChart('missing.yaml'))).toContain('The mapping file missing.yaml cannot be read')
    expect(messageOf(() => loadPostingRules('missing.yaml', own.chart))).toContain('missing.yaml')
  })
})
