/** What `tieout mappings` prints: companies as they were pulled, accounts and where they go, versions and their changes. */
import type { TargetConfig } from '../../config/target-model.ts'
import type { Company, CompanyAccount } from '../../targets/company.ts'
import type { CheckedAccount, MappingCheck } from '../../targets/mapping/check-mapping.ts'
import type { MappingState } from '../../targets/mapping/readiness.ts'
import type { MappingVersion } from '../../targets/mapping/versions.ts'
import type { Trouble } from '../../targets/port.ts'
import { counted, type Column } from '../output.ts'
import type { Session } from '../session.ts'

export type Pulled =
  | { readonly target: TargetConfig; readonly trouble: Trouble }
  | {
      readonly target: TargetConfig
      readonly trouble: null
      readonly company: Company
      readonly isChanged: boolean
    }

export interface Checked {
  readonly target: TargetConfig
  readonly state: MappingState
}

export interface Accepted {
  readonly target: TargetConfig
  /** Null when it was accepted already. */
  readonly version: MappingVersion | null
  readonly hindrance: string | null
}

export interface History {
  readonly target: TargetConfig
  readonly versions: readonly MappingVersion[]
}

export function pullView(pulled: Pulled) {
  const { name, type } = pulled.target
  if (pulled.trouble !== null) return { target: name, type, trouble: pulled.trouble.kind, says: pulled.trouble.message }
  const { raw, ...company } = pulled.company
  return { target: name, type, trouble: null, changed: pulled.isChanged, answers: raw.length, company }
}

export function pullLines(pulled: Pulled): readonly string[] {
  const { target } = pulled
  if (pulled.trouble !== null) return [`${target.name}: ${pulled.trouble.message} Nothing new is kept.`]
  const { name, id, currency, multiCurrency, closedThrough, accounts, dimensions, entities } = pulled.company
  const usable = accounts.filter(({ isActive, refusal }) => isActive && refusal === null).length
  const tags = dimensions.map((each) => `${each.name} (${counted(each.values.length, 'value')})`)
  const currencies = multiCurrency ? `${currency} and other currencies` : currency
  return [
    `${target.name}: ${name} (${target.type}, ${id}), in ${currencies}.`,
    `  ${counted(accounts.length, 'account')}, ${usable} of them for journal entries; dimensions: ${tags.join(', ') || 'none'}; ${counted(entities.length, 'customers and vendors', 'customers and vendors')}.`,
    `  ${closedThrough === null ? 'Its books are open, as far as it says.' : `Its books are closed through ${closedThrough}.`}`,
    `  ${pulled.isChanged ? 'Kept as a new snapshot' : 'Nothing has changed since the snapshot before'}. Next: tieout mappings check --target ${target.name}`,
  ]
}

export function checkView({ target, state }: Checked) {
  const { known, check, accepted, changes, hindrance } = state
  return {
    target: target.name,
    type: target.type,
    company: known?.company.name ?? null,
    pulledAt: known === null ? null : new Date(known.checkedAtMs).toISOString(),
    coveragePercent: check?.coveragePercent ?? null,
    accounts: check === null ? null : { all: check.accounts.length, missing: missingOf(check).length },
    missing: check === null ? [] : missingOf(check).map((each) => accountView(target, each)),
    problems: check?.problems ?? [],
    accepted: accepted === null ? null : { version: accepted.version, by: accepted.acceptedBy },
    changes,
    ready: hindrance === null,
    hindrance,
  }
}

export function checkLines({ target, state }: Checked): readonly string[] {
  const { known, check, accepted, changes, hindrance } = state
  if (known === null || check === null) return [`${target.name}: ${hindrance ?? ''}`]
  const missing = missingOf(check)
  const good = check.accounts.length - missing.length
  return [
    `${target.name} (${known.company.name}, as of ${dateTime(known.checkedAtMs)}): ${good} of ${counted(check.accounts.length, 'account')} mapped, coverage ${check.coveragePercent} %.`,
    ...missing.flatMap((each) => missingLines(target, each)),
    ...check.problems.map((problem) => `  ${problem}`),
    ...versionLines(accepted, changes),
    hindrance === null ? '  Ready to deliver.' : `  Not ready to deliver. ${hindrance}`,
  ]
}

