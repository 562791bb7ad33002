/** A book of the configuration as it was understood: who approves what, where it goes, and what it is made from. */
import type { BookConfig, SecretReference } from '../../config/model.ts'
import type { JournalPolicy, TargetConfig } from '../../config/target-model.ts'
import { formatMoney } from '../../domain/money/money.ts'
import type { Column } from '../output.ts'
import type { Session } from '../session.ts'
import { moneyLines } from './money-config.ts'

const SOURCE_COLUMNS: readonly Column[] = [
  { title: 'Source' },
  { title: 'Type' },
  { title: 'Currency' },
  { title: 'Day in' },
  { title: 'Requests/min', align: 'right' },
  { title: 'Base URL' },
  { title: 'Key from' },
]

const TARGET_COLUMNS: readonly Column[] = [
  { title: 'Target' },
  { title: 'Type' },
  { title: 'From' },
  { title: 'Lines/entry', align: 'right' },
  { title: 'Requests/min', align: 'right' },
  { title: 'API' },
  { title: 'Comes back to' },
  { title: 'Mapping' },
  { title: 'Id and secret from' },
]

export function bookLines(session: Pick<Session, 'table'>, book: BookConfig): readonly string[] {
  const { export: files, rates, ratesMaxAgeDays, targets } = book
  return [
    '',
    `Book ${book.name}: ${book.currency}, accounting day in ${book.timeZone}, recognition by ${book.recognition}`,
    `Journals: ${policyText(book)}`,
    `Files after a sync: ${files === undefined ? 'none' : `${files.formats.join(', ')} to ${files.directory}`}`,
    `Rates: ${rates === undefined ? 'none, one currency' : `${rates}, each good for ${ratesMaxAgeDays} days`}`,
    '',
    ...session.table(SOURCE_COLUMNS, sourceRows(book)),
    '',
    ...moneyLines(session, book),
    '',
    ...(targets.length === 0
      ? ['No targets: nothing is delivered.']
      : session.table(TARGET_COLUMNS, targetRows(targets))),
  ]
}

function policyText({ journals, currency }: BookConfig): string {
  const closed = {
    hold: 'an entry of a closed period is held',
    'first-open-day': 'an entry of a closed period is dated on the first open day',
  } satisfies Readonly<Record<JournalPolicy['closedPeriod'], string>>
  return [
    journals.approval === 'auto' ? 'auto, approved by the night' : 'review, approved by a person',
    ...(journals.differentApprover ? ['by somebody else than who prepared it'] : []),
    ...limitTexts(journals, currency),
    closed[journals.closedPeriod],
  ].join('; ')
}

function limitTexts({ limits: { perEntry, perDay } }: JournalPolicy, currency: string): readonly string[] {
  const parts = [
    ...(perEntry === null ? [] : [`${formatMoney(perEntry)} ${currency} an entry`]),
    ...(perDay === null ? [] : [`${formatMoney(perDay)} ${currency} a day`]),
  ]
  return parts.length === 0 ? [] : [`automatic up to ${parts.join(' and ')}`]
}

function sourceRows({ sources }: BookConfig): readonly (readonly string[])[] {
  return sources.map((source) => [
    source.name,
    source.type === 'panel' ? `panel (${source.multiAction})` : `${source.type} ${source.role}`,
    source.currency,
    source.timeZone,
    String(source.requestsPerMinute),
    source.baseUrl,
    secretText(source.apiKey),
  ])
}

function targetRows(targets: readonly TargetConfig[]): readonly (readonly string[])[] {
  return targets.map((target) => [
    target.name,
    typeText(target),
    target.from,
    String(target.linesPerEntry),
    String(target.requestsPerMinute),
    target.urls.api,
    target.redirectUri,
    target.mapping ?? "its type's own",
    `${secretText(target.clientId)}, ${secretText(target.clientSecret)}`,
  ])
}

function typeText(target: TargetConfig): string {
  if (target.type === 'quickbooks') return target.type
  return `${target.type} (${target.postAs}${target.grant === 'client-credentials' ? ', custom connection' : ''})`
}

export function secretText(reference: SecretReference): string {
  return reference.from === 'env' ? `variable ${reference.name}` : `file ${reference.path}`
}
