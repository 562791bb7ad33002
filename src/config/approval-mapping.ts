/**
 * Which accounts a journal must have a place for before it is approved: those of every target the book is delivered or
 * exported to, else the chart. A journal that one target could not take is held whole instead of reaching only the other.
 */
import { lookUpAccount, type AccountMapping } from '../domain/accounts.ts'
import { targetMapping, type Mappings } from './mappings.ts'
import type { BookConfig, ExportFormat } from './model.ts'

type Target = (mappings: Mappings) => AccountMapping

const MAPPING_OF: Partial<Readonly<Record<ExportFormat, Target>>> = {
  'quickbooks-csv': ({ quickbooks }) => quickbooks,
  'xero-csv': ({ xero }) => xero,
}

export function approvalMapping(book: BookConfig, mappings: Mappings): AccountMapping {
  const files = (book.export?.formats ?? []).flatMap((format) => MAPPING_OF[format]?.(mappings) ?? [])
  const systems = book.targets.map((target) => targetMapping(mappings, target))
  return [...new Set<AccountMapping>([...files, ...systems])].reduce(inBoth, mappings.chart)
}

function inBoth(a: AccountMapping, b: AccountMapping): AccountMapping {
  const keys = [...new Set([...a.accounts.keys(), ...b.accounts.keys()])]
  const shared = keys.filter((key) => [a, b].every(({ accounts }) => lookUpAccount(accounts, key) !== undefined))
  const file = a.file.split(' or ').includes(b.file) ? a.file : `${a.file} or ${b.file}`
  return { file, accounts: new Map(shared.map((key) => [key, key])) }
}
