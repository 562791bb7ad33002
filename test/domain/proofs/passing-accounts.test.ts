/** Which accounts money passes through or waits on: by the posting rules, so that a chart of one's own is read like the package's. */
import { expect, it } from 'vitest'
import { loadMappings } from '../../../src/config/mappings.ts'
import { passingAccounts, suspenseAccounts } from '../../../src/domain/proofs/clearing.ts'

const { rules } = loadMappings()

it('are those of the package', () => {
  expect([...suspenseAccounts(rules, ['panel'])]).toEqual(['1900'])
  expect([...passingAccounts(rules, ['pub', 'panel'])]).toEqual([
    '1110:pub',
    '1110:panel',
    '1070',
    '1060',
    '1065',
    '1330:pub',
    '1330:panel',
  ])
})

it('are those of a chart with other numbers', () => {
  const money = new Map([...rules.money, ['suspense', { debit: '2990', credit: '{account}' }] as const])
  expect([...suspenseAccounts({ ...rules, money }, ['one', 'two'])]).toEqual(['2990'])
})
