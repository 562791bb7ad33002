/**
 * The mappings a deployment may change: chart of accounts, posting rules, QuickBooks and Xero accounts. The package's
 * own files are the default; a custom directory replaces them file by file. Everything is checked when it is read, so
 * that a mistake stops a run before it books anything.
 */
import { existsSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { splitAccountKey, type Chart, type QuickbooksMapping, type XeroMapping } from '../domain/accounts.ts'
import { ConfigError } from '../domain/errors.ts'
import {
  ACCOUNT_PLACEHOLDER,
  SOURCE_PLACEHOLDER,
  type PostingRule,
  type PostingRules,
} from '../domain/posting-rules.ts'
import type { TargetMapping } from '../domain/journals/target-mapping.ts'
import { mappingProblems, readMappingFile, type MappingFile } from './mapping-file.ts'
import type { BookConfig } from './model.ts'
import { chartSchema, postingRulesSchema, quickbooksSchema, xeroSchema } from './mapping-schema.ts'
import { quickbooksDelivery, quickbooksNames, xeroCodes, xeroDelivery } from './target-mapping.ts'
import type { TargetConfig, TargetType } from './target-model.ts'

export interface Mappings {
  readonly chart: Chart
  readonly rules: PostingRules
  readonly quickbooks: QuickbooksMapping
  readonly xero: XeroMapping
  /** The same two files as an API needs them: entities, tags, accounts by number. */
  readonly delivery: Readonly<Record<TargetType, TargetMapping>>
}

/** The same from src/ and from dist/: both stand beside mappings/ in the package. */
const PACKAGE_MAPPINGS = fileURLToPath(new URL('../../mappings', import.meta.url))

/** Reads all four files. A file the custom directory does not have is the package's own. */
export function loadMappings(directory?: string): Mappings {
  if (directory !== undefined && !statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    const message = `The mapping directory ${directory} does not exist.`
    throw new ConfigError('MAPPING_DIRECTORY_MISSING', message, 'Create it, or leave the setting out.')
  }
  const path = (name: string): string => mappingPath(name, directory)
  const chart = loadChart(path('chart.yaml'))
  const rules = loadPostingRules(path('posting-rules.yaml'), chart)
  const quickbooks = readMappingFile(path('quickbooks.yaml'), quickbooksSchema)
  const xero = readMappingFile(path('xero.yaml'), xeroSchema)
  return {
    chart,
    rules,
    quickbooks: quickbooksNames(quickbooks),
    xero: xeroCodes(xero),
    delivery: { quickbooks: quickbooksDelivery(quickbooks), xero: xeroDelivery(xero) },
  }
}

/** Where a target's accounts go: by its own file when it has one. Throws ConfigError for a file with mistakes. */
export function targetMapping(
  { delivery }: Pick<Mappings, 'delivery'>,
  { type, mapping }: Pick<TargetConfig, 'type' | 'mapping'>,
): TargetMapping {
  if (mapping === undefined) return delivery[type]
  return type === 'quickbooks'
    ? quickbooksDelivery(readMappingFile(mapping, quickbooksSchema))
    : xeroDelivery(readMappingFile(mapping, xeroSchema))
}

/** Where a mapping file is read from: the custom directory when it has one of that name, else the package. */
export function mappingPath(name: string, directory?: string): string {
  const custom = directory === undefined ? undefined : join(directory, name)
  if (custom !== undefined && existsSync(custom)) return custom
  const own = join(PACKAGE_MAPPINGS, name)
  const short = relative(process.cwd(), own)
  return short.startsWith('..') ? own : short
}

export function loadChart(path: string): Chart {
  const { file, value } = readMappingFile(path, chartSchema)
  return {
    file,
    accounts: new Map(Object.entries(value.accounts).map(([code, account]) => [code, { code, ...account }])),
  }
}

/** Whole sides that name no account of their own: the money account, and a ledger account by its code. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([ACCOUNT_PLACEHOLDER, SOURCE_PLACEHOLDER])

/** The package's own chart is replaced with it. */
export const NO_SUCH_ACCOUNT =
  'Name an account of the chart; or copy it into the folder that mappings: of tieout.yaml names, and add the account there.'

/** M1: a rule of a money account may book its lines to any account of the chart, and to no other. */
export function requireLineAccounts({ accounts }: BookConfig, chart: Chart): void {
  for (const { name, rules } of accounts)
    for (const { contains, means } of rules) {
      if (!/^\d{4}$/.test(means) || chart.accounts.has(means)) continue
      const message = `The rule "${contains}" of account ${name} books lines to ${means}, which is not in ${chart.file}.`
      throw new ConfigError('LEDGER_ACCOUNT_UNKNOWN', message, NO_SUCH_ACCOUNT)
    }
}

/** A rule whose account is not in the chart is refused, naming the rule, the account and both files. */
export function loadPostingRules(path: string, chart: Chart): PostingRules {
  const read = readMappingFile(path, postingRulesSchema)
  const { panel, publisher, advertiser, money } = read.value
  const problems = [
    ...accountsNotInChart(read, ['panel', 'always'], panel.always, chart),
    ...accountsNotInChart(read, ['panel', 'order'], panel.order, chart),
    ...accountsNotInChart(read, ['publisher', 'always'], publisher.always, chart),
    ...accountsNotInChart(read, ['advertiser', 'always'], advertiser.always, chart),
    ...accountsNotInChart(read, ['money', 'always'], money.always, chart),
  ]
  if (problems.length > 0) throw mappingProblems(problems)
  return {
    file: read.file,
    bySourceKind: {
      panel: { always: table(panel.always), byRecognition: { order: table(panel.order) } },
      publisher: { always: table(publisher.always), byRecognition: { order: table({}) } },
      advertiser: { always: table(advertiser.always), byRecognition: { order: table({}) } },
    },
    money: table(money.always),
  }
}

function table<T>(record: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(Object.entries(record))
}

function accountsNotInChart(
  read: MappingFile<unknown>,
  path: readonly string[],
  rules: Readonly<Record<string, PostingRule>>,
  chart: Chart,
): readonly string[] {
  return Object.entries(rules).flatMap(([kind, rule]) =>
    (['debit', 'credit'] as const)
      .filter((side) => !PLACEHOLDERS.has(rule[side]) && !chart.accounts.has(splitAccountKey(rule[side]).code))
      .map((side) => {
        const where = read.at([...path, kind, side])
        return `${where}: the rule ${path.join('.')}.${kind} names account ${rule[side]}, which is not in ${chart.file}`
      }),
  )
}
