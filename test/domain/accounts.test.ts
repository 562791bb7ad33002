import { describe, expect, it } from 'vitest'
import {
  accountTitle,
  lookUpAccount,
  splitAccountKey,
  unmappedAccounts,
  type Chart,
} from '../../src/domain/accounts.ts'
import { postingsFor, type PostingRules, type SourceRules } from '../../src/domain/posting-rules.ts'

const chart: Chart = {
  file: 'chart.yaml',
  accounts: new Map([['1310', { code: '1310', name: 'Wallet', type: 'asset', normal: 'debit', note: '' }]]),
}

const empty: SourceRules = { always: new Map(), byRecognition: { order: new Map() } }
const rules: PostingRules = {
  file: 'posting-rules.yaml',
  bySourceKind: {
    publisher: empty,
    advertiser: empty,
    panel: {
      always: new Map([['opening-wallet', { debit: '1310:{source}', credit: '3900' }]]),
      byRecognition: { order: new Map([['charge', { debit: '5100:{source}', credit: '1310:{source}' }]]) },
    },
  },
  money: new Map(),
}

describe('account keys', () => {
  it.each([
    ['1310:netpanel', { code: '1310', wallet: 'netpanel' }],
    ['3900', { code: '3900', wallet: undefined }],
    ['1310:a:b', { code: '1310', wallet: 'a:b' }],
  ])('splits %s at the first colon', (key, parts) => {
    expect(splitAccountKey(key)).toEqual(parts)
  })

  it('finds the whole key before its code', () => {
    const entries = new Map([
      ['1310', 'all wallets'],
      ['1310:netpanel', 'one wallet'],
    ])
    expect(lookUpAccount(entries, '1310:netpanel')).toBe('one wallet')
    expect(lookUpAccount(entries, '1310:other')).toBe('all wallets')
    expect(lookUpAccount(entries, '5100:other')).toBeUndefined()
  })

  it('names what is not mapped and reads an account out for people', () => {
    expect(unmappedAccounts(chart, ['1310:a', '9999', '5100:a'])).toEqual(['9999', '5100:a'])
    expect(accountTitle(chart, '1310:netpanel')).toBe('Wallet, netpanel')
    expect(accountTitle(chart, '9999')).toBe('9999')
  })
})

describe('posting rules', () => {
  it('debits and credits the accounts of the rule, with the source as the wallet', () => {
    expect(postingsFor(rules, { sourceKind: 'panel', kind: 'charge', source: 'netpanel', amount: 450n })).toEqual([
      { account: '5100:netpanel', amount: 450n },
      { account: '1310:netpanel', amount: -450n },
    ])
  })

  it('swaps the sides of a negative amount', () => {
    expect(postingsFor(rules, { sourceKind: 'panel', kind: 'opening-wallet', source: 'x', amount: -5n })).toEqual([
      { account: '3900', amount: 5n },
      { account: '1310:x', amount: -5n },
    ])
  })

  it('refuses a kind without a rule, naming the file, and an amount of zero', () => {
    const request = { sourceKind: 'publisher', kind: 'charge', source: 'x', amount: 1n } as const
    expect(() => postingsFor(rules, request)).toThrow('no posting rule for the publisher kind "charge"')
    expect(() => postingsFor(rules, { ...request, sourceKind: 'panel', amount: 0n })).toThrow('nothing to post')
  })
})