function versionLines(accepted: MappingVersion | null, changes: readonly string[]): readonly string[] {
  if (accepted === null) return [`  No version is accepted; the mapping has ${counted(changes.length, 'line')}.`]
  const version = `Version ${accepted.version}, accepted by ${accepted.acceptedBy} at ${dateTime(accepted.acceptedAtMs)}`
  if (changes.length === 0) return [`  ${version}, is what the files say.`]
  return [`  ${version}. The files say otherwise now:`, ...changes.map((line) => `    ${line}`)]
}

function missingLines(target: TargetConfig, missing: CheckedAccount): readonly string[] {
  const { key, currency, reason, proposal, hasPostings } = missing
  const use = hasPostings ? '' : ' (no postings yet)'
  const lines = [`  ${key} ${currency}${use}: ${reason}`]
  return proposal === null ? lines : [...lines, `    Perhaps ${proposalText(target, key, proposal)}`]
}

/** As the line of the mapping file would be. */
function proposalText({ type }: TargetConfig, key: string, { name, code, needs }: CompanyAccount): string {
  const code4 = key.split(':')[0] ?? key
  if (type === 'xero') return `'${code4}': { code: '${code}' } # ${name}`
  const quoted = `'${name.replaceAll("'", "''")}'`
  return needs === null ? `'${code4}': ${quoted}` : `'${code4}': { name: ${quoted}, entity: '…' }`
}

export function showView({ target, state }: Checked) {
  return {
    target: target.name,
    type: target.type,
    company: state.known?.company.name ?? null,
    accounts: state.check?.accounts.map((each) => accountView(target, each)) ?? [],
    mapping: state.lines,
  }
}

const COLUMNS: readonly Column[] = [
  { title: 'Account' },
  { title: 'Cur' },
  { title: 'Name' },
  { title: 'Goes to' },
  { title: 'Number' },
  { title: 'Type' },
]

export function showLines(session: Session, { target, state }: Checked): readonly string[] {
  const { known, check, lines } = state
  if (known === null || check === null) {
    return [
      `${target.name}: its company is not known yet, so this is what the files say:`,
      ...lines.map((line) => `  ${line}`),
    ]
  }
  const rows = check.accounts.map(({ key, currency, title, account }) => [
    key,
    currency,
    title,
    account?.name ?? 'nowhere',
    account?.code ?? '',
    account?.type ?? '',
  ])
  const tags = lines.filter((line) => line.startsWith('dimension ')).map((line) => `  ${line}`)
  return [`${target.name} (${known.company.name}):`, ...session.table(COLUMNS, rows), ...tags, '']
}

function accountView(
  target: TargetConfig,
  { key, currency, title, hasPostings, account, reason, proposal }: CheckedAccount,
) {
  return {
    account: key,
    currency,
    title,
    hasPostings,
    goesTo: account === null ? null : { id: account.id, name: account.name, code: account.code, type: account.type },
    reason: reason === '' ? null : reason,
    proposal: proposal === null ? null : proposalText(target, key, proposal),
  }
}

export function acceptView({ target, version, hindrance }: Accepted) {
  return { target: target.name, version: version === null ? null : versionView(version), hindrance }
}

export function acceptLines({ target, version, hindrance }: Accepted): readonly string[] {
  const said =
    version === null
      ? `${target.name}: this mapping is accepted already.`
      : `${target.name}: version ${version.version} is accepted by ${version.acceptedBy}, with ${counted(version.changes.length, 'changed line')}.`
  return hindrance === null ? [said] : [said, `  Still not ready to deliver. ${hindrance}`]
}

export function historyView({ target, versions }: History) {
  return { target: target.name, versions: versions.map(versionView) }
}

export function historyLines({ target, versions }: History): readonly string[] {
  if (versions.length === 0) return [`${target.name}: no version of the mapping has been accepted.`]
  return versions.flatMap(({ version, acceptedBy, acceptedAtMs, hash, changes }) => [
    `${target.name}: version ${version}, accepted by ${acceptedBy} at ${dateTime(acceptedAtMs)}, ${hash.slice(0, 12)}`,
    ...changes.map((line) => `  ${line}`),
  ])
}

function versionView({ version, acceptedBy, acceptedAtMs, hash, changes }: MappingVersion) {
  return { version, acceptedBy, acceptedAt: new Date(acceptedAtMs).toISOString(), hash, changes }
}

function missingOf({ accounts }: MappingCheck): readonly CheckedAccount[] {
  return accounts.filter(({ account }) => account === null)
}

function dateTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
