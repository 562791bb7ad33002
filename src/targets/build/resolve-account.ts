/**
 * Finds the one account of a company that a mapping means, and whom a line on it is with. Found is exactly one that is
 * active and may be posted to; everything else is a sentence that names what stands in the way.
 */
import { didYouMean } from '../../config/suggest.ts'
import { lookUpAccount } from '../../domain/accounts.ts'
import type { TargetMapping, TargetPlace } from '../../domain/journals/target-mapping.ts'
import type { AccountKey } from '../../domain/transaction.ts'
import type { Company, CompanyAccount } from '../company.ts'
import type { EntryLine } from '../entry.ts'

export interface ResolvedAccount {
  readonly ok: true
  readonly account: CompanyAccount
  readonly place: TargetPlace
  readonly entity: EntryLine['entity']
}

export type Resolution = ResolvedAccount | { readonly ok: false; readonly reason: string }

/** `currency` is that of the entry as the target gets it. */
export function resolveAccount(
  mapping: TargetMapping,
  company: Company,
  key: AccountKey,
  currency: string,
): Resolution {
  const place = lookUpAccount(mapping.accounts, key)
  if (place === undefined) return refuse(`${mapping.file} does not say where ${key} goes.`)
  const found = findAccount(place, company)
  if (typeof found === 'string') return refuse(`${key} goes to ${called(place)}, ${found}`)
  if (found.currency !== null && found.currency !== currency) {
    return refuse(
      `${key} goes to ${called(place)}, which is kept in ${found.currency}, and the entry is in ${currency}.`,
    )
  }
  const entity = findEntity(place, found, company)
  if (typeof entity === 'string') return refuse(`${key} goes to ${called(place)}, ${entity}`)
  return { ok: true, account: found, place, entity }
}

export function called({ by, value }: Pick<TargetPlace, 'by' | 'value'>): string {
  return by === 'name' ? `"${value}"` : `the account with ${by} ${value}`
}

function refuse(reason: string): Resolution {
  return { ok: false, reason }
}

function findAccount({ by, value }: TargetPlace, company: Company): CompanyAccount | string {
  const textOf = (account: CompanyAccount): string => (by === 'name' ? account.name : account.code)
  const matches = company.accounts.filter((account) => textOf(account) === value)
  const active = matches.filter(({ isActive }) => isActive)
  const [account] = active
  if (account === undefined) {
    if (matches.length > 0) return `which is inactive in ${company.name}.`
    const names = company.accounts.filter(({ isActive }) => isActive).map(textOf)
    return `which ${company.name} does not have.${didYouMean(value, names)}`
  }
  if (active.length > 1) {
    const candidates = active.map(({ id, name, code }) => `${name}${code === '' ? '' : ` (${code})`}, id ${id}`)
    return `and ${company.name} has ${active.length} of them: ${candidates.join('; ')}.`
  }
  return account.refusal === null ? account : `which no journal entry may use. ${account.refusal}`
}

function findEntity(place: TargetPlace, account: CompanyAccount, company: Company): EntryLine['entity'] | string {
  const { needs } = account
  if (needs === null) return null
  const kind = needs.toLowerCase()
  if (place.entity === null) {
    return `whose lines must name a ${kind}: write it in the mapping as { name: ${JSON.stringify(place.value)}, entity: '…' }.`
  }
  const all = company.entities.filter(({ type, isActive }) => type === needs && isActive)
  const matches = all.filter(({ name }) => name === place.entity)
  const [entity] = matches
  if (entity !== undefined && matches.length === 1) return { type: needs, id: entity.id }
  const names = all.map(({ name }) => name)
  const many = matches.length > 1 ? `has ${matches.length} active ${kind}s` : `has no active ${kind}`
  return `and ${company.name} ${many} called "${place.entity}".${didYouMean(place.entity, names)}`
}
